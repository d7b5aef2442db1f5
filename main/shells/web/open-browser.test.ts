import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetLead, openBrowser } from './open-browser.ts';

const link = 'http://127.0.0.1:4321/#token=s3cret';
let folder: string;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-open-'));
  // Stands for the desktop's opener: writes down what it was given.
  const said = join(folder, 'said');
  await writeFile(
    join(folder, 'xdg-open'),
    `#!/bin/sh\nprintf '%s\\n' "$@" > '${said}.new'\nmv '${said}.new' '${said}'\n`,
  );
  await chmod(join(folder, 'xdg-open'), 0o755);
  env = { PATH: `${folder}:${process.env['PATH']}`, DISPLAY: ':9' };
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const data = () => join(folder, 'data');
const said = () => readFile(join(folder, 'said'), 'utf8').catch(() => '');

describe.skipIf(process.platform === 'win32')('opening the browser', () => {
  it('gives it a file that its owner alone can read, and the token in no word', async () => {
    expect(await openBrowser(data(), link, { platform: 'linux', env })).toBe(true);
    await expect.poll(said).toMatch(/^file:\/\/\S+\n$/);
    expect(await said()).not.toContain('s3cret');
    const path = fileURLToPath((await said()).trim());
    expect((await stat(path)).mode & 0o077).toBe(0);
    expect(await readFile(path, 'utf8')).toContain(`content="0; url=${link}"`);
    await forgetLead(data());
    expect(await readdir(data())).toEqual([]);
    await forgetLead(data());
  });

  it('never leads with a file that others made ready', async () => {
    await mkdir(data());
    await writeFile(join(data(), 'open.html'), 'elsewhere', { mode: 0o666 });
    expect(await openBrowser(data(), link, { platform: 'linux', env })).toBe(true);
    await expect.poll(said).not.toBe('');
    expect(await readFile(join(data(), 'open.html'), 'utf8')).toContain(link);
    expect((await stat(join(data(), 'open.html'))).mode & 0o077).toBe(0);
  });

  it('writes nothing where there is no display', async () => {
    const surroundings = { platform: 'linux' as const, env: { PATH: env['PATH'] } };
    expect(await openBrowser(data(), link, surroundings)).toBe(false);
    await expect(stat(data())).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('says so where there is no opener', async () => {
    const nothing = { platform: 'linux' as const, env: { PATH: data(), DISPLAY: ':9' } };
    expect(await openBrowser(data(), link, nothing)).toBe(false);
  });
});
