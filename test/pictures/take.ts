/** `npm run picture`: the browser shell through the main jobs, and the README's pictures of the window. */
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { resources } from '../../main/resources.ts';
import { visit } from '../e2e/browser.ts';
import { ended, removeFolder, startLab } from '../e2e/lab-process.ts';
import { writeNights } from './nights.ts';

const folder = join(tmpdir(), 'ada');
await mkdir(folder);
// The lab opens recordings of the person's home; here that is the folder of the pictures.
process.env['HOME'] = folder;
const lab = await startLab(join(folder, 'data'));
const [board] = await lab.client.request('boards.list', {});
const [expert] = await lab.client.request('experts.list', {});
if (!board || !expert) throw new Error('The lab has no board or no expert.');
await ended(lab.client, await lab.client.request('deploy.start', { boardId: board.id, expertId: expert.id }));
const nights = join(folder, 'oak-ridge-june');
await writeNights(nights);
const run = await lab.client.request('classify.start', { paths: [nights], modelId: expert.id });
await ended(lab.client, run);
await lab.client.request('reviews.create', { jobId: run.id });

const { page, browser } = await visit(lab.link, 'dark');
const take = (name: string) =>
  page.screenshot({ path: join(resources.root, 'renderer', 'pictures', `${name}.png`) });

await compare(page);
await take('compare');
await recordings(page);
await take('recordings');
await review(page);
await take('review');

await browser.close();
await lab.stop();
await removeFolder(folder);
process.exit(0);

async function compare(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Fleet' }).waitFor();
  await page.keyboard.press('4');
  await page.getByRole('button', { name: 'Play at virtual-1' }).click();
  await page.getByRole('button', { name: 'Playing…' }).waitFor();
  await page.getByRole('button', { name: 'Play at virtual-1' }).waitFor();
  await page.getByText('the board computes what the quantized reference computes').waitFor();
}

async function recordings(page: Page): Promise<void> {
  await page.keyboard.press('5');
  await page.getByRole('region', { name: 'Detections of all files' }).getByRole('table').waitFor();
  await page.getByText('Counting…').first().waitFor({ state: 'detached' });
}

async function review(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Review a sample' }).click();
  await page.getByRole('region', { name: 'Table of samples' }).getByRole('link').first().click();
  await page.getByLabel('Your name').fill('Ada');
  await page.keyboard.press('Enter');
  await page.getByText('Computing the spectrogram…').waitFor({ state: 'detached' });
  for (const key of 'yynyyynyyyn') {
    const heading = page.getByRole('heading', { name: /: is this / });
    const before = await heading.textContent();
    await page.keyboard.press(key);
    await heading.filter({ hasNotText: before! }).waitFor();
  }
  await page.getByText('Computing the spectrogram…').waitFor({ state: 'detached' });
}
