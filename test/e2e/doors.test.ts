/** Ways into the built lab, and what others of the machine can see of them. */
import { chmod, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLab, type Lab } from '../../main/lab.ts';
import { resources } from '../../main/resources.ts';
import { openPage } from '../../main/shells/page.ts';
import { openCertificate } from '../../main/shells/web/certificate.ts';
import { Passwords } from '../../main/shells/web/passwords.ts';
import { serveWeb, type WebShell } from '../../main/shells/web/server.ts';
import { SignIn } from '../../main/shells/web/sign-in.ts';
import { visit } from './browser.ts';
import { curlew, removeFolder, startLab, temporaryFolder, until } from './lab-process.ts';

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
    // The opener's own words are seen; a child that it just forked may show them, too.
    expect(words.filter((line) => line.includes(given))).not.toEqual([]);
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

test('the lab is not opened to others without a password, and passwords are no words of the command line', async () => {
  const data = ['--json', '--data', join(folder, 'data')];
  // An address for documentation: no machine has it, so that nothing is ever opened here.
  const serve = async () => {
    const { code, stdout, stderr } = await curlew('serve', '--host', '192.0.2.1', ...data);
    expect(stderr).toContain('everyone who can reach 192.0.2.1');
    return [code, (JSON.parse(stdout) as { error: { code: string } }).error.code];
  };
  expect(await serve()).toEqual([1, 'PASSWORD_NEEDED']);

  const file = join(folder, 'password');
  const set = async (role: string, text: string) => {
    await writeFile(file, text);
    const { code, stdout } = await curlew('password', 'set', role, '--passphrase-file', file, ...data);
    return [code, JSON.parse(stdout) as object];
  };
  const refused = { error: expect.objectContaining({ code: 'REQUEST_INVALID' }) as object };
  expect(await set('operator', 'short')).toEqual([2, refused]);
  expect(await set('king', 'reed bed and geese')).toEqual([2, refused]);
  expect(await set('viewer', 'a hide by the water\n')).toEqual([0, { roles: ['viewer'] }]);
  // A viewer's password alone is none for the lab.
  expect(await serve()).toEqual([1, 'PASSWORD_NEEDED']);
  expect(await set('operator', 'reed bed and geese')).toEqual([0, { roles: ['operator', 'viewer'] }]);
  expect(await serve()).toEqual([1, 'PORT_FAILED']);
  expect(await curlew('password', 'remove', 'viewer', ...data)).toMatchObject({ code: 0 });
  expect(await new Passwords(join(folder, 'data')).roles()).toEqual(['operator']);
});

describe('a lab on the network', () => {
  const password = { operator: 'reed bed and geese', viewer: 'a hide by the water' };
  let lab: Lab;
  let shell: WebShell;
  beforeEach(async () => {
    const dataFolder = join(folder, 'data');
    lab = await openLab({ dataFolder, shell: 'web' });
    const passwords = new Passwords(dataFolder);
    await passwords.set('operator', password.operator);
    await passwords.set('viewer', password.viewer);
    // Of the loopback, so that nobody else comes in; what --host decides on is forced.
    const certificate = await openCertificate(dataFolder, ['127.0.0.1']);
    const network = { certificate, signIn: new SignIn(passwords) };
    shell = await serveWeb({ lab, page: await openPage(resources.page), network });
  });
  afterEach(async () => {
    await shell.close();
    await lab.close();
  });

  const signIn = async (page: Page, given: string): Promise<void> => {
    await page.getByLabel('Password').fill(given);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };

  test('asks for a password, tells a wrong one, and lets an operator in, by TLS', async () => {
    const { browser, page, complaints } = await visit(shell.link, 'dark', true);
    await signIn(page, 'let me in, please');
    await page.getByRole('alert').getByText('wrong').waitFor();
    // The refusal of the password, which a browser logs as a failed load.
    expect(complaints.splice(0).filter((text) => !text.includes('403'))).toEqual([]);
    await signIn(page, password.operator);
    await page.getByRole('heading', { name: 'Fleet' }).waitFor();
    expect(await page.evaluate('crossOriginIsolated && isSecureContext')).toBe(true);
    await page.getByRole('button', { name: 'Add virtual board' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Fleet' }).waitFor();
    expect(complaints).toEqual([]);
    await browser.close();
  });

  test('shows a viewer every view, and on none of them what they may not do', async () => {
    const { browser, page, complaints } = await visit(shell.link, 'dark', true);
    await signIn(page, password.viewer);
    await page.getByText('looks only').waitFor();
    const shown: string[] = [];
    // What narrows or sorts what is shown is for everybody.
    const buttons = 'main button:not([aria-pressed]):not(th button)';
    for (const key of ['1', '2', '3', '4', '5', '6']) {
      await page.keyboard.press(key);
      await page.locator('main h1').first().waitFor();
      shown.push(...(await page.locator(`${buttons}, main summary`).allInnerTexts()));
    }
    await page.getByRole('link', { name: 'Train', exact: true }).click();
    await page.getByRole('link', { name: 'Evaluate', exact: true }).click();
    await page.getByRole('link', { name: 'Encoder of your own' }).click();
    shown.push(...(await page.locator(buttons).allInnerTexts()));
    const words =
      /attach|detach|deploy|play at|classify with|choose|train|evaluate|erase|roll back|change|save|new key|delete|board$/i;
    expect(shown.filter((text) => words.test(text.trim()))).toEqual([]);
    expect(shown.length).toBeGreaterThan(5);
    expect(await page.getByText(/is for its operators/).count()).toBe(0);
    expect(complaints.filter((text) => !text.includes('403'))).toEqual([]);
    await browser.close();
  });
});
