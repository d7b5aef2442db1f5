/** A sample of a run, drawn, decided by two people with keys alone, reckoned, applied: Chromium on the built lab. */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Job } from '../../main/contract/types.ts';
import { readAudio } from '../../main/datasets/audio.ts';
import { wavBytes } from '../../main/recordings/testing.ts';
import { resources } from '../../main/resources.ts';
import { visit, type Visit } from './browser.ts';
import { ended, removeFolder, startLab, temporaryFolder, type LabProcess } from './lab-process.ts';

let folder: string;
let lab: LabProcess;
let seen: Visit;
let job: Job;

beforeAll(async () => {
  folder = await temporaryFolder();
  // The lab opens recordings of the person's home; here that is the test's folder.
  process.env['HOME'] = folder;
  lab = await startLab(join(folder, 'data'));
  const recordings = join(folder, 'recordings');
  await mkdir(recordings);
  // Of each class two recordings, of other bytes: training sets a recording aside.
  for (const name of ['dog', 'rain', 'rooster']) {
    const path = join(recordings, `${name}.ogg`);
    await copyFile(join(resources.bank, 'clips', `${name}.ogg`), path);
    const far = (await readAudio(path)).pcm.map((sample) => sample / 2);
    await writeFile(join(recordings, `far-${name}.wav`), wavBytes([far], { sampleRate: 16_000 }));
  }
  const modelId = (await lab.client.request('experts.list', {}))[0]!.id;
  job = await ended(lab.client, await lab.client.request('classify.start', { paths: [recordings], modelId }));
  seen = await visit(lab.link);
  await seen.page.getByRole('heading', { name: 'Fleet' }).waitFor();
});
afterAll(async () => {
  await seen.browser.close();
  await lab.stop();
  await removeFolder(folder);
});

const theSet = async () => (await lab.client.request('reviews.list', { jobId: job.id, limit: 1 }))[0]!;
const itemsOf = (setId: string) => lab.client.request('reviews.items', { setId, limit: 1000 });
const question = (page: Page, number: number) =>
  page.getByRole('heading', { name: new RegExp(`^${number} of \\d+: is this `) });

async function begin(page: Page, name: string): Promise<void> {
  await page.getByLabel('Your name').fill(name);
  await page.keyboard.press('Enter');
  await page.getByRole('application').waitFor();
}

