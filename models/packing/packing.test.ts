import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CurlewError } from '../../main/contract/error.ts';
import type { Expert } from '../experts/expert.ts';
import { format, rowBytes } from './format.ts';
import { packExpert } from './pack.ts';
import { readImage } from './read.ts';
import { hex, sha256 } from './sha256.ts';

const reference = new TextEncoder().encode('the reference graph');
const finite = { noNaN: true, noDefaultInfinity: true } as const;

/** An expert of embedding → hidden (BitLinear, normed) → classes (float), filled from generators. */
function expertOf(hidden: number, classes: number): fc.Arbitrary<Expert> {
  const floats = (length: number) => fc.float32Array({ minLength: length, maxLength: length, ...finite });
  const scales = (length: number) =>
    fc.float32Array({ minLength: length, maxLength: length, min: Math.fround(1e-6), max: 1, ...finite });
  const codes = fc.int8Array({ minLength: hidden * 384, maxLength: hidden * 384, min: -7, max: 7 });
  return fc
    .record({
      name: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 31 }),
      version: fc.nat(),
      labels: fc.array(fc.stringMatching(/^[a-zä_]{1,12}$/), { minLength: classes, maxLength: classes }),
      offset: floats(384),
      scale: floats(384),
      codes,
      weightScales: fc.oneof(scales(1), scales(hidden)),
      hiddenBias: floats(hidden),
      gain: floats(hidden),
      normBias: floats(hidden),
      weights: floats(classes * hidden),
      bias: floats(classes),
    })
    .map((r) => ({
      name: r.name,
      version: r.version,
      labels: r.labels,
      standardization: { offset: r.offset, scale: r.scale },
      layers: [
        {
          kind: 'bitlinear',
          weightBits: 4,
          inputs: 384,
          outputs: hidden,
          codes: r.codes,
          scales: r.weightScales,
          bias: r.hiddenBias,
          norm: { gain: r.gain, bias: r.normBias },
        },
        { kind: 'linear', inputs: hidden, outputs: classes, weights: r.weights, bias: r.bias, norm: null },
      ],
    }));
}

const [sample] = fc.sample(expertOf(5, 3), { numRuns: 1, seed: 7 }) as [Expert];
const image = packExpert(sample, reference);

/** Puts a right seal on an altered image, so that the structure is what must be refused. */
function sealed(altered: Uint8Array): Uint8Array {
  altered.fill(0, format.sealOffset, format.headerBytes);
  altered.set(sha256(altered), format.sealOffset);
  return altered;
}

function altered(change: (view: DataView, bytes: Uint8Array) => void): Uint8Array {
  const copy = image.slice();
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

test('reading a packed image gives the expert back', () => {
  fc.assert(
    fc.property(expertOf(3, 2), (expert) => {
      const read = readImage(packExpert(expert, reference));
      expect(read.expert).toEqual(expert);
      expect(read.referenceSha256).toEqual(sha256(reference));
    }),
    { numRuns: 30 },
  );
});

test('a Node Buffer is read like any bytes, wherever it lies in its memory, and stays as it is', () => {
  const memory = Buffer.concat([Buffer.from([0]), image, Buffer.from([0])]);
  const buffer = memory.subarray(1, 1 + image.length);
  expect(readImage(buffer).expert).toEqual(sample);
  expect(Buffer.compare(buffer, image)).toBe(0);
});

test('packing the same expert gives the same bytes', () => {
  expect(packExpert(structuredClone(sample), reference)).toEqual(image);
});

test('the header lies where IMAGE.md says', () => {
  const view = new DataView(image.buffer);
  expect(new TextDecoder().decode(image.subarray(0, 4))).toBe('CRLW');
  expect([4, 6].map((at) => view.getUint16(at, true))).toEqual([1, 128]);
  expect([8, 12].map((at) => view.getUint32(at, true))).toEqual([image.length, 1]);
  expect([20, 22, 26, 28, 30].map((at) => view.getUint16(at, true))).toEqual([384, 3, 1, 1, 12]);
  expect([image[24], image[25]]).toEqual([4, 2]);
  expect(image.length % 16).toBe(0);
});

test('the even input is the low nibble, in two’s complement', () => {
  const [first, second] = sample.layers;
  if (first?.kind !== 'bitlinear') throw new Error('the first layer is BitLinear');
  const codes = first.codes.slice();
  codes.set([-7, 3, 7, -1]);
  const packed = packExpert({ ...sample, layers: [{ ...first, codes }, second!] }, reference);
  const weightsEntry = new DataView(packed.buffer, format.headerBytes + 4 * format.sectionEntryBytes);
  expect(weightsEntry.getUint16(0, true)).toBe(11);
  const offset = weightsEntry.getUint32(4, true);
  expect([packed[offset], packed[offset + 1]]).toEqual([0x39, 0xf7]);
});

test('rows are padded to whole words', () => {
  expect([1, 7, 8, 9, 384].map(rowBytes)).toEqual([4, 4, 4, 8, 192]);
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
    ['unknown kind', (view) => view.setUint32(12, 2, true)],
    ['unknown front end', (view) => view.setUint16(26, 9, true)],
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
    ['a layer of unknown kind', (view) => view.setUint16(contentOf(view, 3), 3, true)],
    ['a layer of 8-bit weights', (view) => view.setUint16(contentOf(view, 3) + 2, 8, true)],
    ['a layer of other inputs', (view) => view.setUint16(contentOf(view, 3) + 4, 383, true)],
    ['a layer of other outputs', (view) => view.setUint16(contentOf(view, 3) + 6, 6, true)],
    ['a layer without outputs', (view) => view.setUint16(contentOf(view, 3) + 6, 0, true)],
    ['unknown layer flags', (view) => view.setUint16(contentOf(view, 3) + 10, 3, true)],
    ['a missing norm flag', (view) => view.setUint16(contentOf(view, 3) + 10, 0, true)],
    ['the weight code −8', (view) => view.setUint8(contentOf(view, 4), 0x08)],
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
