import * as ort from 'onnxruntime-web';
import { expect, test } from 'vitest';
import { CurlewError } from '../../main/contract/error.ts';
import { everyKind, layer, yamnet256, randomEncoder } from '../../test/fixtures/random-encoder.ts';
import { frontEndModel } from '../features/front-end.ts';
import { frontEnd } from '../features/log-mel.ts';
import { roundHalfEven } from '../quantizers/bitlinear.ts';
import { Random } from '../training/random.ts';
import { arenaBytes } from './arena.ts';
import { multiplyAccumulates, sizesOf, type Encoder } from './encoder.ts';
import { checkEncoderShape, fusedLayers } from './limits.ts';
import { dyadicNumber, quantizeEncoder } from './quantize.ts';
import { restoreEncoder, storeEncoder } from './store.ts';

const codeOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    return error instanceof CurlewError ? error.code : String(error);
  }
  return 'accepted';
};

/** IMAGE.md's integers written out plainly; multiplication and rounding in BigInt. */
function embed(encoder: Encoder, patch: Float32Array): number[] {
  const sizes = sizesOf(encoder.layers);
  let codes = Array.from(patch, (x) =>
    Math.max(
      -127,
      Math.min(127, roundHalfEven(Math.fround(Math.fround(x - encoder.input.offset) * encoder.input.scale))),
    ),
  );
  encoder.layers.forEach((layer, i) => {
    const [from, to] = [sizes[i]!, sizes[i + 1]!];
    const { kind, kernel, stride, padding, inputs, outputs } = layer;
    const before = (size: number, steps: number, cells: number) => {
      const all = padding === 'none' ? 0 : Math.max(0, (steps - 1) * stride + cells - size);
      return Math.floor((all + Number(padding === 'same-lower')) / 2);
    };
    const top = before(from.rows, to.rows, kernel[0]);
    const left = before(from.columns, to.columns, kernel[1]);
    const result: number[] = [];
    for (let y = 0; y < to.rows; y++) {
      for (let x = 0; x < to.columns; x++) {
        for (let o = 0; o < outputs; o++) {
          let sum = 0;
          let cells = 0;
          let max = -128;
          for (let r = 0; r < kernel[0]; r++) {
            for (let c = 0; c < kernel[1]; c++) {
              const [row, column] = [y * stride - top + r, x * stride - left + c];
              if (row < 0 || row >= from.rows || column < 0 || column >= from.columns) continue;
              const at = (row * from.columns + column) * inputs;
              cells++;
              if (kind === 'convolution') {
                for (let n = 0; n < inputs; n++) {
                  sum += codes[at + n]! * layer.codes[((o * kernel[0] + r) * kernel[1] + c) * inputs + n]!;
                }
              } else if (kind === 'depthwise') {
                sum += codes[at + o]! * layer.codes[(r * kernel[1] + c) * outputs + o]!;
              } else {
                sum += codes[at + o]!;
                max = Math.max(max, codes[at + o]!);
              }
            }
          }
          result.push(finished(layer, o, { sum, cells, max }));
        }
      }
    }
    codes = result;
  });
  const { channels } = sizes.at(-1)!;
  return Array.from({ length: channels }, (_, c) => {
    let sum = 0;
    for (let at = c; at < codes.length; at += channels) sum += codes[at]!;
    return Math.fround(sum * encoder.unit);
  });
}

function finished(
  { kind, relu, bias, multiplier, shift }: Encoder['layers'][number],
  o: number,
  { sum, cells, max }: { sum: number; cells: number; max: number },
): number {
  if (kind === 'max-pool') return max;
  if (kind === 'average-pool') return halfAway(BigInt(sum), BigInt(cells));
  const code = halfAway(BigInt(sum + bias[o]!) * BigInt(multiplier[o]!), 1n << BigInt(shift[o]!));
  return Math.max(relu ? 0 : -127, Math.min(127, code));
}

function halfAway(numerator: bigint, denominator: bigint): number {
  const magnitude = numerator < 0n ? -numerator : numerator;
  const rounded = Number((2n * magnitude + denominator) / (2n * denominator));
  return numerator < 0n ? -rounded : rounded;
}

const sound = () => {
  const random = new Random(5);
  return Float32Array.from({ length: 16_000 }, (_, i) => 0.3 * Math.sin(i / 9) * random.uniform());
};

async function run(model: Uint8Array, pcm: Float32Array) {
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(model);
  const output = await session.run({ pcm: new ort.Tensor('float32', pcm, [pcm.length]) });
  await session.release();
  return {
    logMel: output['log_mel']!.data as Float32Array,
    embedding: output['embedding']!.data as Float32Array,
  };
}

test('the graph of an encoder gives a board’s integers exactly, for every kind of layer', async () => {
  for (const seed of [1, 2]) {
    const encoder = quantizeEncoder(randomEncoder(seed));
    const { logMel, embedding } = await run(frontEndModel(48, encoder), sound());
    const patch = logMel.subarray(0, frontEnd.patchFrames * frontEnd.melBands);
    const expected = embed(encoder, patch);
    expect([...embedding]).toEqual(expected);
    expect(new Set(expected.map((value) => Math.round(value * 100))).size).toBeGreaterThan(8);
  }
});

test('rounding to codes stays near the float encoder', async () => {
  const float = randomEncoder(3, everyKind.slice(0, 2));
  const [exact, rounded] = [
    await run(frontEndModel(48, float), sound()),
    await run(frontEndModel(48, quantizeEncoder(float)), sound()),
  ];
  const largest = Math.max(...exact.embedding);
  exact.embedding.forEach((value, i) =>
    expect(Math.abs(value - rounded.embedding[i]!)).toBeLessThan(0.05 * largest),
  );
});

