import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { LabClient } from '../../../contract/client.ts';
import { CurlewError } from '../../../contract/error.ts';
import { bankTestAskedOf, defaultBankTestParams } from '../../../jobs/study/bank-test/params.ts';
import { askedOf } from '../../../jobs/study/asked.ts';
import { defaultStudyParams } from '../../../jobs/study/params.ts';
import { readArgs } from '../args.ts';
import { commands } from '../commands.ts';
import { evaluationOf, requestOf } from './study-asked.ts';

/** What a command asks of the lab before anything else. */
async function asked(line: string): Promise<unknown> {
  let params: unknown = null;
  const client: Pick<LabClient, 'request'> = {
    request: (method, given) => {
      if (method === 'evaluate.cost')
        return Promise.resolve({ folds: 4, seeds: 1, fits: 40, seconds: null } as never);
      params = given;
      throw new CurlewError('ABORTED', 'Enough was heard.');
    },
  };
  const args = readArgs(line.split(' '), commands);
  await expect(commands[args.command]!.run!(client as LabClient, args)).rejects.toMatchObject({
    code: 'ABORTED',
  });
  return params;
}

test('every setting of an evaluation in the page can be given on the command line', async () => {
  const line =
    'evaluate /sounds --layout esc50 --variant esc10 --encoder auto --augment gain --bank q2,q4 --others float ' +
    '--hidden 64,32 --seed 7 --seeds 3 --epochs 20 --patience 6 --passes 5 --topk 2 --alphas 0.5,2 --hard noise,rate --cascade statistics,esc10-encoder-small --on none --windows 40 ' +
    '--margin 0.02 --resamples 500 --grid 400 --watts 30';
  expect(await asked(line)).toEqual({
    path: '/sounds',
    layout: 'esc50',
    variant: 'esc10',
    encoder: 'auto',
    augmentation: ['gain'],
    bank: ['q2', 'q4'],
    others: ['float'],
    hidden: [64, 32],
    seed: 7,
    seeds: 3,
    epochs: 20,
    patience: 6,
    passes: 5,
    topK: 2,
    alphas: [0.5, 2],
    hard: ['noise', 'rate'],
    cascade: ['statistics', 'esc10-encoder-small'],
    board: 'none',
    windows: 40,
    margin: 0.02,
    resamples: 500,
    gramsPerKwh: 400,
    gridOrigin: 'set on the command line',
    trainingWatts: 30,
  });
});

test('what a report says it was asked asks for the same again', () => {
  const params = {
    ...{ ...defaultStudyParams, path: '/home/me/two owls', layout: 'esc50' as const, patience: 6 },
    ...{ others: [], gramsPerKwh: 20.5, gridOrigin: 'the roof’s, 2026', hidden: [8, 4] },
  };
  const { alpha: _alpha, ...asked } = params;
  expect(evaluationOf(readArgs(askedOf(params), commands))).toEqual({ ...asked, path: resolve('two owls') });
});

test('a bank is trained with the alpha and the patience that were given', async () => {
  expect(await asked('train /sounds --name owls --alpha 0.5 --patience 6')).toEqual({
    path: '/sounds',
    name: 'owls',
    alpha: 0.5,
    patience: 6,
  });
});

test('what is not given is left to the lab', async () => {
  expect(await asked('evaluate /sounds')).toEqual({ path: '/sounds' });
});

test('a bank that is there is tested with --bank and --on-data, and what a report says it was asked asks the same', async () => {
  const line =
    'evaluate --bank shipped --on-data /field --layout folders --as bark=dog --as hum= --seed 3 --on none ' +
    '--margin 0.02 --resamples 500 --grid 400';
  const expected = {
    ...{ path: '/field', bankId: 'shipped', layout: 'folders', classes: { bark: 'dog', hum: '' }, seed: 3 },
    ...{
      board: 'none',
      margin: 0.02,
      resamples: 500,
      gramsPerKwh: 400,
      gridOrigin: 'set on the command line',
    },
  };
  expect(await asked(line)).toEqual(expected);
  const whole = { ...defaultBankTestParams, ...expected, layout: 'folders' as const };
  expect(requestOf(readArgs(bankTestAskedOf(whole), commands))).toEqual({
    kind: 'bank',
    params: { ...whole, path: resolve('field') },
  });
});

test.each([
  'evaluate',
  'evaluate /a --on-data /b --bank shipped',
  'evaluate --on-data /b',
  'evaluate --on-data /b --bank shipped --epochs 3',
  'evaluate --on-data /b --bank shipped --seeds 3',
  'evaluate --on-data /b --bank shipped --as bark',
  'evaluate /a --as bark=dog',
  'evaluate /a --bank shipped',
])('“curlew %s” is refused before a lab is asked', (line) => {
  expect(() => requestOf(readArgs(line.split(' '), commands))).toThrow(
    expect.objectContaining({ code: 'REQUEST_INVALID' }),
  );
});
