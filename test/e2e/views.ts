/** For tests of how the page looks: a lab with something in every view, long names included, and its views. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Job } from '../../main/contract/types.ts';
import { resources } from '../../main/resources.ts';
import { told, waveformModel } from '../../main/own-models/testing.ts';
import { wavBytes } from '../../main/recordings/testing.ts';
import { ended, startLab, type LabProcess } from './lab-process.ts';

/** As long as a board keeps: 63 bytes. */
const longName = 'Station 17 – Alder carr behind the old saw mill, Niedermühl';
const ownModelName = 'Waders and rain of the eastern marshes, third edition';
const captureNames = [
  'Niedermühl, the station with a curiosity router and five experts, one expert an inference',
  'The same with two encoders',
];
const longFile = `${'2026-05-31_dawn-chorus_recorder-0007_north-slope_'.repeat(3)}rain.ogg`;

/** Everything that a view shows, made before the page opens: a routed bank, records, recordings, a bank of one's own. */
export async function furnishedLab(folder: string): Promise<LabProcess> {
  const lab = await startLab(join(folder, 'data'));
  const { client } = lab;
  const done = async (job: Promise<Job>): Promise<void> => {
    const { title, state, error } = await ended(client, await job);
    if (state !== 'done') throw new Error(`${title}: ${error?.message ?? state}`);
  };
  const sounds = join(folder, 'my-sounds');
  await writeSounds(sounds);
  // Small experts: they are to be seen, not to be good.
  const small = {
    path: sounds,
    encoder: 'statistics',
    bank: ['q2', 'q4'],
    hidden: [16],
    epochs: 2,
    passes: 4,
  };
  await done(client.request('train.start', { ...small, name: 'own-sounds' }));
  await done(client.request('evaluate.start', { ...small, others: [], alphas: [1], board: 'none' }));

  const [board] = await client.request('boards.list', {});
  const router = (await client.request('experts.routers', {})).find(({ bank }) => bank === 'own-sounds');
  const [expert] = await client.request('experts.list', {});
  if (!board || !router || !expert) throw new Error('The lab has no board, router or expert.');
  const boardId = board.id;
  const settings = await client.request('boards.settings', { boardId });
  await client.request('boards.changeSettings', {
    boardId,
    settings: {
      ...{ ...settings, name: longName, latitude: 47.6, longitude: 11.2 },
      ...{ uncertainPercent: 20, uncertainPaceS: 1 },
    },
  });
  // More than any board has free: an alert is up.
  await client.request('alerts.saveRule', { ruleId: 'usual storage', threshold: 90_000_000 });
  await client.request('keys.create', {
    name: 'Key of the wetland monitoring group, kept by the ranger station',
  });
  await done(client.request('deploy.start', { boardId, expertId: router.id }));
  await done(client.request('play.start', { boardId, source: { kind: 'clip', clipId: 'rain' } }));

  while (((await client.request('visits.make', { boardId })).uncertain ?? 0) === 0)
    await done(client.request('play.start', { boardId, source: { kind: 'clip', clipId: 'rain' } }));
  await client.request('publish.switchPrometheus', { on: true });

  const path = join(folder, 'mine.onnx');
  await writeFile(path, waveformModel({ embedding: true }));
  const description = { ...told, name: ownModelName, sampleRate: 16_000, embedding: 'embedding' };
  await writeFile(join(folder, 'mine.json'), JSON.stringify(description));
  await client.request('models.add', { path });

  for (const [n, name] of captureNames.entries()) {
    const table = join(folder, `${n}.csv`);
    await writeFile(table, captureTable(n + 1));
    await done(client.request('power.import', { path: table, name, millivolts: 3300 }));
  }

  const recordings = join(folder, 'recordings');
  await mkdir(recordings);
  await copyFile(join(resources.bank, 'clips', 'rain.ogg'), join(recordings, longFile));
  await writeFile(join(recordings, 'broken.WAV'), 'RIFF is not enough');
  const run = await client.request('classify.start', { paths: [recordings], modelId: expert.id });
  await done(Promise.resolve(run));
  const sample = await client.request('reviews.create', { jobId: run.id });
  for (const reviewer of ['Ada', 'Bo'])
    await client.request('reviews.decide', { setId: sample.id, number: 1, reviewer, verdict: 'yes' });
  return lab;
}

