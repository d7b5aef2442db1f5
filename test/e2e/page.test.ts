/** The main job by mouse and keyboard: Chromium against the built lab on loopback. */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resources } from '../../main/resources.ts';
import { visit, type Visit } from './browser.ts';
import { ended, removeFolder, startLab, temporaryFolder, type LabProcess } from './lab-process.ts';

let folder: string;
let lab: LabProcess;
let seen: Visit;

beforeAll(async () => {
  folder = await temporaryFolder();
  // The lab opens recordings of the person's home; here that is the test's folder.
  process.env['HOME'] = folder;
  lab = await startLab(join(folder, 'data'));
  seen = await visit(lab.link);
});
afterAll(async () => {
  await seen.browser.close();
  await lab.stop();
  await removeFolder(folder);
});

describe('the page', () => {
  test('opens with one board attached, says it is simulated, and hides the token', async () => {
    const { page } = seen;
    await page.getByRole('heading', { name: 'Fleet' }).waitFor();
    await page.getByRole('row', { name: /virtual-1/ }).waitFor();
    expect(await page.getByText('simulated').count()).toBeGreaterThan(0);
    expect(page.url()).not.toContain('token');
    expect(await page.evaluate('crossOriginIsolated')).toBe(true);
  });

  test('deploys the expert, with its progress, and shows it active', async () => {
    const { page } = seen;
    await page.keyboard.press('3');
    await page.getByRole('button', { name: /^Deploy ESC-10/ }).click();
    await page.getByRole('button', { name: /^Deploy again/ }).waitFor();
    await page.getByText('The expert is deployed', { exact: true }).waitFor();
    const { slots } = await lab.client.request('slots.list', {
      boardId: (await lab.client.request('boards.list', {}))[0]?.id ?? '',
    });
    const answering = slots.filter((slot) => slot.active && slot.kind === 'expert');
    expect(answering).toMatchObject([{ state: 'verified', bits: 4 }]);
  });

  test('plays a clip at the board and finds that it computes what the reference computes', async () => {
    const { page } = seen;
    await page.keyboard.press('4');
    await page.getByRole('button', { name: 'Play at virtual-1' }).click();
    await page.getByText('the board computes what the quantized reference computes').waitFor();
    await page.getByRole('button', { name: 'Play at virtual-1' }).waitFor();
    const verdict = await page.getByRole('region', { name: 'Verdict over the windows' }).innerText();
    expect(verdict).toMatch(/implementation error/i);
    expect(verdict).toMatch(/quantization error/i);
    expect(verdict).toMatch(/modelled/i);
  });

  test('shows after a reload what was answered, and marks it once another expert runs', async () => {
    const { page } = seen;
    await page.reload();
    const whose = page.getByRole('region', { name: 'Whose answers these are' });
    await whose.getByText('ESC-10 4-bit, version').waitFor();
    await page.getByText('the board computes what the quantized reference computes').waitFor();
    expect(await whose.innerText()).toMatch(/virtual-1[^]*dog[^]*\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/);
    const boardId = (await lab.client.request('boards.list', {}))[0]?.id ?? '';
    const deploy = (expertId: string) => lab.client.request('deploy.start', { boardId, expertId });
    await ended(lab.client, await deploy('esc10-q2'));
    await whose.getByText('which the board no longer runs').waitFor();
    // The bench follows what another program deployed, and asks for nothing.
    const bench = page.getByRole('region', { name: /^Bench/ });
    await bench.getByText('runs on the board').waitFor();
    expect(await bench.getByLabel('Expert or router').inputValue()).toBe('esc10-q2');
    await ended(lab.client, await deploy('esc10-q4'));
    await whose.getByText('which the board no longer runs').waitFor({ state: 'detached' });
  });

  test('holds a router’s choices against its references, window by window', async () => {
    const { page } = seen;
    const boardId = (await lab.client.request('boards.list', {}))[0]?.id ?? '';
    const deploy = (expertId: string) => lab.client.request('deploy.start', { boardId, expertId });
    expect((await ended(lab.client, await deploy('esc10-router'))).state).toBe('done');
    await page.getByRole('button', { name: 'Play at virtual-1' }).click();
    const verdict = page.getByRole('region', { name: 'Verdict over the windows' });
    await verdict.getByText('board against quantized router').waitFor();
    await page.getByRole('button', { name: 'Play at virtual-1' }).waitFor();
    const source = { kind: 'clip' as const, clipId: 'dog' };
    const [played] = await lab.client.request('play.newest', { boardId, source });
    const all = `same expert in ${played?.windows} of ${played?.windows}`;
    await verdict.getByText(`board against quantized router; ${all}`).waitFor();
    await page.getByText('the board computes what the quantized reference computes').waitFor();
    const table = page.getByRole('region', { name: 'Table of windows' });
    expect(await table.getByText('same choice').count()).toBeGreaterThan(0);
    expect(await page.getByText(/no reference/i).count()).toBe(0);
    await ended(lab.client, await deploy('esc10-q4'));
  });

  test('plays a folder of recordings, and names the one that cannot be played', async () => {
    const { page } = seen;
    const sounds = join(folder, 'own');
    await mkdir(sounds);
    await copyFile(join(resources.bank, 'clips', 'rain.ogg'), join(sounds, 'rain.ogg'));
    await copyFile(join(resources.bank, 'clips', 'dog.ogg'), join(sounds, 'dog.ogg'));
    await writeFile(join(sounds, 'broken.wav'), 'RIFF is not enough');
    await page.keyboard.press('4');
    await page.getByRole('button', { name: 'Add files or a folder…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Folder', { exact: true }).fill(sounds);
    await dialog.getByRole('button', { name: 'Open', exact: true }).click();
    await dialog.getByText('rain.ogg').waitFor();
    await dialog.getByRole('button', { name: /this folder/i }).click();
    await page.getByRole('button', { name: 'Play all 3 recordings in own' }).click();
    await page.getByRole('region', { name: /^Job: Play/ }).waitFor();
    await page.getByRole('region', { name: /^Job: Play/ }).waitFor({ state: 'detached' });
    const job = (await lab.client.request('jobs.list', {})).find(({ title }) => title.includes(sounds));
    expect(job?.result).toMatchObject({ recordings: 2, failed: [{ path: join(sounds, 'broken.wav') }] });
    await page.getByRole('button', { name: 'dog.ogg' }).click();
    await page.getByText('the board computes what the quantized reference computes').waitFor();
  });

  test('shows latency and energy records of the board, with their source', async () => {
    const { page } = seen;
    await page.keyboard.press('2');
    await page.getByText('modelled').first().waitFor();
    const [board] = await lab.client.request('boards.list', {});
    const summary = await lab.client.request('telemetry.summary', { boardId: board?.id ?? '' });
    expect(summary.records).toBeGreaterThan(5);
    await page.getByText(`${summary.records}`, { exact: true }).first().waitFor();
  });

  test('classifies a folder, bad files and capitals included, and exports a Raven table', async () => {
    const { page } = seen;
    const recordings = join(folder, 'recordings');
    await mkdir(recordings);
    await copyFile(join(resources.bank, 'clips', 'rain.ogg'), join(recordings, 'RAIN.OGG'));
    await writeFile(join(recordings, 'broken.WAV'), 'RIFF is not enough');
    await page.keyboard.press('5');
    await page
      .getByRole('button', { name: /folder/i })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Folder', { exact: true }).fill(recordings);
    await dialog.getByRole('button', { name: 'Open', exact: true }).click();
    await dialog.getByText('RAIN.OGG').waitFor();
    await dialog.getByRole('button', { name: /this folder|whole folder/i }).click();
    await page.getByRole('button', { name: /^Classify with/ }).click();
    await page
      .getByText(/real time/)
      .first()
      .waitFor();
    await page.getByText('broken.WAV').first().waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save…' }).click();
    await dialog.getByLabel('As', { exact: true }).selectOption('raven');
    await dialog.getByRole('button', { name: 'Save' }).click();
    const table = await readFile(await (await download).path(), 'utf8');
    expect(table.split('\n')[0]).toMatch(/^Selection\tView\tChannel\tBegin Time \(s\)/);
    expect(table).toContain('RAIN.OGG');
  });

  test('made no complaint on the way: no error, no refused or failed load', () => {
    expect(seen.complaints).toEqual([]);
  });

  test('may make markup or a program of text by no way of its own', async () => {
    const tried = await seen.page.evaluate(`(() => {
      const outcome = (work) => { try { work(); return 'done'; } catch (thrown) { return thrown.name; } };
      return [
        outcome(() => { document.createElement('div').innerHTML = '<b>text</b>'; }),
        outcome(() => new Worker('/assets/other.js')),
        outcome(() => { document.createElement('script').text = '1'; }),
        outcome(() => trustedTypes.createPolicy('other', {})),
        outcome(() => trustedTypes.createPolicy('curlew-worker', {})),
      ];
    })()`);
    expect(tried).toEqual(Array(5).fill('TypeError'));
  });

  test('a wrong token gets a friendly page and no lab', async () => {
    const other = await visit(lab.link.replace(/token=.*/, 'token=wrong'));
    await other.page
      .getByText(/address/i)
      .first()
      .waitFor();
    expect(await other.page.getByRole('heading', { name: 'Fleet' }).count()).toBe(0);
    await other.browser.close();
  });

  test('says that the lab is gone when it is killed', async () => {
    await lab.stop('SIGKILL');
    await seen.page.getByRole('alertdialog').or(seen.page.getByRole('dialog')).first().waitFor();
  });
});
