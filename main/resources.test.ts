import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { commitOf } from './resources.ts';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'curlew-resources-'))));
afterEach(() => rm(folder, { recursive: true }));

async function write(text: string, ...parts: string[]): Promise<void> {
  await mkdir(join(folder, ...parts.slice(0, -1)), { recursive: true });
  await writeFile(join(folder, ...parts), text);
}

test('the commit is that of the clone, by its branch or without one', async () => {
  await write('ref: refs/heads/main\n', '.git', 'HEAD');
  await write('abc\n', '.git', 'refs', 'heads', 'main');
  expect(commitOf(folder)).toBe('abc');
  await write('def\n', '.git', 'HEAD');
  expect(commitOf(folder)).toBe('def');
});

test('the commit of a package is what was written down when it was packed, and nothing where it was not', async () => {
  expect(commitOf(folder)).toBeNull();
  await write('abc\n', 'out', 'commit');
  expect(commitOf(folder)).toBe('abc');
});
