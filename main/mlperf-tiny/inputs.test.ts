import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { anyInputs, labelledInputs, piecesOf } from './inputs.ts';
import { numbersOf, shapeOf } from './reference.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'curlew-inputs-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const labels = (text: string) => writeFile(join(folder, 'y_labels.csv'), text);

test('a table of labels names inputs, whole ones and such that are cut into windows', async () => {
  await labels('a.bin,12,3\r\nb.bin, 2, 1, 8, 4\n\n');
  expect(await labelledInputs(folder)).toEqual([
    { file: 'a.bin', label: 3, classes: 12, window: null },
    { file: 'b.bin', label: 1, classes: 2, window: { bytes: 8, stride: 4 } },
  ]);
});

test.each<[string, RegExp]>([
  ['a.bin,12', /Line 1 .* three cells/],
  ['a.bin,2,1\na.bin,2,2', /Line 2 .* none of 0 to 1/],
  ['a.bin,2,-1', /none of 0 to 1/],
  ['a.bin,2,one', /none of 0 to 1/],
  ['../a.bin,2,1', /below the folder/],
  ['/etc/passwd,2,1', /below the folder/],
  ['a.bin,2,1,27649,4', /window is none of 1 to 27648/],
  ['a.bin,2,1,8,0', /stride above 0/],
])('a table that says “%s” is refused by its line', async (text, message) => {
  await labels(text);
  await expect(labelledInputs(folder)).rejects.toMatchObject({
    code: 'FILE_DAMAGED',
    message: expect.stringMatching(message),
  });
});

test('without labels all files that end with .bin are inputs, and none is told', async () => {
  await expect(anyInputs(folder)).rejects.toMatchObject({ code: 'FOLDER_EMPTY' });
  await expect(labelledInputs(folder)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  for (const name of ['b.bin', 'a.bin', 'notes.txt']) await writeFile(join(folder, name), 'x');
  expect((await anyInputs(folder)).map(({ file }) => file)).toEqual(['a.bin', 'b.bin']);
});

test('an input is given whole or window by window, and one without a byte or a window is refused', async () => {
  await writeFile(join(folder, 'a.bin'), Uint8Array.of(1, 2, 3, 4, 5));
  await writeFile(join(folder, 'none.bin'), '');
  await writeFile(join(folder, 'large.bin'), new Uint8Array(27_649));
  const input = (file: string, window: { bytes: number; stride: number } | null = null) =>
    piecesOf(folder, { file, label: 0, classes: 2, window });
  expect((await input('a.bin')).map((piece) => [...piece])).toEqual([[1, 2, 3, 4, 5]]);
  const windows = await input('a.bin', { bytes: 3, stride: 2 });
  expect(windows.map((piece) => [...piece])).toEqual([
    [1, 2, 3],
    [3, 4, 5],
  ]);
  for (const [work, code] of [
    [() => input('none.bin'), 'FILE_EMPTY'],
    [() => input('large.bin'), 'FILE_TOO_LARGE'],
    [() => input('a.bin', { bytes: 6, stride: 1 }), 'FILE_TOO_SHORT'],
    [() => input('gone.bin'), 'FILE_NOT_FOUND'],
  ] as const)
    await expect(work()).rejects.toMatchObject({ code });
});

test('bytes are numbers of the type that is told, less an offset, times a scale', () => {
  const given = { scale: 0.5, offset: 2 };
  expect([...numbersOf(Uint8Array.of(0, 255), { ...given, type: 'uint8' })]).toEqual([-1, 126.5]);
  expect([...numbersOf(Uint8Array.of(0, 255), { ...given, type: 'int8' })]).toEqual([-1, -1.5]);
  const floats = new Uint8Array(new Float32Array([1.5, -2]).buffer);
  expect([...numbersOf(floats, { ...given, type: 'float32' })]).toEqual([-0.25, -2]);
  expect(() => numbersOf(Uint8Array.of(1, 2), { ...given, type: 'float32' })).toThrow(
    expect.objectContaining({ code: 'MODEL_UNFIT' }),
  );
});

test.each<[(number | null)[], number, number[]]>([
  [[null], 490, [490]],
  [[null, 49, 10, 1], 490, [1, 49, 10, 1]],
  [[1, 96, 96, 3], 27_648, [1, 96, 96, 3]],
  [[null, null], 640, [1, 640]],
])('a graph that takes %j is given %i numbers as %j', (shape, numbers, filled) => {
  expect(shapeOf(shape, numbers)).toEqual(filled);
});

test.each<[(number | null)[], number]>([
  [[1, 49, 10], 491],
  [[null, 49, 10], 491],
  [[null, null, null], 8],
  [[], 2],
])('a graph that takes %j is none for %i numbers', (shape, numbers) => {
  expect(() => shapeOf(shape, numbers)).toThrow(expect.objectContaining({ code: 'MODEL_UNFIT' }));
});