test('an encoder is the same after it was kept', () => {
  const encoder = randomEncoder(4);
  const { description, weights } = storeEncoder(encoder);
  expect(restoreEncoder(JSON.parse(JSON.stringify(description)), weights)).toEqual(encoder);
});

test('weights that are too few, too many or no numbers, and descriptions that are none, are refused', () => {
  const { description, weights } = storeEncoder(randomEncoder(4));
  const infinite = new Float32Array(weights.slice().buffer);
  infinite[3] = Infinity;
  const wrong: (() => unknown)[] = [
    () => restoreEncoder(description, weights.subarray(4)),
    () => restoreEncoder(description, Uint8Array.from([...weights, 0, 0, 0, 0])),
    () => restoreEncoder(description, weights.subarray(1)),
    () => restoreEncoder(description, new Uint8Array(infinite.buffer)),
    () => restoreEncoder({ ...description, layers: 'none' }, weights),
    () => restoreEncoder(null, weights),
  ];
  expect(wrong.map(codeOf)).toEqual(wrong.map(() => 'FILE_DAMAGED'));
});

test('a dyadic number has 22 bits and is the nearest', () => {
  for (const factor of [0.2499, 0.1, 1 / 3000, 1.7e-6, 2 ** -20]) {
    const { multiplier, shift } = dyadicNumber(factor)!;
    expect(multiplier % 512).toBe(0);
    expect(multiplier).toBeLessThan(2 ** 31);
    expect(shift).toBeGreaterThanOrEqual(33);
    expect(Math.abs(multiplier / 2 ** shift / factor - 1)).toBeLessThanOrEqual(2 ** -22);
  }
  expect(dyadicNumber(0.25)).toBeNull();
  expect(dyadicNumber(2 ** -40)!.multiplier).toBe(0);
});

const oneLayer = {
  kind: 'convolution',
  kernel: [3, 3],
  stride: 2,
  padding: 'same',
  inputs: 1,
  outputs: 8,
  relu: true,
} as const;

test.each([
  ['no layer', []],
  [
    'too many layers',
    Array.from({ length: 33 }, () => ({ ...oneLayer, kernel: [1, 1], stride: 1, inputs: 1, outputs: 1 })),
  ],
  [
    'too much memory, by rows too',
    [
      { ...oneLayer, stride: 1 },
      { ...oneLayer, kernel: [96, 1], inputs: 8 },
    ],
  ],
  ['too many channels', [{ ...oneLayer, outputs: 513 }]],
  ['a stride of 3', [{ ...oneLayer, stride: 3 }]],
  ['a kernel larger than its input', [{ ...oneLayer, padding: 'none', kernel: [97, 3] }]],
  ['channels that do not arrive', [oneLayer, { ...oneLayer, inputs: 9 }]],
  ['a pool that changes channels', [oneLayer, { ...oneLayer, kind: 'max-pool', inputs: 8, outputs: 4 }]],
  ['a depthwise kernel of 25', [oneLayer, { ...oneLayer, kind: 'depthwise', kernel: [5, 5], inputs: 8 }]],
  [
    'a row of 2,304 weights',
    [
      { ...oneLayer, outputs: 16 },
      { ...oneLayer, kernel: [12, 12], inputs: 16, outputs: 8 },
    ],
  ],
])('an encoder with %s is refused', (_, layers) => {
  expect(codeOf(() => checkEncoderShape({ layers: layers as never }))).toBe('ENCODER_UNFIT');
});

test('work and memory are counted from the shapes', () => {
  const { layers } = randomEncoder(1, everyKind.slice(0, 2));
  // 48 × 32 places of 9 weights and 8 outputs, then 24 × 16 places
  expect(multiplyAccumulates({ layers })).toBe(48 * 32 * 9 * 8 + 24 * 16 * 9 * 8);
  expect(arenaBytes(layers, 0)).toBe(96 * 64 + 48 * 32 * 8);
});

test('an encoder whose layers fit a board whole has none fused; else as many as take least memory', () => {
  expect(fusedLayers(randomEncoder(1).layers)).toBe(0);
  const { layers } = randomEncoder(1, yamnet256);
  expect(arenaBytes(layers, 0)).toBe(48 * 32 * (32 + 64));
  // three rows of 64; of the layers behind it three rows or one; then all of 12 × 8 × 128
  const held = [192, 3072, 1024, 6144, 1024, 6144, 2048, 6144];
  expect(arenaBytes(layers, 7)).toBe(held.slice(0, 7).reduce((sum, one) => sum + one) + 24 * 16 * 128);
  expect(arenaBytes(layers, 8)).toBe(2 * 12 * 8 * 256);
  const all = [...held, 1024, 6144, 2048].reduce((sum, one) => sum + one) + 2048;
  expect([fusedLayers(layers), arenaBytes(layers, 11)]).toEqual([11, all]);
  expect(all).toBe(37_056);
});

test('rows that are held are counted to a multiple of 16, and never more than there are', () => {
  const { layers } = randomEncoder(1, [
    layer('convolution', 3, 2, 3),
    { ...layer('max-pool', 1, 1, 3), kernel: [255, 1] },
    layer('convolution', 2, 2, 5, 'none'),
  ]);
  const [pool, row] = [48 * 32 * 3, 32 * 3];
  expect(arenaBytes(layers, 1)).toBe(2 * pool);
  expect(arenaBytes(layers, 2)).toBe(192 + pool + pool);
  expect(arenaBytes(layers, 3)).toBe(192 + pool + 2 * row + 16 * 5);
});
