/** Roll-outs over real firmware at simulated lines; hours pass when a test says so, each with the windows it plays. */
import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packExpert } from '../../../models/packing/pack.ts';
import { Random } from '../../../models/training/random.ts';
import { randomExpert } from '../../../test/fixtures/random-expert.ts';
import type { ExpertInfo, Rollout, TelemetryRecord } from '../../contract/types.ts';
import { Jobs } from '../../jobs/jobs.ts';
import { MemoryJobStore, whenFinished } from '../../jobs/testing.ts';
import { resources } from '../../resources.ts';
import { sha256Of } from '../../sha256.ts';
import { boardHealth } from '../../store/board-health.ts';
import { detailsStore } from '../../store/details-store.ts';
import { openStore, type Store } from '../../store/open-store.ts';
import { rolloutStore } from '../../store/rollout-store.ts';
import { telemetryStore } from '../../store/telemetry-store.ts';
import { Details } from '../details/details.ts';
import { notedDeploy } from '../noted-deploy.ts';
import { noImages, TestFleet } from '../testing.ts';
import { Updates } from '../update/updates.ts';
import type { ProbeWindow } from './probe.ts';
import { referenceAnswers } from './reference-answers.ts';
import { Rollouts } from './rollouts.ts';
import { Watch } from './watch.ts';

const hourMs = 3_600_000;
const perHour = 20;
const noHash = new Uint8Array(32);
const former = randomExpert(1);
/** Answers as the former one does, and as nothing it was trained for. */
const images = new Map(
  [
    ['former', former],
    ['good', { ...former, name: 'good', version: 2 }],
    ['scrambled', { ...randomExpert(9), name: 'scrambled', version: 2 }],
  ].map(([id, expert]) => [id as string, packExpert(expert as typeof former, noHash)]),
);
const experts = [...images].map(
  ([id, image]) => ({ id, name: id, version: 1, imageSha256: sha256Of(image) }) as ExpertInfo,
);
const hashOf = (id: string): string => sha256Of(images.get(id)!);
const imageOf = (sha256: string): Uint8Array | null =>
  [...images.values()].find((image) => sha256Of(image) === sha256) ?? null;
const idOf = (number: number): string => number.toString(16).padStart(2, '0').repeat(8);

const random = new Random(3);
const windows = Array.from({ length: 12 }, (_, w) =>
  Int16Array.from(
    { length: 15_600 },
    (_, i) => 6000 * Math.sin((i * (w + 1)) / 15) + 3000 * (random.uniform() - 0.5),
  ),
);

let folder: string;
let store: Store;
let world: TestFleet;
let jobStore: MemoryJobStore;
let jobs: Jobs;
let details: Details;
let updates: Updates;
let rollouts: Rollouts;
let wall: number;
/** Records of the boards that the store has. */
let synced: number;
let listeners: ((rollout: Rollout) => void)[];
/** Windows that each board was played. */
let played: number;

async function open(): Promise<void> {
  jobs = await Jobs.open(jobStore);
  details = await Details.open(detailsStore(store), {
    ...{ emit: () => undefined, boardLog: { add: () => undefined } },
    banks: { experts, routers: [] },
    boards: () => world.fleet.boards(),
  });
  const bounds = { all: 4, perHub: 4 };
  const image = async (sha256: string) => imageOf(sha256);
  updates = new Updates({
    ...{ fleet: world.fleet, jobs, details, bounds, image, visits: { sees: () => false } },
    deploy: notedDeploy({
      keys: { sign: () => Promise.reject(new Error('No board here has a key.')) },
      boards: { deployed: async () => undefined },
      signedImages: { imageOf: (hash: string) => hash, keep: async () => undefined },
      images: noImages,
    }),
  });
  const health = boardHealth(store);
  const hours: typeof health.hours = async (stretches) => {
    await sync();
    return health.hours(stretches);
  };
  rollouts = await Rollouts.open({
    ...{ fleet: world.fleet, jobs, details, updates, bounds, clock: world.clock, wallMs: () => wall },
    store: rolloutStore(store),
    watch: new Watch({ ...health, hours }, () => wall),
    labelsOf: () => null,
    probeOf: async ({ sha256 }) => {
      const wasm = await readFile(resources.engine);
      const images = { encoders: [], router: null, experts: [imageOf(sha256)!] };
      const answers = await referenceAnswers(wasm, images, windows);
      return windows.map((pcm, i): ProbeWindow => ({ pcm, answer: answers[i]! }));
    },
    emit: (event, payload) => {
      if (event === 'rollout') for (const told of listeners.splice(0)) told(payload as Rollout);
    },
  });
}

