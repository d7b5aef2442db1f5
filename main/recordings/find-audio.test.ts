import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findAudio, walkAudio, type Walked } from './find-audio.ts';
import { scratchFolder, wavBytes } from './testing.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeAll(async () => {
  scratch = await scratchFolder();
  await mkdir(join(scratch.folder, 'card', 'folder.m4a'), { recursive: true });
  for (const name of ['a.M4A', 'b.wav', 'c.w4v', 'd.wma', 'e.txt', '._f.m4a', 'folder.m4a/g.wav'])
    await scratch.write(join('card', name), 'bytes');
});
afterAll(() => scratch.remove());

it('tells of files whose format is not read, in their place, by the format', async () => {
  const found: Walked[] = [];
  for await (const one of walkAudio([join(scratch.folder, 'card')])) found.push(one);
  expect(found.map((one) => [basename(one.path), 'leftOut' in one ? one.leftOut : null])).toEqual([
    ['a.M4A', 'M4A'],
    ['b.wav', null],
    ['c.w4v', 'W4V'],
    ['d.wma', 'WMA'],
    ['g.wav', null],
  ]);
});

it('counts them among what could not be used, with what to do', async () => {
  const { files, failed } = await findAudio([join(scratch.folder, 'card')]);
  expect(files.map((path) => basename(path))).toEqual(['b.wav', 'g.wav']);
  expect(failed.map(({ error }) => error.code)).toEqual(Array(3).fill('FILE_UNSUPPORTED'));
  expect(failed[1]!.error.message).toContain('Kaleidoscope');
});

it('takes such a file as it is where it is named outright', async () => {
  const path = join(scratch.folder, 'card', 'a.M4A');
  expect(await findAudio([path])).toEqual({ files: [path], failed: [] });
});

it('finds recordings without an extension by what they begin with, and passes over what is none', async () => {
  const folder = join(scratch.folder, 'plain');
  await mkdir(folder);
  await scratch.write(join('plain', '5E90A4D4'), wavBytes([new Float32Array(160)]));
  await scratch.write(join('plain', 'README'), 'Cards of the north site.');
  await scratch.write(join('plain', 'empty'), '');
  const { files, failed } = await findAudio([folder]);
  expect(files.map((path) => basename(path))).toEqual(['5E90A4D4']);
  expect(failed).toEqual([]);
});

it('tells of a recording and of a folder that are links to where nothing may be opened', async () => {
  const folder = join(scratch.folder, 'links');
  await mkdir(folder);
  const outside = join(scratch.folder, 'card');
  await symlink(join(outside, 'b.wav'), join(folder, 'b.wav'));
  await symlink(outside, join(folder, 'card'));
  await symlink(join(outside, 'e.txt'), join(folder, 'notes'));
  const allowed = (real: string): Promise<boolean> => Promise.resolve(!real.includes('card'));
  const { files, failed } = await findAudio([folder], { allowed });
  expect(files).toEqual([]);
  expect(failed.map(({ path, error }) => [basename(path), error.code])).toEqual([
    ['b.wav', 'PATH_NOT_ALLOWED'],
    ['card', 'PATH_NOT_ALLOWED'],
  ]);
});

describe('names that are no text', () => {
  // Where a file system takes text alone there are none.
  const latin1 = (name: string): Buffer =>
    Buffer.concat([Buffer.from(`${scratch.folder}/old/`), Buffer.from(name, 'latin1')]);

  it.skipIf(process.platform !== 'linux')(
    'are told, of files as of folders, and what lies beside is found',
    async () => {
      await mkdir(join(scratch.folder, 'old'));
      await writeFile(latin1('café.wav'), 'bytes');
      await writeFile(latin1('café.txt'), 'bytes');
      await mkdir(latin1('forêt'));
      await scratch.write(join('old', 'nuit.wav'), 'bytes');
      const { files, failed } = await findAudio([join(scratch.folder, 'old')]);
      expect(files.map((path) => basename(path))).toEqual(['nuit.wav']);
      expect(failed.map(({ path, error }) => [basename(path), error.code])).toEqual([
        ['caf\\xe9.wav', 'FILE_UNSUPPORTED'],
        ['for\\xeat', 'FILE_UNSUPPORTED'],
      ]);
      expect(failed[0]!.error.message).toContain('Rename it');
    },
  );
});
