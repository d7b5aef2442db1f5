import { chmod, mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AllowedPaths } from './allowed-paths.ts';
import { findAudio } from './find-audio.ts';
import { scratchFolder, unprivileged } from './testing.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let root: string;
let files: AllowedPaths;

beforeAll(async () => {
  scratch = await scratchFolder();
  root = join(scratch.folder, 'root');
  for (const folder of ['root/Site 2', 'root/Site 10/deep', 'root-beside', 'outside']) {
    await mkdir(join(scratch.folder, folder), { recursive: true });
  }
  for (const name of [
    'b.WAV',
    'a10.flac',
    'a2.Mp3',
    'notes.txt',
    '.hidden.wav',
    'Site 10/deep/c.ogg',
    'Site 2/d.wav',
  ]) {
    await scratch.write(join('root', name), 'x'.repeat(5));
  }
  await scratch.write('outside/secret.wav', 'x');
  await scratch.write('root-beside/near.wav', 'x');
  await symlink(join(scratch.folder, 'outside'), join(root, 'way-out'));
  await symlink(join(scratch.folder, 'outside', 'secret.wav'), join(root, 'secret.wav'));
  await symlink(join(root, 'Site 2'), join(root, 'Site link'));
  await symlink(join(root, 'nowhere'), join(root, 'broken.wav'));
  files = new AllowedPaths([root, join(scratch.folder, 'not-mounted')]);
});
afterAll(() => scratch.remove());

describe('a listing', () => {
  it('has folders first and audio files in any case, in the order a person counts, and nothing else', async () => {
    const { path, parent, entries } = await files.browse(root);
    expect(path).toBe(root);
    expect(parent).toBeNull();
    expect(entries.map(({ name, folder, bytes }) => [name, folder, bytes])).toEqual([
      ['Site 2', true, 0],
      ['Site 10', true, 0],
      ['Site link', true, 0],
      ['a2.Mp3', false, 5],
      ['a10.flac', false, 5],
      ['b.WAV', false, 5],
    ]);
  });

  it('knows its parent inside the allowed folders only', async () => {
    expect((await files.browse(join(root, 'Site 10', 'deep'))).parent).toBe(join(root, 'Site 10'));
    expect((await files.browse(join(root, 'Site 10'))).parent).toBe(root);
  });

  it('of a file or of nothing is refused', async () => {
    await expect(files.browse(join(root, 'b.WAV'))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    await expect(files.browse(join(root, 'none'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});

describe('a path outside the allowed folders', () => {
  it.each([
    ['said plainly', () => join(scratch.folder, 'outside', 'secret.wav')],
    ['with ..', () => `${root}/Site 2/../../outside/secret.wav`],
    ['behind a linked folder', () => join(root, 'way-out', 'secret.wav')],
    ['behind a linked file', () => join(root, 'secret.wav')],
    ['beside, with the same beginning', () => join(scratch.folder, 'root-beside', 'near.wav')],
    ['that does not exist', () => join(scratch.folder, 'outside', 'none.wav')],
    ['relative', () => 'root/b.WAV'],
    ['with a zero byte', () => `${root}/b.WAV\0.txt`],
  ])('%s is PATH_NOT_ALLOWED', async (_how, path) => {
    await expect(files.resolve(path(), 'operator')).rejects.toMatchObject({ code: 'PATH_NOT_ALLOWED' });
    await expect(files.browse(path())).rejects.toMatchObject({ code: 'PATH_NOT_ALLOWED' });
  });

  it('may be opened once a person has chosen it, and only it', async () => {
    const chosen = new AllowedPaths([root]);
    const secret = join(scratch.folder, 'outside', 'secret.wav');
    await expect(chosen.resolve(secret, 'operator')).rejects.toMatchObject({ code: 'PATH_NOT_ALLOWED' });
    chosen.allow(secret);
    expect(await chosen.resolve(secret, 'operator')).toBe(secret);
    await expect(chosen.browse(join(scratch.folder, 'outside'))).rejects.toMatchObject({
      code: 'PATH_NOT_ALLOWED',
    });
  });
});

describe('a path that the owner names', () => {
  it('is chosen by naming it: it may be opened, from then on by an operator too', async () => {
    const chosen = new AllowedPaths([root]);
    const outside = join(scratch.folder, 'outside');
    expect(await chosen.resolve(outside, 'owner')).toBe(outside);
    expect(await chosen.resolve(join(outside, 'secret.wav'), 'operator')).toBe(join(outside, 'secret.wav'));
    expect(await chosen.permits(join(outside, 'secret.wav'))).toBe(true);
    expect(await chosen.permits(join(scratch.folder, 'root-beside', 'near.wav'))).toBe(false);
    expect(chosen.roots).toEqual([root]);
  });

  it('must be there and absolute all the same', async () => {
    const chosen = new AllowedPaths([root]);
    const none = chosen.resolve(join(scratch.folder, 'outside', 'none.wav'), 'owner');
    await expect(none).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(chosen.resolve('root', 'owner')).rejects.toMatchObject({ code: 'PATH_NOT_ALLOWED' });
  });
});

describe('a path inside', () => {
  it('resolves to the real file, through links and ..', async () => {
    expect(await files.resolve(join(root, 'Site link', 'd.wav'), 'operator')).toBe(
      join(root, 'Site 2', 'd.wav'),
    );
    expect(await files.resolve(`${root}/Site 10/../b.WAV`, 'operator')).toBe(join(root, 'b.WAV'));
  });
});

describe('finding recordings', () => {
  it('goes to the bottom of folders, in order, each file once', async () => {
    const found = await findAudio([root, join(root, 'b.WAV')], { allowed: (real) => files.permits(real) });
    expect(found.files.map((path) => path.slice(root.length + 1))).toEqual([
      'Site 10/deep/c.ogg',
      'Site 2/d.wav',
      'a10.flac',
      'a2.Mp3',
      'b.WAV',
    ]);
    // Links that lead nowhere, or out of what may be opened, are told, the hidden file and the note are not.
    expect(found.failed.map(({ path, error }) => [path, error.code])).toEqual([
      [join(root, 'broken.wav'), 'FILE_NOT_FOUND'],
      [join(root, 'secret.wav'), 'PATH_NOT_ALLOWED'],
      [join(root, 'way-out'), 'PATH_NOT_ALLOWED'],
    ]);
  });

  it('takes a file named outright whatever its name', async () => {
    expect((await findAudio([join(root, 'notes.txt')])).files).toEqual([join(root, 'notes.txt')]);
  });

  it('tells a folder that may not be read, and goes on beside it', async () => {
    const locked = join(root, 'Site 1');
    await mkdir(locked);
    await chmod(locked, 0);
    const found = await unprivileged(scratch.folder, () => findAudio([root]));
    await rm(locked, { recursive: true });
    expect(found.failed.map(({ error }) => error.code)).toContain('FILE_UNREADABLE');
    expect(found.files.length).toBeGreaterThan(3);
  });

  it('stops when it is aborted', async () => {
    await expect(findAudio([root], { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });
});
