import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scratchFolder, tone, wavBytes } from '../recordings/testing.ts';
import { asBoards } from './audio.ts';
import { RememberedAudio } from './remembered-audio.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
const pathOf = (name: string) => join(scratch.folder, `${name}.wav`);

beforeAll(async () => {
  scratch = await scratchFolder();
  for (const [i, name] of ['a', 'b', 'c'].entries())
    await writeFile(pathOf(name), wavBytes([tone(1, 16_000, 300 + 100 * i)], { sampleRate: 16_000 }));
});
afterAll(() => scratch.remove());

test('a sound is decoded once, and again where another window is heard', async () => {
  const audio = new RememberedAudio();
  const first = await audio.read('of a', pathOf('a'), asBoards);
  await rename(pathOf('a'), pathOf('moved'));
  expect(await audio.read('of a', pathOf('a'), asBoards)).toBe(first);
  await expect(audio.read('of a', pathOf('a'), { ...asBoards, rate: 32_000 })).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
  });
  await rename(pathOf('moved'), pathOf('a'));
});

test('of more than there is room for those go that were asked for longest ago', async () => {
  const audio = new RememberedAudio(2 * 4 * 16_000);
  const read = (name: string) => audio.read(`of ${name}`, pathOf(name), asBoards);
  const [a] = [await read('a'), await read('b')];
  expect(await read('a')).toBe(a);
  await read('c');
  expect(await read('a')).toBe(a);
  await rename(pathOf('b'), pathOf('gone'));
  await expect(read('b')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
});
