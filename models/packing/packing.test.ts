import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CurlewError } from '../../main/contract/error.ts';
import type { Expert, LinearLayer, Precision, TernaryLayer } from '../experts/expert.ts';
import type { Router } from '../router/router.ts';
import { checkSums, packCodes, rowBytes, unpackCodes } from './codes.ts';
import { format } from './format.ts';
import { packExpert, packRouter } from './pack.ts';
import { readExpert, readImage, readRouter } from './read.ts';
import { hex, sha256 } from './sha256.ts';

const reference = new TextEncoder().encode('the reference graph');
const finite = { noNaN: true, noDefaultInfinity: true } as const;

const precisions: readonly (Precision | 32)[] = [
  1,
  2,
  4,
  8,
  16,
  'ternary',
  'ternary-activations',
  'static8',
  32,
];

/** Codes of a precision, all of them possible. */
function codesOf(precision: Precision, length: number): fc.Arbitrary<Int8Array | Int16Array> {
  const sized = { minLength: length, maxLength: length };
  if (precision === 1) {
    return fc.array(fc.boolean(), sized).map((bits) => Int8Array.from(bits, (bit) => (bit ? 1 : -1)));
  }
  if (precision === 'static8') return fc.int8Array({ ...sized, min: -127 });
  if (typeof precision === 'string') return fc.int8Array({ ...sized, min: -1, max: 1 });
  if (precision === 16) return fc.int16Array(sized);
  return fc.int8Array({ ...sized, min: -(2 ** (precision - 1)), max: 2 ** (precision - 1) - 1 });
}

/** An expert of embedding → hidden (of that precision, normed) → classes (float), filled from generators. */
function expertOf(hidden: number, classes: number, precision: Precision | 32): fc.Arbitrary<Expert> {
  const floats = (length: number) => fc.float32Array({ minLength: length, maxLength: length, ...finite });
  const scales = (length: number) =>
    fc.float32Array({ minLength: length, maxLength: length, min: Math.fround(1e-6), max: 1, ...finite });
  return fc
    .record({
      name: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 31 }),
      version: fc.nat(),
      labels: fc.array(fc.stringMatching(/^[a-zä_]{1,12}$/), { minLength: classes, maxLength: classes }),
      offset: floats(384),
      scale: floats(384),
      codes: codesOf(precision === 32 ? 4 : precision, hidden * 384),
      hiddenWeights: floats(hidden * 384),
      weightScales: fc.oneof(scales(1), scales(hidden)),
      hiddenBias: floats(hidden),
      gain: floats(hidden),
      normBias: floats(hidden),
      relu: fc.boolean(),
      weights: floats(classes * hidden),
      bias: floats(classes),
    })
    .map((r): Expert => {
      const norm = r.relu ? { norm: null, relu: true } : { norm: { gain: r.gain, bias: r.normBias } };
      const shape = { inputs: 384, outputs: hidden, bias: r.hiddenBias, ...norm };
      const first: Expert['layers'][number] =
        precision === 32
          ? { kind: 'linear', ...shape, weights: r.hiddenWeights }
          : precision === 'static8'
            ? {
                kind: 'static',
                activationScale: 0.25,
                ...shape,
                codes: r.codes as Int8Array,
                scales: r.weightScales,
              }
            : typeof precision === 'string'
              ? {
                  kind: 'ternary',
                  activationBits: precision === 'ternary' ? 8 : 2,
                  ...shape,
                  codes: r.codes as Int8Array,
                  scales: r.weightScales,
                }
              : {
                  kind: 'bitlinear',
                  weightBits: precision,
                  ...shape,
                  codes: r.codes,
                  scales: r.weightScales,
                };
      return {
        name: r.name,
        version: r.version,
        labels: r.labels,
        standardization: { offset: r.offset, scale: r.scale },
        layers: [
          first,
          { kind: 'linear', inputs: hidden, outputs: classes, weights: r.weights, bias: r.bias, norm: null },
        ],
      };
    });
}

