/**
 * The real Electron, where its runtime and a display are there. It is downloaded by the electron package when first
 * wanted, so a checkout without network has none: then this says so and runs nothing.
 */
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resources } from '../../main/resources.ts';
import { curlew, removeFolder, temporaryFolder } from './lab-process.ts';

const electron = join(resources.root, 'node_modules', 'electron');
const pathFile = join(electron, 'path.txt');
const runtime = existsSync(pathFile) ? join(electron, 'dist', readFileSync(pathFile, 'utf8').trim()) : '';
const display = process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'];
const missing = !existsSync(runtime)
  ? "Electron's runtime is not in node_modules/electron/dist"
  : !display
    ? 'there is no display'
    : null;
if (missing) console.log(`The Electron window was NOT tested: ${missing}.`);

describe.skipIf(missing !== null)(
  missing ? `the window in the real Electron (NOT RUN: ${missing})` : 'the window in the real Electron',
  () => {
    let folder: string;
    let app: ElectronApplication;
    let page: Page;

    const launch = () =>
      _electron.launch({
        executablePath: runtime,
        // Chromium's sandbox does not start for root, as whom containers run their tests.
        args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), resources.root, `--data=${folder}`],
      });

    beforeAll(async () => {
      folder = await temporaryFolder();
      app = await launch();
      page = await app.firstWindow();
    });
    afterAll(async () => {
      await app.close();
      await removeFolder(folder);
    });

    it('shows the page from its own address, out of reach of Node', async () => {
      expect(page.url()).toMatch(/^curlew:\/\/lab\//);
      expect(await page.evaluate("[typeof require, typeof process, typeof curlew].join(' ')")).toBe(
        'undefined undefined object',
      );
    });

    it('answers the page over the bridge', async () => {
      const reply = await page.evaluate(`new Promise((resolve) => {
        const port = curlew.port();
        port.onMessage((message) => message.type === 'reply' && resolve(message));
        port.post({ type: 'request', id: 1, name: 'lab.info', params: {} });
      })`);
      expect(reply).toMatchObject({ id: 1, ok: true, result: { shell: 'electron', dataFolder: folder } });
    });

    it('leads nowhere else and opens nothing', async () => {
      expect(await page.evaluate("window.open('http://127.0.0.1:9/') === null")).toBe(true);
      await page.evaluate("location.href = 'http://127.0.0.1:9/'");
      await page.waitForTimeout(500);
      expect(page.url()).toMatch(/^curlew:\/\/lab\//);
      expect(app.windows()).toHaveLength(1);
    });

    it('denies what is not the microphone', async () => {
      const state = await page.evaluate(
        "navigator.permissions.query({ name: 'geolocation' }).then((status) => status.state)",
      );
      expect(state).toBe('denied');
    });

    it('lets a second instance end at once', async () => {
      const second = await launch().catch(() => null);
      await second?.waitForEvent('close');
      expect(app.windows()).toHaveLength(1);
    });

    it('is announced while it runs', async () => {
      const announced = JSON.parse(await readFile(join(folder, 'running.json'), 'utf8')) as object;
      expect(announced).toMatchObject({ shell: 'electron' });
      const { stdout } = await curlew('boards', '--json', '--data', folder);
      expect(JSON.parse(stdout)).toMatchObject({ boards: [{ state: 'attached' }] });
    });
  },
);
