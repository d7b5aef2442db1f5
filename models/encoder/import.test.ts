import fc from 'fast-check';
import * as ort from 'onnxruntime-web';
import { expect, test } from 'vitest';
import { CurlewError } from '../../main/contract/error.ts';
import { everyKind, randomEncoder } from '../../test/fixtures/random-encoder.ts';
import { Graph, type Value } from '../onnx/graph.ts';
import { float32s } from '../onnx/tensor.ts';
import { readOnnx } from '../onnx/read.ts';
import { Random } from '../training/random.ts';
import { calibrateEncoder } from './calibrate.ts';
import { sizesOf, type FloatEncoder } from './encoder.ts';
import { addFloatLayers } from './graph.ts';
import { importEncoder } from './import-onnx.ts';
import { quantizeEncoder } from './quantize.ts';

const codeOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    return error instanceof CurlewError ? error.code : String(error);
  }
  return 'accepted';
};

/** A file as other software would write it: patches in, layers, what `ending` adds. */
function file(
  build: (graph: Graph, input: Value) => Value,
  shape: readonly (number | string)[] = ['n', 1, 96, 64],
): Uint8Array {
  const graph = new Graph('encoder');
  const value = build(graph, graph.input('log_mel', 'float32', shape));
  graph.output('embedding', value, 'float32', ['n', 'size']);
  return graph.finish({});
}

const globalMean = (graph: Graph, value: Value) =>
  graph.node('Flatten', [graph.node('GlobalAveragePool', [value])]);

const exported = (encoder: FloatEncoder) =>
  file((graph, input) => globalMean(graph, addFloatLayers(graph, input, encoder).at(-1)!));

const conv = (graph: Graph, from: Value, shape: readonly number[], attributes = {}) =>
  graph.node(
    'Conv',
    [
      from,
      graph.constant(
        'w',
        float32s(
          new Random(1).spread(
            shape.reduce((a, b) => a * b),
            1,
          ),
          shape,
        ),
      ),
    ],
    attributes,
  );

test('an encoder written as ONNX comes back with its shapes and weights', () => {
  const encoder = randomEncoder(6);
  const imported = importEncoder(exported(encoder), encoder.name);
  // where nothing is padded either name of the padding will do
  const told = ({ layers }: FloatEncoder) =>
    layers.map(({ range: _range, padding: _padding, ...layer }) => layer);
  expect(told(imported)).toEqual(told(encoder));
  expect(sizesOf(imported.layers)).toEqual(sizesOf(encoder.layers));
});

test('padding as PyTorch writes it is taken where a board puts the kernel at the same places', () => {
  const layers = (pads: number[], strides: number[]) =>
    file((graph, input) => globalMean(graph, conv(graph, input, [8, 1, 3, 3], { pads, strides })));
  const padding = (...given: Parameters<typeof layers>) =>
    importEncoder(layers(...given), 'x').layers[0]!.padding;
  expect(padding([1, 1, 1, 1], [2, 2])).toBe('same-lower');
  expect(padding([0, 0, 1, 1], [2, 2])).toBe('same');
  expect(padding([0, 0, 0, 0], [2, 2])).toBe('none');
  expect(codeOf(() => padding([2, 2, 2, 2], [2, 2]))).toBe('ENCODER_UNFIT');
});

test('batch normalization and the input’s own scaling are folded into the weights', async () => {
  const random = new Random(3);
  const statistics = [0, 1, 2].map(() => random.spread(4, 1));
  const bytes = file((graph, input) => {
    const centred = graph.node('Sub', [input, graph.constant('mean', float32s([-3], []))]);
    const scaled = graph.node('Mul', [centred, graph.constant('factor', float32s([0.5], []))]);
    const summed = conv(graph, scaled, [4, 1, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] });
    const numbers = [...statistics, Float32Array.of(0.5, 1, 2, 3)].map((values, i) =>
      graph.constant(`s${i}`, float32s(values)),
    );
    const normal = graph.node('BatchNormalization', [summed, ...numbers], { epsilon: { float: 1e-3 } });
    return globalMean(graph, graph.node('Relu', [normal]));
  });
  const encoder = importEncoder(bytes, 'x');
  const patch = Float32Array.from({ length: 96 * 64 }, () => 4 * random.uniform() - 4);
  const theirs = await ort.InferenceSession.create(bytes);
  const expected = (await theirs.run({ log_mel: new ort.Tensor('float32', patch, [1, 1, 96, 64]) }))[
    'embedding'
  ]!;
  const graph = new Graph('mine');
  const input = graph.input('log_mel', 'float32', ['n', 1, 96, 64]);
  const centred = graph.node('Sub', [input, graph.constant('offset', float32s([encoder.input.offset], []))]);
  graph.output('embedding', globalMean(graph, addFloatLayers(graph, centred, encoder).at(-1)!), 'float32', [
    'n',
    4,
  ]);
  const mine = await ort.InferenceSession.create(graph.finish({}));
  const found = (await mine.run({ log_mel: new ort.Tensor('float32', patch, [1, 1, 96, 64]) }))['embedding']!;
  (expected.data as Float32Array).forEach((value, i) =>
    expect((found.data as Float32Array)[i]).toBeCloseTo(value, 4),
  );
});

