/** A board with an INA226 in its supply (simulated, and it says so) measures what its inferences take. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { hostBoard } from '../../devices/boards/host/host-board.ts';
import { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import { Banks } from '../../main/banks/banks.ts';
import { resources } from '../../main/resources.ts';
import { packExpert } from '../../models/packing/pack.ts';
import { randomExpertOf } from '../fixtures/random-expert.ts';

const hashOf = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
// With an encoder, so that an inference lasts longer than a sample of the sensor.
const bank = await Banks.open(resources.bank);
const { id, embeddingSize } = bank.encoders.find(({ id }) => id.includes('medium'))!;
const encoder = (await bank.encoder(id)).built.files.image;
const expert = packExpert(
  { ...randomExpertOf('static8', 1, { inputs: embeddingSize }), encoderHash: hashOf(encoder) },
  new Uint8Array(32),
);
const pcm = Int16Array.from({ length: 15_600 }, (_, i) => 8000 * Math.sin(i / 7));
const windows = 4;

async function inferred(draws?: { awake: number; asleep: number }) {
  const board = await CurlewBoard.open(
    hostBoard({ name: 'sensed', id: '00000000000000ab', ...(draws && { draws }) }),
  );
  try {
    const slots: number[] = [];
    for (const image of [encoder, expert]) {
      const { slot } = await board.upload(image, hashOf(image));
      await board.verify(slot);
      slots.push(slot);
    }
    await board.activate({ slots: [slots[1]!], encoder: slots[0]! });
    const results = [];
    for (let i = 0; i < windows; i++) results.push(await board.infer(pcm));
    const { records } = await board.telemetry(0);
    return { results, records, info: await board.readInfo() };
  } finally {
    await board.close();
  }
}

test('its results and records tell energy as measured, and as much as it draws in their time', async () => {
  const { results, records, info } = await inferred({ awake: 100_000, asleep: 5000 });
  expect(info).toMatchObject({ simulated: true, supplyMillivolts: 3300 });
  expect(records).toHaveLength(windows);
  for (const one of [...results, ...records]) expect(one.energySource).toBe('measured');
  expect(records.map(({ energyNanojoule }) => energyNanojoule)).toEqual(
    results.map(({ energyNanojoule }) => energyNanojoule),
  );
  const nanojoule = results.reduce((sum, one) => sum + one.energyNanojoule, 0);
  const us = results.reduce((sum, one) => sum + one.latencyUs.reduce((a, b) => a + b), 0);
  const drawn = 3.3 * 0.1 * 1000 * us;
  // A sample takes 8.8 ms, and an inference begins and ends within one.
  expect(nanojoule / drawn).toBeGreaterThan(0.7);
  expect(nanojoule / drawn).toBeLessThan(1.15);
});

test('without a sensor nothing is made up', async () => {
  const { results, info } = await inferred();
  expect(info.supplyMillivolts).toBeNull();
  for (const one of results) expect(one).toMatchObject({ energySource: 'none', energyNanojoule: 0 });
});

test('with it the answers are the same to the bit', async () => {
  const [sensed, plain] = [await inferred({ awake: 100_000, asleep: 5000 }), await inferred()];
  expect(sensed.results.map(({ logits }) => [...logits])).toEqual(
    plain.results.map(({ logits }) => [...logits]),
  );
});