/** A tenth of a second as a Power Profiler Kit tells it: three inferences marked by input 0, in two stages. */
function captureTable(times: number): string {
  const rows = Array.from({ length: 10_000 }, (_, at) => {
    const into = (at % 3000) - 800;
    const [microamperes, inputs] =
      into < 0 || into >= 1200
        ? [20 + 2 * Math.sin(at), '00000000']
        : into < 500
          ? [3000 + 200 * Math.sin(at / 9), '11000000']
          : [times * 5000 + 300 * Math.sin(at / 5), '10100000'];
    return `${(at / 100).toFixed(2)},${microamperes.toFixed(3)},${inputs}`;
  });
  return `Timestamp(ms),Current(uA),D0-D7\n${rows.join('\n')}\n`;
}

/** In the page; a field that Playwright fills is scrolled to. */
function type(field: { value: string; dispatchEvent(event: Event): unknown }, text: string): void {
  field.value = text;
  field.dispatchEvent(new Event('input'));
}

/** Two classes of eight clips, a folder each. */
async function writeSounds(path: string): Promise<void> {
  for (const [name, step] of [
    ['hum', 0.04],
    ['whistle', 0.9],
  ] as const) {
    await mkdir(join(path, name), { recursive: true });
    for (let n = 0; n < 8; n++) {
      const pcm = Float32Array.from({ length: 19_200 }, (_, i) => 0.3 * Math.sin(i * step * (1 + 0.01 * n)));
      await writeFile(join(path, name, `take-${n}.wav`), wavBytes([pcm], { sampleRate: 16_000 }));
    }
  }
}