test('a calibrated encoder keeps its embedding when it is quantized', async () => {
  const random = new Random(9);
  const patches = Float32Array.from({ length: 20 * 96 * 64 }, () => 6 * random.uniform() - 6);
  const imported = importEncoder(exported(randomEncoder(7)), 'mine');
  expect(imported.layers.every((layer) => layer.range === Infinity)).toBe(true);
  const calibrated = await calibrateEncoder(ort, imported, patches);
  expect(calibrated.layers.every((layer) => layer.range > 0 && Number.isFinite(layer.range))).toBe(true);
  const { layers } = quantizeEncoder(calibrated);
  expect(layers.map(({ codes }) => codes.length)).toEqual(
    imported.layers.map(({ weights }) => weights.length),
  );
});

test.each<[string, Uint8Array, RegExp]>([
  [
    'an input of another size',
    file((g, x) => globalMean(g, conv(g, x, [4, 1, 3, 3])), ['n', 1, 128, 64]),
    /128/,
  ],
  ['no global mean', file((g, x) => conv(g, x, [4, 1, 3, 3])), /global mean/],
  [
    'a layer behind its global mean',
    file((g, x) => g.node('Relu', [globalMean(g, conv(g, x, [4, 1, 3, 3]))])),
    /Relu/,
  ],
  [
    'a layer that a board has not',
    file((g, x) => globalMean(g, g.node('Sigmoid', [conv(g, x, [4, 1, 3, 3])]))),
    /Sigmoid/,
  ],
  [
    'a residual sum',
    file((g, x) => {
      const first = conv(g, x, [4, 1, 3, 3], { pads: [1, 1, 1, 1] });
      return globalMean(g, g.node('Add', [first, conv(g, first, [4, 4, 1, 1])]));
    }),
    /branches/,
  ],
  ['dilation', file((g, x) => globalMean(g, conv(g, x, [4, 1, 3, 3], { dilations: [2, 2] }))), /dilated/],
  [
    'too much memory',
    file((g, x) => globalMean(g, conv(g, conv(g, x, [512, 1, 1, 1]), [4, 512, 2, 2]))),
    /need 65,856 bytes of memory, layers 1 to 2 computed by rows; a board has 49,152/,
  ],
])('an encoder with %s is refused, and the sentence says why', (_, bytes, reason) => {
  try {
    importEncoder(bytes, 'x');
    expect.unreachable();
  } catch (error) {
    expect((error as CurlewError).code).toBe('ENCODER_UNFIT');
    expect((error as CurlewError).message).toMatch(reason);
  }
});

test('bytes that are no ONNX file are refused, and nothing else is thrown', () => {
  const bytes = exported(randomEncoder(6, everyKind.slice(0, 2)));
  for (let length = 0; length < bytes.length - 20; length += 7) {
    expect(codeOf(() => importEncoder(bytes.subarray(0, length), 'x'))).toMatch(
      /^(FILE_DAMAGED|ENCODER_UNFIT)$/,
    );
  }
  const altered = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }));
  fc.assert(
    fc.property(altered, ([at, change]) => {
      const wrong = bytes.slice();
      wrong[at]! ^= change;
      return /^(FILE_DAMAGED|ENCODER_UNFIT|accepted)$/.test(codeOf(() => importEncoder(wrong, 'x')));
    }),
    { numRuns: 3000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) =>
      /^(FILE_DAMAGED|ENCODER_UNFIT)$/.test(codeOf(() => importEncoder(noise, 'x'))),
    ),
    { numRuns: 2000 },
  );
  expect(codeOf(() => readOnnx(new Uint8Array()))).toBe('FILE_DAMAGED');
});
