/** Boards brought up to date: real firmware at lines that a test cuts and freezes, on a clock that it turns. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packExpert } from '../../../models/packing/pack.ts';
import { randomExpert } from '../../../test/fixtures/random-expert.ts';
import type { BoardUpdate, ExpertInfo, Job, UpdateResult } from '../../contract/types.ts';
import { Jobs } from '../../jobs/jobs.ts';
import { MemoryJobStore, whenFinished } from '../../jobs/testing.ts';
import { sha256Of } from '../../sha256.ts';
import { detailsStore } from '../../store/details-store.ts';
import { openStore, type Store } from '../../store/open-store.ts';
import { Details } from '../details/details.ts';
import { notedDeploy, type NotedDeploy } from '../noted-deploy.ts';
import { noImages, TestFleet, type TestBoard } from '../testing.ts';
import { makeVisit } from '../visits.ts';
import { visitStore } from '../../store/visit-store.ts';
import { Updates } from './updates.ts';

const image = packExpert(randomExpert(1), new Uint8Array(32));
const sha256 = sha256Of(image);
const expert = { id: 'night', name: 'random-1', version: 1, imageSha256: sha256 } as ExpertInfo;

let folder: string;
let store: Store;
let world: TestFleet;
let jobStore: MemoryJobStore;
let onCheckpoint = (): void => undefined;
let jobs: Jobs;
let details: Details;
let updates: Updates;
let deploy: NotedDeploy;

/** As a lab does when it starts. */
async function open(): Promise<void> {
  jobs = await Jobs.open(jobStore);
  details = await Details.open(detailsStore(store), {
    ...{ emit: () => undefined, boardLog: { add: () => undefined } },
    banks: { experts: [expert], routers: [] },
    boards: () => world.fleet.boards(),
  });
  deploy = notedDeploy({
    keys: { sign: () => Promise.reject(new Error('No board here has a key.')) },
    boards: { deployed: async () => undefined },
    signedImages: { imageOf: (hash: string) => hash, keep: async () => undefined },
    images: noImages,
  });
  updates = new Updates({
    ...{ fleet: world.fleet, jobs, details, bounds: { all: 4, perHub: 4 } },
    image: async (wanted) => (wanted === sha256 ? image : null),
    deploy,
    visits: { sees: () => false },
  });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-updates-'));
  store = await openStore(join(folder, 'lab.duckdb'));
  world = new TestFleet();
  jobStore = new (class extends MemoryJobStore {
    override async saveCheckpoint(jobId: string, checkpoint: unknown): Promise<void> {
      await super.saveCheckpoint(jobId, checkpoint);
      onCheckpoint();
    }
  })();
  await open();
});
afterEach(async () => {
  await world.clock.run(jobs.close());
  await world.close();
  await store.close();
  await rm(folder, { recursive: true });
});

const idOf = (number: number): string => number.toString(16).padStart(2, '0').repeat(8);

async function attached(number: number): Promise<TestBoard> {
  const made = await world.board(number);
  world.machine.plug(`/dev/tty${number}`, made.line);
  await world.attach(`/dev/tty${number}`);
  return made;
}

const update = async (numbers: number[], whenMet = false): Promise<Job> =>
  updates.start(numbers.map(idOf), whenMet, 'page');
const outcomes = (job: Job) =>
  Object.fromEntries(
    (job.result as UpdateResult).boards.map(({ boardName, outcome }: BoardUpdate) => [boardName, outcome]),
  );
const ended = (job: Job): Promise<Job> => world.clock.run(whenFinished(jobs, job.id));

test('brings settings and bank to each board, and finds nothing to do the next time', async () => {
  for (const number of [1, 2]) await attached(number);
  await details.change([idOf(1), idOf(2)], { expertId: 'night', settings: { hopSamples: 16_000 } });
  const job = await ended(await update([1, 2]));
  expect(outcomes(job)).toEqual({ 'board-1': 'done', 'board-2': 'done' });
  for (const number of [1, 2]) {
    expect(world.at(`/dev/tty${number}`)).toMatchObject({
      activeExpert: { sha256 },
      settings: { hopSamples: 16_000 },
    });
  }
  const [{ did }] = (job.result as UpdateResult).boards as [BoardUpdate];
  expect(did).toEqual(['Settings: samples between windows 7680 → 16000.', 'random-1, version 1, deployed']);
  expect(world.boardLog.filter(({ by }) => by === 'page').map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['settings', 'deployed']),
  );
  expect(outcomes(await ended(await update([1, 2])))).toEqual({
    'board-1': 'as wanted',
    'board-2': 'as wanted',
  });
});