/** Every view, part of one and dialog, by a name, and how to get there from anywhere. */
export const views: readonly (readonly [string, (page: Page) => Promise<void>])[] = [
  ['the fleet', (page) => open(page, '/', 'Fleet')],
  [
    'a roll-out to be started',
    async (page) => {
      await open(page, '/', 'Fleet');
      await page.getByText('Roll something out…').evaluate((summary: { click(): void }) => summary.click());
      await page.getByRole('button', { name: 'Start the roll-out' }).waitFor();
    },
  ],
  [
    'the rules of alerts, one being changed',
    async (page) => {
      await open(page, '/', 'Fleet');
      await page.getByText('Desktop and webhook').evaluate((one: { click(): void }) => one.click());
      await page.locator('summary', { hasText: 'Rules' }).evaluate((one: { click(): void }) => one.click());
      await page
        .getByRole('button', { name: 'Change the rule voltage, all boards' })
        .evaluate((one: { click(): void }) => one.click());
      await page.getByRole('button', { name: 'Keep the rule' }).waitFor();
    },
  ],
  ['a board', (page) => open(page, '/board', longName)],
  [
    'the sheet of a visit',
    async (page) => {
      await open(page, '/board', longName);
      await page
        .getByRole('link', { name: 'Sheet to print…' })
        .evaluate((link: { click(): void }) => link.click());
      await page.getByRole('button', { name: 'Print…' }).waitFor();
    },
  ],
  ['deploy', (page) => open(page, '/deploy', 'Deploy')],
  ['compare', (page) => open(page, '/compare', 'Compare')],
  [
    'compare with answers',
    async (page) => {
      await open(page, '/compare', 'Compare');
      // Enabled: Playwright scrolls while it waits for a button that is not.
      const play = page.getByRole('button', { name: /^Play at/, disabled: false });
      await play.click();
      await page.getByRole('region', { name: 'Table of windows' }).waitFor();
      await play.waitFor();
    },
  ],
  ['recordings', (page) => open(page, '/recordings', 'Recordings')],
  [
    'a recording with its detections',
    async (page) => {
      await open(page, '/recordings', 'Recordings');
      // Playwright scrolls to what it clicks; the view opens the file at its top.
      await page
        .getByRole('button', { name: longFile, exact: true })
        .evaluate((button: { click(): void }) => button.click());
      await page.getByRole('region', { name: 'Table of detections' }).getByRole('table').waitFor();
      await page.getByText('Computing the spectrogram…').waitFor({ state: 'detached' });
    },
  ],
  [
    'detections to be saved',
    async (page) => {
      await open(page, '/recordings', 'Recordings');
      await page.getByRole('button', { name: 'Save…' }).click();
      await page.getByRole('dialog').getByLabel('As', { exact: true }).selectOption('clips');
    },
  ],
  [
    'the choice of a folder',
    async (page) => {
      await open(page, '/recordings', 'Recordings');
      await page
        .getByRole('button', { name: /folder/i })
        .first()
        .click();
      await page.getByRole('dialog').getByText('my-sounds').waitFor();
    },
  ],
  [
    'recordings with a model of one’s own chosen',
    async (page) => {
      await open(page, '/recordings', 'Recordings');
      await page.getByLabel('With', { exact: true }).selectOption({ label: ownModelName });
      await page.getByRole('button', { name: `Classify with ${ownModelName}` }).waitFor();
    },
  ],
  [
    'a labelled set of what a model found',
    async (page) => {
      await open(page, '/recordings', 'Recordings');
      await page.getByRole('button', { name: 'Make a labelled set…' }).click();
      await page.getByRole('dialog').getByRole('table').waitFor();
    },
  ],
  [
    'how a run was made',
    async (page) => {
      await open(page, '/recordings', 'Recordings');
      await page.getByRole('button', { name: 'How this was made…' }).click();
      await page.getByRole('dialog').getByRole('table').waitFor();
    },
  ],
  ['samples to be reviewed', (page) => open(page, '/review', 'Review')],
  [
    'a detection that is reviewed',
    async (page) => {
      await openSample(page);
      await page.getByLabel('Your name').fill('Cem');
      await page.getByRole('button', { name: /^Begin/ }).click();
      await page.getByText('Computing the spectrogram…').waitFor({ state: 'detached' });
      await page.keyboard.press('o');
      await page.getByRole('combobox', { name: 'Which class is it?' }).waitFor();
    },
  ],
  [
    'what a review comes to',
    async (page) => {
      await openSample(page);
      await page.getByRole('link', { name: 'Statistics' }).click();
      await page.getByRole('heading', { name: 'Agreement' }).waitFor();
    },
  ],
  [
    'a labelled set to be made',
    async (page) => {
      await openSample(page);
      await page.getByRole('link', { name: 'Statistics' }).click();
      await page.getByRole('button', { name: 'Make a labelled set…' }).click();
      await page.getByRole('dialog').waitFor();
    },
  ],
  ['uncertain windows', (page) => open(page, '/uncertain/windows', 'Uncertain windows')],
  [
    'an uncertain window that is decided',
    async (page) => {
      await open(page, '/uncertain', 'Uncertain windows');
      await page.getByLabel('Your name').fill('Cem');
      await page.getByRole('button', { name: /^Begin/ }).click();
      await page.getByRole('application').waitFor();
      await page.getByText('Computing the spectrogram…').waitFor({ state: 'detached' });
      await page.keyboard.press('o');
      await page.getByRole('combobox', { name: 'Which class is it?' }).waitFor();
    },
  ],
  [
    'a labelled set of uncertain windows to be made',
    async (page) => {
      await open(page, '/uncertain/windows', 'Uncertain windows');
      await page.getByRole('button', { name: 'Make a labelled set…' }).click();
      await page.getByRole('dialog').waitFor();
    },
  ],
  ['banks', (page) => open(page, '/experts/banks', 'Experts')],
  [
    'a model card',
    async (page) => {
      await open(page, '/experts/banks', 'Experts');
      await page.getByRole('button', { name: 'Card of ESC-10 4-bit' }).click();
      await page.getByRole('dialog').waitFor();
    },
  ],
  ['training', (page) => open(page, '/experts/train', 'Experts')],
  ['an evaluation', (page) => open(page, '/experts/evaluate', 'Experts')],
  ['an encoder of one’s own', (page) => open(page, '/experts/encoder', 'Experts')],
  [
    'models of one’s own',
    async (page) => {
      await open(page, '/experts/models', 'Experts');
      await page.getByRole('heading', { name: ownModelName }).waitFor();
    },
  ],
  ['power', (page) => open(page, '/power', 'Power')],
  [
    'two captures over each other, their energies worked out',
    async (page) => {
      await open(page, '/power', 'Power');
      await page
        .getByRole('checkbox', { name: /^Lay Niedermühl/ })
        .evaluate((one: { click(): void }) => one.click());
      await page.getByLabel('An inference lasts while input').evaluate(type, '0');
      await page.getByLabel('Stages').evaluate(type, 'features=1,encoder=2');
      await page
        .getByRole('button', { name: 'Work it out' })
        .evaluate((one: { click(): void }) => one.click());
      await page.getByRole('region', { name: 'Table of inferences' }).waitFor();
    },
  ],
  ['the jobs', (page) => open(page, '/jobs', 'Jobs')],
  [
    'a job',
    async (page) => {
      await open(page, '/jobs', 'Jobs');
      await page.getByRole('button', { name: /^Classify / }).click();
      await page.getByRole('dialog').getByText('detections').first().waitFor();
    },
  ],
  [
    'the deletion of a job',
    async (page) => {
      await open(page, '/jobs', 'Jobs');
      await page.getByRole('button', { name: /^Delete: Evaluate/ }).click();
      await page.getByRole('dialog').getByText('on disk').waitFor();
    },
  ],
  [
    'a bank to be saved',
    async (page) => {
      await open(page, '/experts/banks', 'Experts');
      await page.getByRole('button', { name: 'Save as a file…' }).click();
      await page.getByRole('dialog').waitFor();
    },
  ],
  [
    'a bank to be deleted',
    async (page) => {
      await open(page, '/experts/banks', 'Experts');
      const bank = page.getByRole('region', { name: 'Bank own-sounds' });
      await bank.getByRole('button', { name: 'Delete…' }).click();
      await page.getByRole('dialog').getByText('for good').first().waitFor();
    },
  ],
  [
    'the lab and its data',
    async (page) => {
      await open(page, '/lab', 'Lab');
      await page.getByRole('img', { name: /The data folder holds/ }).waitFor();
    },
  ],
  [
    'what other programs are told, tried',
    async (page) => {
      await open(page, '/lab', 'Lab');
      // Playwright scrolls to what it clicks.
      const click = (one: { click(): void }) => one.click();
      await page.getByRole('button', { name: 'Try a scrape' }).evaluate(click);
      await page.getByText('answered 200').waitFor();
      await page.getByLabel('encrypted, and the broker proves who it is').evaluate(click);
      await page.getByLabel('Authority').waitFor();
    },
  ],
];

async function openSample(page: Page): Promise<void> {
  await open(page, '/review', 'Review');
  await page.getByRole('region', { name: 'Table of samples' }).getByRole('link').first().click();
  await page.getByRole('heading', { name: 'Who decides?' }).waitFor();
}

async function open(page: Page, path: string, heading: string): Promise<void> {
  // Another view first: what a view had open is gone then.
  for (const place of ['/unknown', path]) await page.evaluate(`location.hash = ${JSON.stringify(place)}`);
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page
    .getByRole('heading', { name: heading, level: 1 })
    .or(page.getByRole('heading', { name: heading }))
    .first()
    .waitFor();
  await page.waitForLoadState('networkidle');
}
