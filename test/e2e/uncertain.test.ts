/** Windows that a board was least certain of: kept on it, fetched by a visit, decided by keys, made a labelled set: Chromium on the built lab. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { visit, type Visit } from './browser.ts';
import { ended, removeFolder, startLab, temporaryFolder, type LabProcess } from './lab-process.ts';

let folder: string;
let lab: LabProcess;
let seen: Visit;
let boardId: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  // The lab writes below the person's home; here that is the test's folder.
  process.env['HOME'] = folder;
  lab = await startLab(join(folder, 'data'));
  const { client } = lab;
  boardId = (await client.request('boards.list', {}))[0]!.id;
  const expertId = (await client.request('experts.list', {}))[0]!.id;
  const deployed = await ended(client, await client.request('deploy.start', { boardId, expertId }));
  expect(deployed.error).toBeNull();
  await client.request('details.change', { boardIds: [boardId], change: { name: 'Alder', site: 'Carr' } });
  const settings = await client.request('boards.settings', { boardId });
  await client.request('boards.changeSettings', {
    boardId,
    settings: { ...settings, uncertainPercent: 20, uncertainPaceS: 1 },
  });
  seen = await visit(lab.link);
  await seen.page.getByRole('heading', { name: 'Fleet' }).waitFor();
});
afterAll(async () => {
  await seen.browser.close();
  await lab.stop();
  await removeFolder(folder);
});

const windows = () => lab.client.request('uncertain.list', { limit: 1000 });
const question = (page: Page, number: number) =>
  page.getByRole('heading', { name: new RegExp(`^Window ${number}: is this `) });

async function begin(page: Page, name: string): Promise<void> {
  await page.getByLabel('Your name').fill(name);
  await page.keyboard.press('Enter');
  await page.getByRole('application').waitFor();
}

describe('windows that a board was least certain of', () => {
  test('are kept on it, fetched by visits, and told of in the fleet as they come', async () => {
    const { client } = lab;
    // Each sound is of several windows, of which the board keeps one a second at most.
    for (let fetched = 0; fetched < 4;) {
      const source = { kind: 'clip', clipId: 'rain' } as const;
      const played = await ended(client, await client.request('play.start', { boardId, source }));
      expect(played.state).toBe('done');
      fetched += (await client.request('visits.make', { boardId })).uncertain ?? 0;
    }
    const { length } = await windows();
    await seen.page.getByRole('link', { name: `${length} to decide` }).click();
    await seen.page.getByRole('heading', { name: 'Uncertain windows' }).waitFor();
    await seen.page.getByRole('button', { name: `Begin with ${length} windows` }).waitFor();
  });

  test('are decided by single keys, each seen with what the board said of it', async () => {
    const { page } = seen;
    const all = await windows();
    await begin(page, 'Ada');
    await question(page, 1).waitFor();
    await page.getByRole('img', { name: /^Log-mel spectrogram of window 1/ }).waitFor();
    await page.getByText('Computing the spectrogram…').waitFor({ state: 'detached' });
    const desk = page.getByRole('application');
    for (const told of ['Alder', 'Carr', all[0]!.entropy.toFixed(2), all[0]!.probabilities.at(-1)!.label])
      await desk.getByText(told).first().waitFor();
    await page.keyboard.press('o');
    await page.getByRole('combobox', { name: 'Which class is it?' }).waitFor();
    await page.keyboard.press('1');
    await question(page, 2).waitFor();
    expect((await windows())[0]!.decisions).toMatchObject([{ verdict: 'other' }]);
    await page.keyboard.press('z');
    await question(page, 1).waitFor();
    expect((await windows())[0]!.decisions).toEqual([]);
    for (const { number } of all) {
      await question(page, number).waitFor();
      await page.keyboard.press(number % 4 === 0 ? 'n' : 'y');
    }
    await page.getByText('You have decided all windows').waitFor();
    expect((await windows()).map(({ decisions }) => decisions.map(({ verdict }) => verdict))).toEqual(
      all.map(({ number }) => [number % 4 === 0 ? 'no' : 'yes']),
    );
  });

  test('are listed, and decided again from there, for whoever it is', async () => {
    const { page } = seen;
    await page.getByRole('link', { name: 'All windows' }).click();
    const row = page.getByRole('row').filter({ hasText: 'Ada' }).nth(1);
    await row.getByRole('link').click();
    await begin(page, 'Bo');
    await question(page, 2).waitFor();
    await page.keyboard.press('u');
    await question(page, 3).or(question(page, 1)).waitFor();
    expect((await windows())[1]!.decisions.map(({ reviewer }) => reviewer)).toEqual(['Ada', 'Bo']);
  });

  test('become a labelled set that Experts reads at once', async () => {
    const { page } = seen;
    const path = join(folder, 'unsure');
    await page.getByRole('button', { name: 'Make a labelled set…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Folder', { exact: true }).fill(path);
    await dialog.getByLabel('Background class').fill('nothing');
    await dialog.getByRole('button', { name: 'Make the set' }).click();
    await dialog.getByRole('button', { name: 'Train on it' }).click();
    await page.getByRole('heading', { name: 'Data set' }).waitFor();
    expect(await page.getByLabel('Folder', { exact: true }).inputValue()).toBe(path);
    const read = await lab.client.request('datasets.inspect', { path });
    expect(read.counts.used).toBe((await windows()).length);
    expect(await readFile(join(path, 'labels.csv'), 'utf8')).toContain(`${boardId} `);
  });

  test('made no complaint on the way: no error, no refused or failed load', () => {
    expect(seen.complaints).toEqual([]);
  });
});