describe('a review', () => {
  test('begins with a sample, drawn from the results of a run', async () => {
    const { page } = seen;
    await page.keyboard.press('5');
    await page.getByRole('link', { name: 'Review a sample' }).click();
    await page.getByRole('button', { name: 'Draw the sample' }).click();
    await page.getByRole('heading', { name: 'Who decides?' }).waitFor();
    const { size, strata } = await theSet();
    expect(size).toBeGreaterThan(3);
    expect(strata.reduce((sum, { drawn }) => sum + drawn, 0)).toBe(size);
  });

  test('is decided by single keys, each detection seen and heard; digits after “other” open no view', async () => {
    const { page } = seen;
    const { id, size } = await theSet();
    await begin(page, 'Ada');
    await question(page, 1).waitFor();
    // It plays by itself: the button of the spectrogram offers to stop it.
    await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
    await page.getByText('Computing the spectrogram…').waitFor({ state: 'detached' });
    await page.keyboard.press('o');
    await page.getByRole('combobox', { name: 'Which class is it?' }).waitFor();
    await page.keyboard.press('1');
    await question(page, 2).waitFor();
    await page.keyboard.press('z');
    await question(page, 1).waitFor();
    for (let number = 1; number <= size; number++) {
      await question(page, number).waitFor();
      await page.keyboard.press(number % 2 === 0 ? 'n' : 'y');
    }
    await page.getByText('You have decided all of the sample.').waitFor();
    const verdicts = (await itemsOf(id)).map(({ decisions }) => decisions.map(({ verdict }) => verdict));
    expect(verdicts).toEqual(Array.from({ length: size }, (_, i) => [i % 2 === 1 ? 'no' : 'yes']));
  });

  test('goes on after a reload where it was left, for whoever it is', async () => {
    const { page } = seen;
    const { id } = await theSet();
    await page.reload();
    await begin(page, 'Bo');
    await question(page, 1).waitFor();
    await page.keyboard.press('y');
    await question(page, 2).waitFor();
    await page.reload();
    await begin(page, 'Bo');
    await question(page, 2).waitFor();
    await page.keyboard.press('y');
    await question(page, 3).waitFor();
    const reviewers = (await itemsOf(id))[0]!.decisions.map(({ reviewer }) => reviewer);
    expect(reviewers).toEqual(['Ada', 'Bo']);
  });

  test('comes to statistics with the agreement, and a table that is saved', async () => {
    const { page } = seen;
    await page.getByRole('link', { name: 'Statistics' }).click();
    await page.getByRole('row', { name: /^Ada and Bo 2 50\.0 %/ }).waitFor();
    await page.getByRole('group', { name: /: how many are true$/ }).waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save the table' }).click();
    const table = await readFile(await (await download).path(), 'utf8');
    expect(table.split('\r\n')[0]).toMatch(/^Class,From,Detections,Decided,True,/);
  });

  test('leaves of the run what its thresholds do, until they are taken back', async () => {
    const { page } = seen;
    await page.getByRole('button', { name: 'Apply to the run' }).click();
    await page.getByText('Applied to the run on').waitFor();
    const { client } = lab;
    const left = async (applied: boolean) =>
      (
        await client.request('detections.list', {
          jobId: job.id,
          filter: applied ? { applied } : {},
          limit: 0,
        })
      ).total;
    expect(await left(true)).toBeLessThan(await left(false));
    await page.keyboard.press('5');
    await page.getByRole('checkbox', { name: 'Thresholds of the review' }).waitFor();
    await page.getByText(`1–${await left(true)} of ${await left(true)}`, { exact: true }).waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'Take back' }).click();
    await page.getByText('Applied to the run on').waitFor({ state: 'detached' });
    await expect(left(true)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  test('becomes a labelled set that Experts reads at once', async () => {
    const { page } = seen;
    const path = join(folder, 'reviewed');
    await page.getByRole('button', { name: 'Make a labelled set…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Folder', { exact: true }).fill(path);
    await dialog.getByRole('button', { name: 'Make the set' }).click();
    await dialog.getByRole('button', { name: 'Train on it' }).click();
    await page.getByRole('heading', { name: 'Data set' }).waitFor();
    expect(await page.getByLabel('Folder', { exact: true }).inputValue()).toBe(path);
    const read = await lab.client.request('datasets.inspect', { path });
    expect(read.layout).toBe('a table of labels');
    const { size } = await theSet();
    // What one of two says no to is left out.
    expect(read.counts.used).toBe(Math.ceil(size / 2));
    expect(read.sources).toBeLessThanOrEqual(6);
  });

  test('is trained on, and what was trained answers on a board: heard, corrected, trained, deployed', async () => {
    const { client } = lab;
    const small = { bank: ['q4'], encoder: 'statistics', hidden: [8], epochs: 2, augmentation: [] };
    const path = join(folder, 'reviewed');
    const trained = await ended(
      client,
      await client.request('train.start', { ...small, path, name: 'heard' }),
    );
    expect(trained.error).toBeNull();
    const expert = (await client.request('experts.list', {})).find(({ bank }) => bank === 'heard')!;
    const board = (await client.request('boards.list', {}))[0]!;
    const deployed = await client.request('deploy.start', { boardId: board.id, expertId: expert.id });
    expect((await ended(client, deployed)).error).toBeNull();
    const played = await ended(
      client,
      await client.request('play.start', { boardId: board.id, source: { kind: 'clip', clipId: 'dog' } }),
    );
    expect(played.state).toBe('done');
    const read = await client.request('datasets.inspect', { path });
    expect(expert.classes).toEqual(read.classes.map(({ name }) => name));
  });

  test('made no complaint on the way: no error, no refused or failed load', () => {
    expect(seen.complaints).toEqual([]);
  });
});