test('a board that no longer answers fails alone, with its sentence', async () => {
  const [, stuck] = [await attached(1), await attached(2)];
  await details.change([idOf(1), idOf(2)], { expertId: 'night' });
  stuck.line.setCut(true);
  const job = await ended(await update([1, 2]));
  expect(outcomes(job)).toEqual({ 'board-1': 'done', 'board-2': 'failed' });
  // In the order in which they were over: the stuck one kept nobody waiting.
  expect((job.result as UpdateResult).boards.at(-1)).toMatchObject({
    boardName: 'board-2',
    error: { code: 'BOARD_SILENT' },
  });
});

test('one that is away fails, or waits where that was asked, and is seen to when it is met', async () => {
  const away = await attached(1);
  await details.change([idOf(1)], { settings: { hopSamples: 16_000 } });
  await world.machine.pull('/dev/tty1');
  await world.clock.turn(1000);
  expect(outcomes(await ended(await update([1])))).toEqual({ 'board-1': 'failed' });
  expect(details.of(idOf(1)).whenMet).toBe(false);
  expect(outcomes(await ended(await update([1], true)))).toEqual({ 'board-1': 'waiting' });
  expect(details.of(idOf(1)).whenMet).toBe(true);
  world.machine.plug('/dev/tty9', away.line);
  const begun = new Promise<Job>((resolve) => jobs.onChange(resolve));
  await world.attach('/dev/tty9');
  expect(outcomes(await ended(await begun))).toEqual({ 'board-1': 'done' });
  expect(world.at('/dev/tty9')?.settings?.hopSamples).toBe(16_000);
  expect(details.of(idOf(1)).whenMet).toBe(false);
});

test('a bank that the lab has no more is told as such', async () => {
  await attached(1);
  await details.change([idOf(1)], { expertId: 'night' });
  expert.imageSha256 = 'ef'.repeat(32);
  try {
    await details.change([idOf(1)], { expertId: 'night' });
  } finally {
    expert.imageSha256 = sha256;
  }
  const job = await ended(await update([1]));
  expect((job.result as UpdateResult).boards).toMatchObject([
    { outcome: 'failed', error: { code: 'EXPERT_NOT_FOUND' } },
  ]);
});

test('a lab that closes in the middle goes on with those that are left', async () => {
  for (const number of [1, 2]) await attached(number);
  await details.change([idOf(1), idOf(2)], { expertId: 'night' });
  const first = await ended(await update([1]));
  expect(outcomes(first)).toEqual({ 'board-1': 'done' });
  const job = await update([1, 2]);
  const oneIsOver = new Promise<void>((resolve) => {
    onCheckpoint = resolve;
  });
  await world.clock.run(oneIsOver);
  await world.clock.run(jobs.close());
  await open();
  expect(jobs.get(job.id).state).toBe('paused');
  jobs.resume(job.id);
  expect(outcomes(await ended(job))).toMatchObject({ 'board-2': 'done' });
  expect(world.at('/dev/tty2')?.activeExpert?.sha256).toBe(sha256);
});

test('a visit fetches, brings up to date what it can, and says what is left; the next one goes on from it', async () => {
  await attached(1);
  const visits = visitStore(store);
  const rooms = {
    fleet: world.fleet,
    details,
    visits,
    deploy,
    microphones: { ofBoard: async () => null },
    fetchUncertain: async () => ({ fetched: 2, failed: [] }),
    image: async () => null,
    wallMs: () => world.clock.nowMs(),
  };
  await details.change([idOf(1)], { name: 'Heron', settings: { hopSamples: 16_000 }, whenMet: true });
  const first = await world.clock.run(makeVisit(idOf(1), 'page', rooms));
  expect(first).toMatchObject({
    ...{ boardName: 'Heron', sinceMs: null, left: [], by: 'page' },
    did: ['Settings: samples between windows 7680 → 16000.'],
    uncertain: 2,
    board: { runs: null, standing: 'up to date', position: null },
  });
  expect(details.of(idOf(1)).whenMet).toBe(false);
  await world.clock.turn(1000);
  await details.change([idOf(1)], { expertId: 'night' });
  const second = await world.clock.run(makeVisit(idOf(1), null, rooms));
  expect(second).toMatchObject({ sinceMs: first.startedMs, did: [] });
  expect(second.left).toEqual([
    expect.stringContaining('No bank of the lab has random-1') as string,
    'nothing runs, wanted random-1, version 1',
  ]);
  expect(await visits.list(idOf(1), null, 10)).toEqual([second, first]);
  expect(world.boardLog.filter(({ kind }) => kind === 'visited')).toHaveLength(2);
  await world.machine.pull('/dev/tty1');
  await world.clock.turn(1000);
  const away = makeVisit(idOf(1), null, rooms).catch((thrown: unknown) => thrown);
  expect(await world.clock.run(away)).toMatchObject({ code: 'PORT_LOST' });
  expect(await visits.list(idOf(1), null, 10)).toHaveLength(2);
});
