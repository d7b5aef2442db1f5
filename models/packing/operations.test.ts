import { expect, test } from 'vitest';
import { CurlewError } from '../../main/contract/error.ts';
import { randomExpertOf, randomRouter } from '../../test/fixtures/random-expert.ts';
import type { EncoderLayerShape } from '../encoder/encoder.ts';
import { checkEncoderShape } from '../encoder/limits.ts';
import { encoderOperations, mostOperations } from '../encoder/operations.ts';
import { quantizeEncoder } from '../encoder/quantize.ts';
import { layer, randomEncoder } from '../../test/fixtures/random-encoder.ts';
import { bankOperations, networkOperations } from './operations.ts';
import { packRouter } from './pack.ts';
import { packEncoder } from './pack-encoder.ts';
import { readImage } from './read.ts';

const refusal = (action: () => unknown): CurlewError => {
  try {
    action();
  } catch (thrown) {
    if (thrown instanceof CurlewError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was refused');
};

/** Pools of one channel over the whole patch. */
const pools = (sides: readonly number[]): EncoderLayerShape[] =>
  sides.map((rows) => ({ ...layer('max-pool', 1, 1, 1), kernel: [rows, 1], inputs: 1 }));

test('an encoder’s operations are counted as IMAGE.md says', () => {
  const { layers } = randomEncoder(1, [
    layer('convolution', 3, 2, 14),
    layer('depthwise', 3, 2, 14, 'same-lower'),
    { ...layer('average-pool', 1, 1, 14), kernel: [255, 16] },
  ]);
  expect(encoderOperations(layers, 0)).toBe(
    48 * 32 * (200 + 3 * 32 + 16 * (16 + 4) + 40 * 16) +
      24 * 16 * (200 + 9 * 16 + (9 * 4 + 40) * 14) +
      24 * 16 * (200 + (24 * 16 * 10 + 40) * 14),
  );
});

test('each row of a fused layer adds what is held of its input, and more', () => {
  const { layers } = randomEncoder(1, [layer('convolution', 3, 2, 14), layer('depthwise', 3, 1, 14)]);
  const whole = encoderOperations(layers, 0);
  expect(encoderOperations(layers, 1)).toBe(whole + 48 * (500 + 3 * 64));
  expect(encoderOperations(layers, 2)).toBe(whole + 48 * (500 + 3 * 64) + 48 * (500 + 3 * 32 * 14));
});

test('those of experts and routers are, too; a bank’s are the sum of what answers', () => {
  const expert = randomExpertOf(4, 1, { widths: [20, 12], classes: 3 });
  const first = 128 * (384 + 20) + 384 * 20;
  const second = 128 * (20 + 12) + 20 * 12;
  const third = 128 * (12 + 3) + 8 * 12 * 3;
  expect(networkOperations(expert)).toBe(first + second + third);
  const dropping = { layers: expert.layers.map((one) => ({ ...one, dropout: true })) };
  expect(networkOperations(dropping, 0)).toBe(first + second + third);
  expect(networkOperations(dropping, 64)).toBe(first + 64 * (second + third));
  expect(bankOperations({ encoder: 5, experts: [7], router: null })).toBe(12);
  const router = { operations: 100, topK: 2, isCascade: false };
  expect(bankOperations({ encoder: 5, experts: [7, 9], router })).toBe(123);
  // The first stage and the costliest further one.
  const cascade = { operations: 100, topK: 1, isCascade: true };
  expect(bankOperations({ encoder: 5, experts: [7, 90, 80], router: cascade })).toBe(5 + 100 + 7 + 90);
});

test('an encoder of small image and endless work is refused with the number and the limit', () => {
  const layers = pools(Array.from({ length: 32 }, () => 96));
  const { code, message } = refusal(() => checkEncoderShape({ layers }));
  expect(code).toBe('ENCODER_UNFIT');
  expect(message).toBe(
    'This encoder does not fit a board: an inference takes 235,929,600 operations; 64,000,000 are possible ' +
      '(layer 1 takes most, 7,372,800).',
  );
});

test('an image of more work than a board does is refused when it is read, and a router when it is packed', () => {
  const whole = randomEncoder(1, pools([96, 96, 96, 96, 96, 96, 96, 96, 57]));
  expect(mostOperations - encoderOperations(whole.layers, 0)).toBeLessThan(6144 * 10);
  const encoder = quantizeEncoder(whole);
  expect(readImage(packEncoder(encoder, Uint8Array.of(1))).kind).toBe('encoder');
  const more = {
    ...encoder,
    layers: [...encoder.layers, ...quantizeEncoder(randomEncoder(1, pools([1]))).layers],
  };
  expect(refusal(() => readImage(packEncoder(more, Uint8Array.of(1)))).code).toBe('IMAGE_BAD');

  const small = randomRouter(
    1,
    [1, 2].map((i) => ({ name: `${i}`, sha256: new Uint8Array(32) })),
    [0, 1],
  );
  const wide = randomExpertOf(8, 1, { widths: [1024, 1024], classes: 2 }).layers;
  const layers = wide.map((one) => (one.norm ? { ...one, dropout: true } : one));
  const router = (passes: number) => ({ ...small, layers, routing: { ...small.routing, passes } });
  expect(packRouter(router(40), Uint8Array.of(1)).length).toBeGreaterThan(1024 * 1024);
  expect(refusal(() => packRouter(router(64), Uint8Array.of(1))).message).toMatch(
    /^The router does not fit a board: an inference takes 93,\d{3},\d{3} operations; 64,000,000 are possible\.$/,
  );
});
