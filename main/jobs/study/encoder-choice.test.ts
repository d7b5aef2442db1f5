import { beforeAll, expect, it } from 'vitest';
import type { Clip, Dataset } from '../../datasets/dataset.ts';
import { Banks } from '../../banks/banks.ts';
import { resources } from '../../resources.ts';
import { chooseEncoder } from './encoder-choice.ts';

let banks: Banks;
beforeAll(async () => {
  banks = await Banks.open(resources.bank);
});

const clip = (name: string, source: string, fold: number): Clip => ({
  ...{ name, path: `/sounds/${name}`, label: 0, fold, source },
  ...{ title: '', author: '', url: '', licence: '', labelledBy: '' },
});

const dataSet = (...clips: Clip[]): Dataset => ({
  ...{ folder: '/sounds', layout: 'folders', variant: 'all', classes: ['a'], clips, folds: [1, 2] },
  ...{ officialFolds: false, problems: [], found: clips.length, outsideVariant: 0 },
});

/** A recording of ESC-10's fold 1, which the encoders without fold 1 alone did not hear. */
const heard = '100032';

it('takes the shipped encoder for recordings that none has heard', async () => {
  const mine = dataSet(clip('dog/mine.wav', 'mine', 1));
  expect(await chooseEncoder('auto', null, banks, mine, 1)).toMatchObject({
    encoder: { id: 'esc10-encoder-medium-4' },
    heldOut: true,
  });
});

it('takes the one that did not hear what is tested, whatever layout the recordings lie in now', async () => {
  for (const known of [clip('audio/x.wav', heard, 1), clip(`dog/1-${heard}-A-0.wav`, `1-${heard}`, 1)]) {
    const chosen = await chooseEncoder('auto', null, banks, dataSet(known), 1);
    expect([chosen.encoder?.id, chosen.heldOut]).toEqual(['esc10-encoder-medium-1', true]);
    expect(chosen.heard).toEqual(banks.heardBy('esc10-encoder-medium-1'));
    expect((await chooseEncoder('esc10-encoder-medium-4', null, banks, dataSet(known), 1)).heldOut).toBe(
      false,
    );
    expect((await chooseEncoder('auto', null, banks, dataSet(known), 2)).encoder?.id).toBe(
      'esc10-encoder-medium-4',
    );
  }
});

it('says so where every encoder has heard something of the test', async () => {
  const encoders = await Promise.all(banks.encoders.map(({ id }) => banks.encoder(id)));
  const second = [...encoders.find(({ id }) => id === 'esc10-encoder-medium-1')!.heard][0]!;
  const mixed = dataSet(clip('a', heard, 1), clip('b', second, 1));
  expect((await chooseEncoder('auto', null, banks, mixed, 1)).heldOut).toBe(false);
});

it('takes of several that are named together the one that did not hear what is tested', async () => {
  const known = dataSet(clip('a', heard, 1));
  const chosen = await chooseEncoder('esc10-encoder-small', null, banks, known, 1);
  expect([chosen.encoder?.id, chosen.heldOut]).toEqual(['esc10-encoder-small-1', true]);
  await expect(chooseEncoder('esc10-encoder-smal', null, banks, known, 1)).rejects.toMatchObject({
    code: 'ENCODER_MISSING',
  });
});

it('takes none for statistics, and refuses one that is not there', async () => {
  const mine = dataSet(clip('a', 'mine', 1));
  expect(await chooseEncoder('statistics', null, banks, mine, 1)).toEqual({
    ...{ encoder: null, own: null, heldOut: true, heard: new Set() },
  });
  await expect(chooseEncoder('none', null, banks, mine, 1)).rejects.toMatchObject({
    code: 'ENCODER_MISSING',
  });
});