function routerOf(experts: number): fc.Arbitrary<Router> {
  const share = (max: number) => fc.float({ min: 0, max: Math.fround(max), ...finite });
  return fc
    .record({
      network: expertOf(6, experts, 8),
      hashes: fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), {
        minLength: experts,
        maxLength: experts,
      }),
      prior: fc.float32Array({ minLength: experts, maxLength: experts, min: 0, max: 1, ...finite }),
      routing: fc.record({
        alpha: share(100),
        curiosityScale: fc.float({ min: Math.fround(1e-6), max: 1, ...finite }),
        dropout: fc.float({ min: 0, max: Math.fround(0.9), maxExcluded: true, ...finite }),
        seed: fc.nat({ max: 2 ** 32 - 1 }),
        passes: fc.nat({ max: 64 }),
        topK: fc.integer({ min: 1, max: experts }),
      }),
    })
    .map(({ network, hashes, prior, routing }) => ({
      ...network,
      layers: network.layers.map((layer, i) => (i === 0 ? { ...layer, dropout: true } : layer)),
      expertHashes: hashes,
      prior,
      routing,
    }));
}

const [sample] = fc
  .sample(expertOf(5, 3, 4), { numRuns: 50, seed: 7 })
  .filter(({ layers }) => layers[0]!.norm) as [Expert];
const image = packExpert(sample, reference);
const [router] = fc.sample(routerOf(3), { numRuns: 1, seed: 7 }) as [Router];

/** Puts a right seal on an altered image, so that the structure is what must be refused. */
function sealed(altered: Uint8Array): Uint8Array {
  altered.fill(0, format.sealOffset, format.headerBytes);
  altered.set(sha256(altered), format.sealOffset);
  return altered;
}

function altered(
  change: (view: DataView, bytes: Uint8Array) => void,
  from: Uint8Array<ArrayBuffer> = image,
): Uint8Array {
  const copy = from.slice();
  change(new DataView(copy.buffer), copy);
  return sealed(copy);
}

function code(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof CurlewError) return error.code;
    throw error;
  }
  return 'accepted';
}

test.each(precisions)('reading a packed expert gives it back: %s', (precision) => {
  fc.assert(
    fc.property(expertOf(3, 2, precision), (expert) => {
      const read = readExpert(packExpert(expert, reference));
      expect(read.expert).toEqual(expert);
      expect(read.referenceSha256).toEqual(sha256(reference));
    }),
    { numRuns: 20 },
  );
});

test('reading a packed router gives it back', () => {
  fc.assert(
    fc.property(routerOf(4), (one) => {
      expect(readRouter(packRouter(one, reference)).router).toEqual(one);
    }),
    { numRuns: 20 },
  );
});

test('an expert is not taken for a router, nor a router for an expert', () => {
  expect(code(() => readRouter(image))).toBe('IMAGE_BAD');
  expect(code(() => readExpert(packRouter(router, reference)))).toBe('IMAGE_BAD');
});

test('a Node Buffer is read like any bytes, wherever it lies in its memory, and stays as it is', () => {
  const memory = Buffer.concat([Buffer.from([0]), image, Buffer.from([0])]);
  const buffer = memory.subarray(1, 1 + image.length);
  expect(readExpert(buffer).expert).toEqual(sample);
  expect(Buffer.compare(buffer, image)).toBe(0);
});

test('packing the same expert gives the same bytes', () => {
  expect(packExpert(structuredClone(sample), reference)).toEqual(image);
});

test('the header lies where IMAGE.md says', () => {
  const view = new DataView(image.buffer);
  expect(new TextDecoder().decode(image.subarray(0, 4))).toBe('CRLW');
  expect([4, 6].map((at) => view.getUint16(at, true))).toEqual([2, 128]);
  expect([8, 12].map((at) => view.getUint32(at, true))).toEqual([image.length, 1]);
  expect([20, 22, 28, 30].map((at) => view.getUint16(at, true))).toEqual([384, 3, 1, 12]);
  expect([...image.subarray(24, 28)]).toEqual([4, 2, 1, 0]);
  const marks = new Map(precisions.map((one) => [one, fc.sample(expertOf(2, 2, one), 1)[0]!]));
  expect(
    [...marks.values()].map((expert) => packExpert(expert, reference)).map((bytes) => [bytes[24], bytes[27]]),
  ).toEqual([
    [1, 0],
    [2, 0],
    [4, 0],
    [8, 0],
    [16, 0],
    [2, 1],
    [2, 2],
    [8, 0],
    [32, 0],
  ]);
  expect(image.length % 16).toBe(0);
});

