import { expect, it } from 'vitest';
import { testFile } from '../../../../test/fixtures/classified.ts';
import type { ClassifiedFile } from '../../../contract/types.ts';
import { filesTold, mostTold } from './files-told.ts';

async function* pagesOf(files: readonly ClassifiedFile[], size: number): AsyncGenerator<ClassifiedFile[]> {
  for (let at = 0; at < files.length; at += size) yield files.slice(at, at + size);
}

const part = { level: 'damaged' as const, code: 'cut-short' as const, text: 'It ends early.' };
const files = [
  testFile(0, '/card/a.wav', { label: 'curlew', probability: 0.75, seconds: 60 }),
  testFile(1, '/card/b.wav', { label: null, probability: null, seconds: 5, notes: [part] }),
  testFile(2, '/card/c.wav', { state: 'copy', copyOf: '/card/a.wav' }),
  testFile(3, '/card/d.wav', {
    state: 'failed',
    error: { code: 'FILE_EMPTY', message: '/card/d.wav is empty.' },
  }),
  testFile(4, '/card/e.wma', {
    ...{ state: 'leftOut', format: 'WMA' },
    error: { code: 'FILE_UNSUPPORTED', message: 'WMA is not read.' },
  }),
  testFile(5, '/card/f.wma', { state: 'leftOut', format: 'WMA' }),
];

it.each([1, 2, 3, 10])('tells of each kind of file, whatever the pages of %i are', async (size) => {
  const { lines, damaged } = await filesTold(pagesOf(files, size));
  expect(damaged).toBe(1);
  expect(lines[0]).toMatch(/curlew\s+75.*60\.0 s\s+\S*a\.wav\s*\n.*none\s+5\.0 s\s+\S*b\.wav/s);
  expect(lines.slice(1)).toEqual([
    'classified in part: /card/b.wav: It ends early.',
    'not counted again: /card/c.wav: of the same bytes as /card/a.wav',
    'not classified: /card/d.wav is empty.',
    'left out: 2 files of WMA: WMA is not read.',
  ]);
});

it('shows the first of very many, counts the rest, and tells which were damaged of all', async () => {
  const many = Array.from({ length: mostTold + 2 }, (_, i) =>
    testFile(i, `/card/${i}.wav`, { notes: [part] }),
  );
  const { lines, damaged } = await filesTold(pagesOf(many, 300));
  expect(damaged).toBe(mostTold + 2);
  expect(lines[0]!.split('\n').filter((line) => line.includes('/card/'))).toHaveLength(mostTold);
  expect(lines[1]).toBe('and 2 more files that were classified: --csv FILE writes all');
  expect(lines.at(-1)).toBe('and 2 more notes');
});
