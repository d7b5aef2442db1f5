/** Windows that a board was least certain of: kept on it, fetched, decided, made a labelled set, and trained on. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LabClient } from '../../main/contract/client.ts';
import { connectLab } from '../../main/contract/connect.ts';
import type { Job, UncertainItem } from '../../main/contract/types.ts';
import { openLab, type Lab } from '../../main/lab.ts';
import { noise, tone, wavBytes } from '../../main/recordings/testing.ts';
import { localTransport } from '../../main/shells/local-transport.ts';
import { randomBank } from '../fixtures/random-bank.ts';

let folder: string;
let lab: Lab;
let client: LabClient;
let boardId: string;
const { experts } = randomBank([1]);
const kinds = ['low', 'high'] as const;

async function open(): Promise<void> {
  lab = await openLab({ dataFolder: join(folder, 'data'), shell: 'test', roots: [folder] });
  client = connectLab(localTransport(lab));
  boardId = (await client.request('boards.list', {}))[0]!.id;
}
async function ended(job: Job): Promise<Job> {
  for (;;) {
    const now = (await client.request('jobs.list', {})).find((one) => one.id === job.id) as Job;
    if (now.finishedMs !== null) return now;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const list = (undecidedBy?: string): Promise<UncertainItem[]> =>
  client.request('uncertain.list', { limit: 100, ...(undecidedBy !== undefined && { undecidedBy }) });
const codeOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => 'done',
    (thrown: unknown) => (thrown as { code: unknown }).code,
  );

/** Two kinds of tone, six recordings each. */
async function writeSounds(): Promise<void> {
  const rows = ['filename,label,source'];
  for (const [label, kind] of kinds.entries()) {
    await mkdir(join(folder, 'sounds', kind), { recursive: true });
    for (let i = 0; i < 6; i++) {
      const hiss = noise(19_200, 10 * label + i);
      const samples = tone(1.2, 16_000, [400, 4000][label]! + 20 * i).map(
        (one, at) => one + 0.05 * hiss[at]!,
      );
      rows.push(`${kind}/${i}.wav,${kind},${kind} ${i}`);
      await writeFile(join(folder, 'sounds', kind, `${i}.wav`), wavBytes([samples], { sampleRate: 16_000 }));
    }
  }
  await writeFile(join(folder, 'sounds', 'labels.csv'), rows.join('\n'));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-uncertain-'));
  await writeSounds();
  await writeFile(join(folder, 'expert.image'), experts[0]!);
  await writeFile(join(folder, 'a.wav'), wavBytes([noise(32_000, 1)], { sampleRate: 16_000 }));
  await open();
  await ended(await client.request('deploy.files', { boardId, paths: [join(folder, 'expert.image')] }));
});
afterAll(async () => {
  client.close();
  await lab.close();
  await rm(folder, { recursive: true, force: true });
});

test('a board that keeps none says so', async () => {
  expect(await client.request('uncertain.pull', { boardId })).toEqual({
    ...{ fetched: 0, known: 0, room: 0, failed: [] },
  });
  expect(await list()).toEqual([]);
});

