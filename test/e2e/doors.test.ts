/** Ways into the built lab, and what others of the machine can see of them. */
import { chmod, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { visit } from './browser.ts';
import { removeFolder, startLab, temporaryFolder, until } from './lab-process.ts';

let folder: string;
beforeEach(async () => void (folder = await temporaryFolder()));
afterEach(() => removeFolder(folder));

/** Stands for the desktop's opener: writes down what it was given, and lives on so that it can be seen. */
const opener = (said: string) => `#!/bin/sh
printf '%s %s' "$$" "$1" > '${said}.new'
mv '${said}.new' '${said}'
while :; do sleep 1; done
`;

/** The words of every process, as any user of the machine can read them. */
async function wordsOfAll(): Promise<string[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // One that ended meanwhile has none.
  return Promise.all(processes.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
}

test.skipIf(process.platform !== 'linux')(
  'the browser is opened without showing the token in any command line, and arrives all the same',
  async () => {
    const said = join(folder, 'said');
    await writeFile(join(folder, 'xdg-open'), opener(said));
    await chmod(join(folder, 'xdg-open'), 0o755);
    const path = `${folder}:${process.env['PATH']}`;
    const lab = await startLab(join(folder, 'data'), ['--open'], {
      ...process.env,
      PATH: path,
      DISPLAY: ':9',
    });
    await until(() => stat(said).then(Boolean, () => false));
    const [, token] = lab.link.split('#token=') as [string, string];
    const words = await wordsOfAll();
    const [id, given] = (await readFile(said, 'utf8')).split(' ') as [string, string];
    expect(words.filter((line) => line.includes(token))).toEqual([]);
    expect(words.filter((line) => line.includes(given))).toHaveLength(1);
    process.kill(-Number(id));

    const file = fileURLToPath(given);
    const { browser, page, complaints } = await visit(given);
    await page.getByRole('heading', { name: 'Fleet' }).waitFor();
    expect(page.url()).toMatch(/^http:/);
    expect(page.url()).not.toContain(token);
    expect(complaints).toEqual([]);
    // Its work is done, and the token lies in one place less.
    await until(() =>
      stat(file).then(
        () => false,
        () => true,
      ),
    );
    await browser.close();
    await lab.stop();
  },
);
