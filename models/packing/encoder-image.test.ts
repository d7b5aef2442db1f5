import { expect, test } from 'vitest';
import { CurlewError } from '../../main/contract/error.ts';
import { randomEncoder, yamnet256 } from '../../test/fixtures/random-encoder.ts';
import { randomExpert } from '../../test/fixtures/random-expert.ts';
import type { Encoder } from '../encoder/encoder.ts';
import { quantizeEncoder } from '../encoder/quantize.ts';
import { format } from './format.ts';
import { packExpert } from './pack.ts';
import { packEncoder } from './pack-encoder.ts';
import { readEncoder, readExpert, readImage } from './read.ts';
import { hex, sha256 } from './sha256.ts';

const reference = new TextEncoder().encode('the reference graph');
const encoder = quantizeEncoder(randomEncoder(1));
const image = packEncoder(encoder, reference);

const codeOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    return error instanceof CurlewError ? error.code : String(error);
  }
  return 'accepted';
};

/** With a seal that is right again. */
function resealed(bytes: Uint8Array): Uint8Array {
  bytes.fill(0, format.sealOffset, format.headerBytes);
  bytes.set(sha256(bytes), format.sealOffset);
  return bytes;
}

test('an encoder comes back from its image as it was', () => {
  const read = readEncoder(image);
  expect(read.encoder).toEqual(encoder);
  expect(hex(read.referenceSha256)).toBe(hex(sha256(reference)));
  expect(packEncoder(encoder, reference)).toEqual(image);
});

/** The image with so many fused layers. */
function fused(image: Uint8Array, layers: number): Uint8Array {
  const bytes = image.slice();
  new DataView(bytes.buffer).setUint16(28, layers, true);
  return resealed(bytes);
}

test('an image says how many of its first layers are computed by rows, and no more than fit', () => {
  expect(readEncoder(image).fused).toBe(0);
  const large = quantizeEncoder(randomEncoder(1, yamnet256));
  const packed = packEncoder(large, reference);
  expect(readEncoder(packed)).toMatchObject({ encoder: large, fused: 11 });
  expect(readEncoder(fused(packed, 8)).fused).toBe(8);
  expect(codeOf(() => readImage(fused(packed, 0)))).toBe('IMAGE_BAD');
  expect(() => readImage(fused(packed, 7))).toThrow(
    'This is not a sound image: This encoder does not fit a board: its activations need 68,800 bytes of memory, layers 1 to 7 computed by rows; a board has 49,152',
  );
  expect(() => readImage(fused(packed, 12))).toThrow('has 11 layers and computes 12 of them by rows');
  expect(codeOf(() => readImage(fused(image, 2)))).toBe('accepted');
});

test('no changed byte of an encoder’s image goes unnoticed', () => {
  for (let at = 0; at < image.length; at += 37) {
    const bytes = image.slice();
    bytes[at]! ^= 0x10;
    expect(
      codeOf(() => readImage(bytes)),
      `byte ${at}`,
    ).toMatch(/^IMAGE_(BAD|HASH)$/);
  }
});

test('an encoder’s image cut short at any length is refused', () => {
  for (let length = 0; length < image.length; length += 53) {
    expect(codeOf(() => readImage(image.subarray(0, length)))).toBe('IMAGE_BAD');
  }
});

test('whatever is changed under a right seal, an image is refused or read, and nothing else is thrown', () => {
  let refused = 0;
  for (let at = 0; at < 700; at++) {
    const bytes = image.slice();
    bytes[at]! ^= 1 << (at % 8);
    const code = codeOf(() => readImage(resealed(bytes)));
    expect(code).toMatch(/^(IMAGE_BAD|accepted)$/);
    refused += Number(code === 'IMAGE_BAD');
  }
  expect(refused).toBeGreaterThan(300);
});

const first = encoder.layers[0]!;
const with1 = (change: Partial<Encoder['layers'][number]>): Encoder => ({
  ...encoder,
  layers: [{ ...first, ...change }, ...encoder.layers.slice(1)],
});

test.each([
  ['a shift of 32', with1({ shift: first.shift.map(() => 32) })],
  ['a negative multiplier', with1({ multiplier: first.multiplier.map(() => -1) })],
  ['a bias that could overflow', with1({ bias: first.bias.map(() => 2 ** 30) })],
  ['too few channels for what follows', with1({ outputs: 7 })],
  ['no input scale', { ...encoder, input: { offset: 0, scale: 0 } }],
  ['no unit', { ...encoder, unit: 0 }],
])('an encoder image with %s is refused', (_, wrong) => {
  expect(codeOf(() => readImage(packEncoder(wrong, reference)))).toBe('IMAGE_BAD');
});

test('an expert of an encoder names it by its image’s hash, and takes embeddings of its size', () => {
  const expert = { ...randomExpert(2), encoderHash: sha256(image) };
  expect(readExpert(packExpert(expert, reference)).expert).toEqual(expert);
  expect(codeOf(() => readExpert(image))).toBe('IMAGE_BAD');
  expect(codeOf(() => readEncoder(packExpert(expert, reference)))).toBe('IMAGE_BAD');
});