/** What boards told since, as of now. */
async function sync(): Promise<void> {
  const fresh = world.stored.slice(synced).map((record) => ({ ...record, atMs: wall, receivedMs: wall }));
  synced = world.stored.length;
  if (fresh.length > 0) await telemetryStore(store).append(fresh);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-rollouts-'));
  store = await openStore(join(folder, 'lab.duckdb'));
  world = new TestFleet();
  jobStore = new MemoryJobStore();
  listeners = [];
  synced = 0;
  played = 0;
  wall = 1_800_000_000_000;
  await open();
  for (const number of [1, 2, 3]) {
    const { line } = await world.board(number);
    world.machine.plug(`/dev/tty${number}`, line);
    await world.attach(`/dev/tty${number}`);
  }
  await details.change([1, 2, 3].map(idOf), { expertId: 'former' });
  const job = await updates.start([1, 2, 3].map(idOf), false, null);
  await world.clock.run(whenFinished(jobs, job.id));
  await past();
});
afterEach(async () => {
  await world.clock.run(jobs.close());
  await world.close();
  await store.close();
  await rm(folder, { recursive: true });
});

/** Every board answers each window once, and what it told is what it told in any of the 72 hours before, drawn anew. */
async function past(): Promise<void> {
  await play(windows.length);
  const answers = world.stored.slice();
  synced = answers.length;
  const before: TelemetryRecord[] = [];
  for (const number of [1, 2, 3]) {
    const mine = answers.filter(({ boardId }) => boardId === idOf(number));
    for (let i = 0; i < 72 * perHour; i++) {
      const atMs = wall - 72 * hourMs + (i * hourMs) / perHour;
      const drawn = mine[Math.floor(random.uniform() * mine.length)]!;
      before.push({ ...drawn, bootId: 1, sequence: i + 1, atMs, receivedMs: atMs });
    }
  }
  await telemetryStore(store).append(before);
}

async function play(times: number): Promise<void> {
  played += times;
  await Promise.all(
    [1, 2, 3].map(async (number) => {
      const session = world.fleet.session(idOf(number));
      const played = session.exclusive(async (board) => {
        for (let i = 0; i < times; i++) {
          const window = times === windows.length ? i : Math.floor(random.uniform() * windows.length);
          await board.infer(windows[window]!);
        }
        await session.pull();
      });
      await world.clock.run(played);
    }),
  );
}

const told = (holds: (rollout: Rollout) => boolean): Promise<Rollout> =>
  world.clock.run(
    new Promise((resolve) => {
      const look = (rollout: Rollout): void => {
        if (holds(rollout)) resolve(rollout);
        else listeners.push(look);
      };
      listeners.push(look);
    }),
  );

const over = ({ state }: Rollout): boolean =>
  state === 'done' || state === 'rolled back' || state === 'awaits approval';

/** Hours pass, and after each the stage is judged. */
async function hoursUntil(id: string, holds: (rollout: Rollout) => boolean): Promise<Rollout> {
  for (let hour = 0; hour < 40; hour++) {
    const now = await rollouts.get(id);
    if (holds(now)) return now;
    await play(perHour);
    wall += hourMs;
    await told((rollout) => rollout.stages.some(({ gates }) => gates.length > 0) || over(rollout));
  }
  throw new Error(`After 40 hours: ${JSON.stringify(await rollouts.get(id))}`);
}

const start = (expertId: string, more: Partial<Parameters<Rollouts['start']>[0]> = {}): Promise<Rollout> =>
  rollouts.start(
    {
      ...{ name: expertId, target: { kind: 'all' }, expertId, canaries: [idOf(2)], shares: [1], seed: 1 },
      ...{ leastInferences: 35, leastHours: 2, ...more },
    },
    'page',
  );
const running = (): (string | undefined)[] =>
  [1, 2, 3].map((number) => world.at(`/dev/tty${number}`)?.activeExpert?.sha256);
const whatWasSaid = async (id: string): Promise<string[]> =>
  (await rollouts.log(id, 0, 100)).map(({ text, by }) => `${by ?? 'lab'}: ${text}`);

test('a bank that answers as before goes through stage by stage', async () => {
  const already = world.stored.length - 3 * played;
  const { id } = await start('good');
  await told(({ stages }) => stages[0]!.watched === 1);
  expect(running()).toEqual([hashOf('former'), hashOf('good'), hashOf('former')]);
  const done = await hoursUntil(id, over);
  expect(done).toMatchObject({ state: 'done', message: 'All stages have passed.' });
  expect(done.stages.map(({ state, watched }) => [state, watched])).toEqual([
    ['passed', 1],
    ['passed', 2],
  ]);
  for (const { gates } of done.stages)
    expect(gates.find(({ gate }) => gate === 'class mix')).toMatchObject({ unjudged: [] });
  expect(running()).toEqual([1, 2, 3].map(() => hashOf('good')));
  const boards = await rollouts.boards(id, 0, 10);
  expect(boards.map(({ boardId }) => boardId)[0]).toBe(idOf(2));
  expect(boards.map(({ outcome, probe }) => [outcome, probe])).toEqual(
    [1, 2, 3].map(() => ['watched', { windows: 12, agreed: 12 }]),
  );
  // What they answered to the probe set is no part of what they heard.
  expect(world.stored.length - already).toBe(3 * played);
  expect(await whatWasSaid(id)).toEqual([
    'page: Started: good, version 1, to the whole fleet, 3 boards in 2 stages.',
    'lab: Stage 1 begins, of 1 board.',
    'lab: Stage 1 of 2 has passed.',
    'lab: Stage 2 begins, of 2 boards.',
    'lab: Stage 2 of 2 has passed.',
  ]);
  // A person thinks better of it.
  await rollouts.rollback(id, 'command line');
  await told(({ state }) => state === 'rolled back');
  expect(running()).toEqual([1, 2, 3].map(() => hashOf('former')));
  expect((await rollouts.boards(id, 0, 10)).map(({ outcome }) => outcome)).toEqual(['back', 'back', 'back']);
});

