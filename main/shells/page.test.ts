import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPage } from './page.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-page-'));
  await mkdir(join(folder, 'page', 'assets'), { recursive: true });
  await writeFile(join(folder, 'page', 'index.html'), '<!doctype html>');
  await writeFile(join(folder, 'page', 'assets', 'board.wasm'), Buffer.from([0, 97, 115, 109]));
  await writeFile(join(folder, 'page', 'assets', 'notes'), 'plain');
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await symlink(join(folder, 'secret.txt'), join(folder, 'page', 'link.txt'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const open = () => openPage(join(folder, 'page'));

describe('the built page', () => {
  it('has its index at the root', async () => {
    const file = await (await open()).file('/');
    expect(file?.body.toString()).toBe('<!doctype html>');
    expect(file?.type).toMatch(/^text\/html/);
  });

  it('has its files by their names, WebAssembly with the type that browsers compile while it streams', async () => {
    const page = await open();
    expect(await page.file('/assets/board.wasm')).toMatchObject({ type: 'application/wasm' });
    expect(await page.file('/assets/notes')).toMatchObject({ type: 'application/octet-stream' });
  });

  it.each([
    '',
    'index.html',
    '/assets',
    '/assets/',
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/link.txt',
    '/index.html/',
    '/INDEX.HTML',
    '/__proto__',
  ])('has nothing at “%s”', async (pathname) => {
    expect(await (await open()).file(pathname)).toBeNull();
  });

  it('does not grow files after it was opened', async () => {
    const page = await open();
    await writeFile(join(folder, 'page', 'later.js'), '1');
    expect(await page.file('/later.js')).toBeNull();
  });

  it('that was not built is said to be missing', async () => {
    await expect(openPage(join(folder, 'nothing'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(openPage(join(folder, 'page', 'assets'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});
