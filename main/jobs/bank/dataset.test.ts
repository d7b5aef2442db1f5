import { expect, test } from 'vitest';
import { CurlewError } from '../../contract/error.ts';
import { parseCsv, readDataset, withGain } from './dataset.ts';

test('quoted fields may hold commas, quotes and line ends', () => {
  expect(parseCsv('a,b\r\n"x, y","say ""no""\nnow"\n,\n')).toEqual([
    ['a', 'b'],
    ['x, y', 'say "no"\nnow'],
    ['', ''],
  ]);
  expect(parseCsv('a,b\n1,2')).toEqual([
    ['a', 'b'],
    ['1', '2'],
  ]);
  expect(parseCsv('')).toEqual([]);
});

test('a gain clips at what int16 holds', () => {
  expect([...withGain(Float32Array.of(0.25, -0.75, 0.75), 2)]).toEqual([0.5, -1, 32_767 / 32_768]);
});

test('a folder without the table is refused with its path', async () => {
  const error = await readDataset('/nowhere').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CurlewError);
  expect(error).toMatchObject({ code: 'FILE_UNREADABLE' });
});
