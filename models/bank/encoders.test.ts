import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { multiplyAccumulates } from '../encoder/encoder.ts';
import { readEncoder } from '../packing/read.ts';
import { parseManifest, type BankEncoder } from './bank.ts';

const read = (path: string) => readFile(join(import.meta.dirname, path));
const { encoders } = parseManifest(new TextDecoder().decode(await read('manifest.json')));
const folds = [1, 2, 3, 4];
const encoderOf = (name: string): BankEncoder => encoders.find(({ id }) => id === `esc10-encoder-${name}`)!;

describe.each([
  { kind: 'small', work: 1_500_000, image: 30_000, arena: 48 * 1024 },
  { kind: 'medium', work: 6_000_000, image: 150_000, arena: 48 * 1024 },
  { kind: 'large', work: 24_000_000, image: 146_000, arena: 49_000 },
])('the $kind encoder', ({ kind, work, image, arena }) => {
  test.each(folds)('without fold %i keeps to its work, its image and its memory', async (fold) => {
    const { files, memory, heldOutFold } = encoderOf(`${kind}-${fold}`);
    const { encoder } = readEncoder(await read(files.image.path));
    expect(heldOutFold).toBe(fold);
    expect(multiplyAccumulates(encoder)).toBeLessThanOrEqual(work);
    expect(files.image.bytes).toBeLessThanOrEqual(image);
    expect(memory!.arenaBytes).toBeLessThanOrEqual(arena);
    // padding is 0 in log-mel, as it was where training started
    expect(encoder.input.offset).toBe(0);
  });
});

test.each(folds)('the three sizes without fold %i heard the same', (fold) => {
  const [small, medium, large] = ['small', 'medium', 'large'].map(
    (kind) => encoderOf(`${kind}-${fold}`).heard,
  );
  expect(medium).toEqual(small);
  expect(large).toEqual(small);
});