test('windows that a board kept are fetched once, by a visit, too, and are there after a start of the lab', async () => {
  const settings = await client.request('boards.settings', { boardId });
  await client.request('boards.changeSettings', {
    boardId,
    settings: { ...settings, uncertainPercent: 20, uncertainPaceS: 1, longitude: 150, latitude: -30 },
  });
  const source = { kind: 'file' as const, path: join(folder, 'a.wav') };
  const played = async (): Promise<void> => {
    await ended(await client.request('play.start', { boardId, source }));
  };
  for (let fetched = 0; fetched === 0; await new Promise((go) => setTimeout(go, 50))) {
    await played();
    ({ fetched } = await client.request('uncertain.pull', { boardId }));
  }
  for (let fetched = 0; fetched === 0; await new Promise((go) => setTimeout(go, 50))) {
    await played();
    const { uncertain = 0, microphone } = await client.request('visits.make', { boardId });
    // It has recorded for less than three hours.
    expect(microphone).toMatchObject({ boardId, state: 'untold' });
    fetched = uncertain;
  }
  const again = await client.request('uncertain.pull', { boardId });
  expect(again).toMatchObject({ known: 0, failed: [] });
  expect(again.room).toBeGreaterThan(0);
  const items = await list();
  expect(items.length).toBeGreaterThanOrEqual(2);
  expect(new Set(items.map(({ bootId, sequence }) => `${bootId} ${sequence}`)).size).toBe(items.length);
  for (const item of items) {
    expect(item.label).toBe(item.probabilities[0]!.label);
    expect(item.probabilities.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);
    // Ten hours before Greenwich's noon it is noon where the board stands.
    expect(item.night).toBe(new Date(item.atMs! - 2 * 3_600_000).toISOString().slice(0, 10));
  }
  const { codes, offset, scale, frames, bands } = await client.request('uncertain.logMel', {
    number: items[0]!.number,
  });
  expect([codes.length, frames, bands, offset, scale]).toEqual([6144, 96, 64, -0.25, 19]);
  expect(new Set(codes).size).toBeGreaterThan(10);
  client.close();
  await lab.close();
  await open();
  expect(await list()).toEqual(items);
});

test('what is decided stands by its last word, and may be taken back', async () => {
  const [first, second] = await list();
  const decide = (number: number, verdict: 'yes' | 'no' | 'unsure' | 'other', label?: string) =>
    client.request('uncertain.decide', {
      number,
      reviewer: 'Ada',
      verdict,
      ...(label !== undefined && { label }),
    });
  await decide(first!.number, 'yes');
  expect((await decide(first!.number, 'unsure')).decisions).toMatchObject([{ verdict: 'unsure' }]);
  expect((await client.request('uncertain.undo', { reviewer: 'Ada' }))?.decisions).toMatchObject([
    { verdict: 'yes' },
  ]);
  expect(await client.request('uncertain.undo', { reviewer: 'Bo' })).toBeNull();
  expect(await codeOf(decide(999_999, 'yes'))).toBe('REQUEST_INVALID');
  expect(await codeOf(decide(first!.number, 'yes', 'low'))).toBe('REQUEST_INVALID');
  await decide(first!.number, 'other', 'low');
  await decide(second!.number, 'no');
  const windows = (await list()).length;
  const counts = (reviewer?: string) =>
    client.request('uncertain.counts', reviewer === undefined ? {} : { reviewer });
  expect(await counts()).toEqual([{ boardId, windows, undecided: windows - 2 }]);
  expect(await counts('Bo')).toEqual([{ boardId, windows, undecided: windows }]);
  const left = await list('Ada');
  expect(left.map(({ number }) => number)).not.toContain(first!.number);
  expect(await list('Bo')).toHaveLength((await list()).length);
});

test('what was decided becomes a labelled set beside sounds, which a bank is trained on', async () => {
  const path = join(folder, 'set');
  const made = await client.request('uncertain.labelledSet', { path, beside: join(folder, 'sounds') });
  expect(made).toMatchObject({ cut: 1, copied: 12, leftOut: 1, failed: [] });
  expect(made.classes).toEqual([
    { label: 'high', clips: 6 },
    { label: 'low', clips: 7 },
  ]);
  expect(await codeOf(client.request('uncertain.labelledSet', { path }))).toBe('FILE_EXISTS');
  const [first] = await list();
  const table = await readFile(join(path, 'labels.csv'), 'utf8');
  expect(table).toContain(`,low,${boardId} ${first!.night},`);
  const info = await client.request('datasets.inspect', { path });
  expect(info.counts).toMatchObject({ used: 13, leftOut: 0 });
  expect(info.sources).toBe(13);
  const small = { encoder: 'statistics', hidden: [8, 8], epochs: 2, bank: ['q4'] };
  const job = await ended(
    await client.request('train.start', { path, name: 'uncertain', heldOutFold: null, ...small }),
  );
  expect(job).toMatchObject({ state: 'done', error: null });
});

test('forgetting a board takes its windows along', async () => {
  await client.request('boards.forget', { boardId });
  expect(await list()).toEqual([]);
  expect(await client.request('uncertain.counts', {})).toEqual([]);
});