test('codes lie where IMAGE.md says', () => {
  // 1 bit: bit k of byte j of a block of 128 inputs is input 16 k + j; 1 for +1
  const signs = new Int8Array(130).fill(-1);
  for (const input of [0, 17, 127, 129]) signs[input] = 1;
  const expected = new Uint8Array(32);
  [expected[0], expected[1], expected[15], expected[17]] = [1, 2, 128, 1];
  expect(packCodes(signs, 130, 1)).toEqual(expected);
  // 2 bits: bits 2k and 2k+1 of byte j of a block of 64, code + 2
  const pairs = new Int8Array(64).fill(-2);
  [pairs[0], pairs[17], pairs[63]] = [1, -1, 0];
  const two = new Uint8Array(16);
  [two[0], two[1], two[15]] = [3, 1 << 2, 2 << 6];
  expect(packCodes(pairs, 64, 2)).toEqual(two);
  // 4 bits: the low nibble of byte j of a block of 32 is input j, the high one input 16 + j, code + 8
  expect([...packCodes(Int8Array.of(-7, 3), 2, 4).subarray(0, 3)]).toEqual([1, 11, 0]);
  const nibbles = new Int8Array(32).fill(-8);
  [nibbles[1], nibbles[17]] = [7, -1];
  expect(packCodes(nibbles, 32, 4)[1]).toBe(0x7f);
  expect([...packCodes(Int8Array.of(-128, 127), 2, 8).subarray(0, 3)]).toEqual([0x80, 0x7f, 0]);
  expect([...packCodes(Int16Array.of(-32768, 258), 2, 16).subarray(0, 5)]).toEqual([0, 0x80, 2, 1, 0]);
});

test('rows are padded to whole blocks of 16 bytes', () => {
  expect([1, 128, 129].map((inputs) => rowBytes(inputs, 1))).toEqual([16, 16, 32]);
  expect([64, 65].map((inputs) => rowBytes(inputs, 2))).toEqual([16, 32]);
  expect([32, 33, 384].map((inputs) => rowBytes(inputs, 4))).toEqual([16, 32, 192]);
  expect([16, 17].map((inputs) => rowBytes(inputs, 8))).toEqual([16, 32]);
  expect([8, 9].map((inputs) => rowBytes(inputs, 16))).toEqual([16, 32]);
});

test('an image cut short anywhere is refused', () => {
  for (let length = 0; length < image.length; length++) {
    expect(code(() => readImage(image.subarray(0, length)))).toBe('IMAGE_BAD');
  }
});

test('an image with any byte altered is refused', () => {
  for (let at = 0; at < image.length; at++) {
    const copy = image.slice();
    copy[at]! ^= 1 << (at % 8);
    expect(
      code(() => readImage(copy)),
      `byte ${at}`,
    ).toMatch(/^IMAGE_(BAD|HASH)$/);
  }
});

test('an altered payload is told apart from a wrong structure', () => {
  const copy = image.slice();
  copy[image.length - 20]! ^= 1;
  expect(code(() => readImage(copy))).toBe('IMAGE_HASH');
});