test('a scrambled bank is halted at the canaries, which go back; no other board was touched', async () => {
  const { id } = await start('scrambled', { leastHours: 30 });
  const end = await hoursUntil(id, over);
  expect(end).toMatchObject({ state: 'rolled back', goesBack: 'stage', stage: 0 });
  expect(end.stages.map(({ state }) => state)).toEqual(['failed', 'left out']);
  expect(end.message).toMatch(/^Canaries: halted by (class mix|top probability) /);
  expect(running()).toEqual([1, 2, 3].map(() => hashOf('former')));
  const boards = await rollouts.boards(id, 0, 10);
  expect(boards.map(({ outcome }) => outcome)).toEqual(['back', 'to come', 'to come']);
  expect([1, 2, 3].map((number) => details.wanted(idOf(number)).bank?.sha256)).toEqual(
    [1, 2, 3].map(() => hashOf('former')),
  );
});

test('a lab that dies in the middle goes on; what a person paused stays so until it is resumed', async () => {
  const { id } = await start('good', { approve: true });
  await told(({ stages }) => stages[0]!.watched === 1);
  await world.clock.run(jobs.close());
  await open();
  const waits = await hoursUntil(id, over);
  expect(waits).toMatchObject({ state: 'awaits approval', stage: 0 });
  await rollouts.pause(id, 'page');
  await world.clock.run(jobs.close());
  await open();
  expect(await rollouts.get(id)).toMatchObject({ state: 'awaits approval', paused: true });
  expect(jobs.unfinished().map(({ job }) => job.state)).toEqual(['paused']);
  await rollouts.resume(id, 'page');
  await rollouts.approve(id, 'page');
  expect(await hoursUntil(id, over)).toMatchObject({ state: 'done' });
  expect(await whatWasSaid(id)).toContain('page: Stage 1 was approved.');
});

test('a board that is away is changed when it is met, and waited for where no other is there', async () => {
  await world.machine.pull('/dev/tty2');
  await world.clock.turn(1000);
  const { id } = await start('good');
  const waits = await told(({ stages }) => stages[0]!.gates.length > 0);
  expect(waits.stages[0]).toMatchObject({ away: 1, watched: 0 });
  expect(waits.message).toContain('all its boards are away');
  await rollouts.halt(id, 'page');
  expect(await rollouts.get(id)).toMatchObject({ state: 'halted' });
  await expect(rollouts.pause(id, 'page')).rejects.toMatchObject({ code: 'ROLLOUT_STATE' });
});

test('a board that is given something else meanwhile is watched no more', async () => {
  const { id } = await start('good', { canaries: [idOf(2), idOf(3)] });
  await told(({ stages }) => stages[0]!.watched === 2);
  await details.change([idOf(2)], { expertId: 'former' });
  await world.clock.run(whenFinished(jobs, (await updates.start([idOf(2)], false, null)).id));
  const after = await told(({ stages }) => stages[0]!.failed === 1);
  expect(after.stages[0]).toMatchObject({ watched: 1, failed: 1 });
  const [other] = (await rollouts.boards(id, 0, 10)).filter(({ boardId }) => boardId === idOf(2));
  expect(other).toMatchObject({ outcome: 'failed', error: { code: 'ROLLOUT_STATE' } });
});

test('what cannot be is refused with a code', async () => {
  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => 'taken',
      ({ code }: { code: string }) => code,
    );
  expect(await refusal(start('nobody'))).toBe('EXPERT_NOT_FOUND');
  expect(await refusal(start('good', { canaries: ['ff'] }))).toBe('REQUEST_INVALID');
  expect(await refusal(start('good', { canaries: 50 }))).toBe('REQUEST_INVALID');
  expect(await refusal(start('good', { shares: [0.5, 0.2] }))).toBe('REQUEST_INVALID');
  expect(await refusal(start('good', { target: { kind: 'site', site: 'nowhere' } }))).toBe('REQUEST_INVALID');
  expect(await refusal(start('good', { target: { kind: 'boards', boardIds: ['ff'] } }))).toBe(
    'BOARD_NOT_FOUND',
  );
  expect(await refusal(rollouts.get('nothing'))).toBe('ROLLOUT_NOT_FOUND');
  const { id } = await start('good');
  expect(await refusal(start('scrambled'))).toBe('ROLLOUT_STATE');
  expect(await refusal(rollouts.approve(id, null))).toBe('ROLLOUT_STATE');
  await rollouts.halt(id, null);
});
