/** How much work an image may be: lab and board draw the same line. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VirtualBoard } from '../../devices/boards/virtual/virtual-board.ts';
import { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import { CurlewError } from '../../main/contract/error.ts';
import { mostOperations } from '../../models/encoder/operations.ts';
import { quantizeEncoder } from '../../models/encoder/quantize.ts';
import { packEncoder } from '../../models/packing/pack-encoder.ts';
import { packRouter } from '../../models/packing/pack.ts';
import { networkOperations } from '../../models/packing/operations.ts';
import { readImage } from '../../models/packing/read.ts';
import { layer, randomEncoder } from '../fixtures/random-encoder.ts';
import { randomExpertOf, randomRouter } from '../fixtures/random-expert.ts';

const reference = Uint8Array.of(1);
const virtual = new VirtualBoard({
  wasm: readFileSync(new URL('../../devices/boards/virtual/curlew.wasm', import.meta.url)),
  name: 'work',
  id: new Uint8Array(8),
});
let board: CurlewBoard;
beforeAll(async () => {
  board = await CurlewBoard.open(virtual);
});
afterAll(async () => {
  await board.close();
  virtual.switchOff();
});

async function boardTakes(image: Uint8Array): Promise<unknown> {
  const sha256 = new Uint8Array(createHash('sha256').update(image).digest());
  const { slot } = await board.upload(image, sha256);
  const taken = await board.verify(slot).then(
    () => true,
    (thrown: unknown) => (thrown instanceof CurlewError ? thrown.context['reason'] : thrown),
  );
  await board.erase(slot);
  return taken;
}

const labTakes = (image: Uint8Array): unknown => {
  try {
    readImage(image);
    return true;
  } catch (thrown) {
    return thrown instanceof CurlewError && /64,000,000 are possible/.test(thrown.message)
      ? 'too_slow'
      : thrown;
  }
};

test.each([
  ['just as much as is possible', 57, true],
  ['the least more', 58, 'too_slow'],
])('an encoder of %s', async (_, rows, taken) => {
  const pools = [96, 96, 96, 96, 96, 96, 96, 96, rows].map((side) => ({
    ...layer('max-pool', 1, 1, 1),
    kernel: [side, 1] as const,
  }));
  const { layers, ...encoder } = quantizeEncoder(randomEncoder(1, pools.slice(0, 1)));
  const image = packEncoder(
    { ...encoder, layers: pools.map((one) => ({ ...layers[0]!, ...one })) },
    reference,
  );
  expect(labTakes(image)).toBe(taken);
  expect(await boardTakes(image)).toBe(taken);
});

test('a router of as many passes as are possible, and of one more', async () => {
  const experts = [1, 2].map((i) => ({ name: `${i}`, sha256: new Uint8Array(32) }));
  const small = randomRouter(1, experts, [0, 1]);
  const layers = randomExpertOf(8, 1, { widths: [1024, 1024], classes: 2 }).layers.map((one) =>
    one.norm ? { ...one, dropout: true } : one,
  );
  const passes = Array.from({ length: 64 }, (_, i) => i).findLast(
    (count) => networkOperations({ layers }, count) <= mostOperations,
  )!;
  const image = packRouter({ ...small, layers, routing: { ...small.routing, passes } }, reference);
  expect(labTakes(image)).toBe(true);
  expect(await boardTakes(image)).toBe(true);
  const more = oneMorePass(image);
  expect(labTakes(more)).toBe('too_slow');
  expect(await boardTakes(more)).toBe('too_slow');
});

/** The same image with one more pass, sealed anew: it is not packed by the lab. */
function oneMorePass(image: Uint8Array): Uint8Array {
  const copy = image.slice();
  const view = new DataView(copy.buffer);
  const entry = Array.from({ length: view.getUint16(30, true) }, (_, i) => 128 + 12 * i).find(
    (at) => view.getUint16(at, true) === 5,
  )!;
  const at = view.getUint32(entry + 4, true) + 16;
  view.setUint16(at, view.getUint16(at, true) + 1, true);
  copy.fill(0, 96, 128);
  copy.set(createHash('sha256').update(copy).digest(), 96);
  return copy;
}