describe('with a right seal, the structure is still checked:', () => {
  const table = (index: number) => format.headerBytes + index * format.sectionEntryBytes;
  const contentOf = (view: DataView, index: number) => view.getUint32(table(index) + 4, true);
  const cases: [string, (view: DataView, bytes: Uint8Array) => void][] = [
    ['unknown kind', (view) => view.setUint32(12, 3, true)],
    ['a router’s kind', (view) => view.setUint32(12, 2, true)],
    ['a ternary mark with 4 bits', (view) => view.setUint8(27, 1)],
    ['unknown front end', (view) => view.setUint8(26, 9)],
    ['unknown encoder', (view) => view.setUint16(28, 2, true)],
    ['another embedding size', (view) => view.setUint16(20, 128, true)],
    ['one class', (view) => view.setUint16(22, 1, true)],
    ['65 classes', (view) => view.setUint16(22, 65, true)],
    ['more classes than labels', (view) => view.setUint16(22, 4, true)],
    ['other weight bits than its layers', (view) => view.setUint8(24, 32)],
    ['3-bit weights', (view) => view.setUint8(24, 3)],
    ['no layers', (view) => view.setUint8(25, 0)],
    ['nine layers', (view) => view.setUint8(25, 9)],
    ['fewer layers than sections', (view) => view.setUint8(25, 1)],
    ['65 sections', (view) => view.setUint16(30, 65, true)],
    ['no sections', (view) => view.setUint16(30, 0, true)],
    ['an empty name', (_, bytes) => bytes.fill(0, 32, 64)],
    ['a name without an end', (_, bytes) => bytes.fill(65, 32, 64)],
    ['a name that is not UTF-8', (_, bytes) => bytes.set([0xff, 0, 0], 32)],
    ['a section of unknown type', (view) => view.setUint16(table(0), 99, true)],
    ['a section twice', (view) => view.setUint16(table(1), 3, true)],
    ['a section of a layer that is not there', (view) => view.setUint16(table(5) + 2, 7, true)],
    ['a section beyond the end', (view) => view.setUint32(table(11) + 8, 1 << 20, true)],
    ['an unaligned section', (view) => view.setUint32(table(2) + 4, contentOf(view, 2) + 4, true)],
    ['a layer of unknown kind', (view) => view.setUint16(contentOf(view, 3), 4, true)],
    ['a ternary layer', (view) => view.setUint16(contentOf(view, 3), 3, true)],
    ['ternary activations', (view) => view.setUint16(contentOf(view, 3) + 8, 2, true)],
    ['a layer of 8-bit weights', (view) => view.setUint16(contentOf(view, 3) + 2, 8, true)],
    ['a layer of other inputs', (view) => view.setUint16(contentOf(view, 3) + 4, 383, true)],
    ['a layer of other outputs', (view) => view.setUint16(contentOf(view, 3) + 6, 6, true)],
    ['a layer without outputs', (view) => view.setUint16(contentOf(view, 3) + 6, 0, true)],
    ['LayerNorm and ReLU alone at once', (view) => view.setUint16(contentOf(view, 3) + 10, 3, true)],
    ['dropout in an expert', (view) => view.setUint16(contentOf(view, 3) + 10, 5, true)],
    ['unknown layer flags', (view) => view.setUint16(contentOf(view, 3) + 10, 9, true)],
    ['a missing norm flag', (view) => view.setUint16(contentOf(view, 3) + 10, 0, true)],
    ['two scales for five outputs', (view) => view.setUint32(contentOf(view, 3) + 12, 2, true)],
    ['a weight scale of zero', (view) => view.setFloat32(contentOf(view, 5), 0, true)],
    ['a negative weight scale', (view) => view.setFloat32(contentOf(view, 5), -1, true)],
    ['a bias that is not a number', (view) => view.setFloat32(contentOf(view, 6), NaN, true)],
    ['an infinite embedding scale', (view) => view.setFloat32(contentOf(view, 2), Infinity, true)],
    ['labels that are not UTF-8', (view) => view.setUint8(contentOf(view, 0), 0xff)],
    ['padding that is not zero', (_, bytes) => (bytes[bytes.length - 1] = 1)],
  ];
  test.each(cases)('%s', (_, change) => {
    expect(code(() => readImage(altered(change)))).toBe('IMAGE_BAD');
  });
});

