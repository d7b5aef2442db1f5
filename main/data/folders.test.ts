import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AllowedPaths } from '../recordings/allowed-paths.ts';
import { Folders } from './folders.ts';

let root: string;
let data: string;
let sounds: string;
let files: AllowedPaths;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'curlew-folders-')));
  data = join(root, 'data');
  sounds = join(root, 'sounds');
  await mkdir(data);
  await mkdir(sounds);
  await writeFile(join(sounds, 'a.wav'), '');
  files = new AllowedPaths([data]);
});
afterEach(() => rm(root, { recursive: true }));

const opened = () => Folders.open(data, (added) => files.setAdded(added));
const opens = (path: string) =>
  files.resolve(path, 'operator').then(
    () => true,
    ({ code }: { code: string }) => code,
  );

describe('a folder that a person adds', () => {
  test('is opened from then on, by the next lab too, until it is taken away', async () => {
    const folders = await opened();
    expect(await opens(join(sounds, 'a.wav'))).toBe('PATH_NOT_ALLOWED');
    expect((await folders.add(sounds)).added).toEqual([sounds]);
    await folders.add(sounds);
    expect(await opens(join(sounds, 'a.wav'))).toBe(true);
    expect(files.roots).toEqual([data, sounds]);
    files = new AllowedPaths([data]);
    const again = await opened();
    expect(await opens(join(sounds, 'a.wav'))).toBe(true);
    expect((await again.remove(sounds)).added).toEqual([]);
    expect(await opens(join(sounds, 'a.wav'))).toBe('PATH_NOT_ALLOWED');
  });

  test('is kept by the name of what is really there', async () => {
    await symlink(sounds, join(root, 'link'));
    expect((await (await opened()).add(join(root, 'link'))).added).toEqual([sounds]);
  });

  test('leaves the usual ones open when it is taken away', async () => {
    const folders = await opened();
    await folders.add(data);
    await folders.remove(data);
    expect(await opens(data)).toBe(true);
  });

  test.each([
    ['that is a file', () => join(sounds, 'a.wav'), 'FILE_UNREADABLE'],
    ['that is not there', () => join(root, 'none'), 'FILE_NOT_FOUND'],
    ['that is no absolute path', () => 'sounds', 'PATH_NOT_ALLOWED'],
    ['with a zero byte in it', () => '/a\0b', 'PATH_NOT_ALLOWED'],
  ])('%s is refused', async (_, path, code) => {
    await expect((await opened()).add(path())).rejects.toMatchObject({ code });
  });

  test('that was never added cannot be taken away', async () => {
    await expect((await opened()).remove(sounds)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});

test('folders that are named when a lab starts are among its usual ones, and are kept nowhere', async () => {
  const named = await Folders.open(data, () => undefined, [sounds]);
  expect(named.list().usual).toContain(sounds);
  expect((await opened()).list()).toMatchObject({ added: [] });
  expect((await opened()).list().usual).not.toContain(sounds);
});

test('the refusal of a path names the setting and the option', async () => {
  await expect(files.resolve(sounds, 'operator')).rejects.toThrow('curlew folders add FOLDER');
  await expect(files.resolve(sounds, 'operator')).rejects.toThrow('--folder FOLDER');
});

test.each(['', '[]', '{"folders":[1]}'])('a list that says %j is told of', async (text) => {
  await writeFile(join(data, 'folders.json'), text);
  await expect(opened()).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
});