describe('with a right seal, a router’s routing is still checked:', () => {
  const packed = packRouter(router, reference);
  const entry = (view: DataView, type: number): number => {
    let at = format.headerBytes;
    while (view.getUint16(at, true) !== type) at += format.sectionEntryBytes;
    return at;
  };
  const content = (view: DataView, type: number) => view.getUint32(entry(view, type) + 4, true);
  const cases: [string, (view: DataView) => void][] = [
    ['an expert’s kind', (view) => view.setUint32(12, 1, true)],
    ['an expert too few', (view) => view.setUint32(entry(view, 4) + 8, 64, true)],
    ['a negative alpha', (view) => view.setFloat32(content(view, 5), -1, true)],
    ['an alpha over 100', (view) => view.setFloat32(content(view, 5), 101, true)],
    ['an alpha that is no number', (view) => view.setFloat32(content(view, 5), NaN, true)],
    ['a curiosity scale of zero', (view) => view.setFloat32(content(view, 5) + 4, 0, true)],
    ['an infinite curiosity scale', (view) => view.setFloat32(content(view, 5) + 4, Infinity, true)],
    ['a dropout over 0.9', (view) => view.setFloat32(content(view, 5) + 8, 0.91, true)],
    ['65 passes', (view) => view.setUint16(content(view, 5) + 16, 65, true)],
    ['no expert that answers', (view) => view.setUint16(content(view, 5) + 18, 0, true)],
    ['more answers than experts', (view) => view.setUint16(content(view, 5) + 18, 4, true)],
    ['a prior over 1', (view) => view.setFloat32(content(view, 6), 1.5, true)],
    ['a negative prior', (view) => view.setFloat32(content(view, 6) + 8, -0.5, true)],
  ];
  test.each(cases)('%s', (_, change) => {
    expect(code(() => readRouter(packed))).toBe('accepted');
    expect(code(() => readImage(altered(change, packed)))).toBe('IMAGE_BAD');
  });
});

test('ternary weights of −2 and 16-bit rows that could overflow are refused', () => {
  const [ternary] = fc.sample(expertOf(2, 2, 'ternary'), 1) as [Expert];
  const [layer, last] = ternary.layers as [TernaryLayer, LinearLayer];
  const codes = layer.codes.slice();
  codes[400] = -2;
  const packed = packExpert({ ...ternary, layers: [{ ...layer, codes }, last] }, reference);
  expect(code(() => readImage(packed))).toBe('IMAGE_BAD');

  const shape = { inputs: 600, outputs: 2, bits: 16, ternary: false };
  const even = new Int16Array(1200).fill(28_182); // 600 × 28,182 = 16,909,200
  expect(code(() => unpackCodes(packCodes(even, 600, 16), shape, 1))).toBe('accepted');
  even[1199] = -28_303; // 121 more
  expect(code(() => unpackCodes(packCodes(even, 600, 16), shape, 1))).toBe('IMAGE_BAD');
  expect(code(() => checkSums(even, 600, 1))).toBe('IMAGE_BAD');
});

test.each([1, 2, 4, 8, 16])('every bit of a row of %i-bit weights is read or must be zero', (bits) => {
  const shape = { inputs: 5, outputs: 1, bits, ternary: false };
  const packed = packCodes(new Int8Array(5).fill(1), 5, bits);
  expect(code(() => unpackCodes(packed, shape, 1))).toBe('accepted');
  for (let bit = 0; bit < 8 * packed.length; bit++) {
    const changed = packed.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    const again = () => expect(packCodes(unpackCodes(changed, shape, 1), 5, bits)).toEqual(changed);
    expect(code(again), `bit ${bit}`).toMatch(/^(accepted|IMAGE_BAD)$/);
  }
});

test('an expert that does not fit the format is not packed', () => {
  expect(code(() => packExpert({ ...sample, name: 'x'.repeat(32) }, reference))).toBe('IMAGE_BAD');
  expect(code(() => packExpert({ ...sample, name: '' }, reference))).toBe('IMAGE_BAD');
});

test('SHA-256 agrees with the platform’s at every length around the block borders', () => {
  for (let length = 0; length < 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 255);
    expect(hex(sha256(bytes))).toBe(createHash('sha256').update(bytes).digest('hex'));
  }
});
