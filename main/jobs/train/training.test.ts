import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { separable } from '../../../models/training/testing.ts';
import { trainRouter } from '../../../models/training/train-router.ts';
import { complete } from '../../../models/training/course.ts';
import { crossFitOf, crossFitParts, heldOutLogits } from '../../../models/training/cross-fit.ts';
import { splitOf } from '../../../models/training/split.ts';
import { expertCourse, trainExpert } from '../../../models/training/train.ts';
import type { Expert } from '../../../models/experts/expert.ts';
import { quantizeExpert } from '../../../models/experts/quantize.ts';
import { scratchFolder } from '../../recordings/testing.ts';
import { Jobs } from '../jobs.ts';
import { MemoryJobStore, whenFinished } from '../testing.ts';
import { defaultPlan, unitsOf, type TrainPlan } from './plan.ts';
import type { TrainRequest } from './train-messages.ts';
import { PlanJobs } from './testing.ts';
import { readCheckpoint, readTrained } from './work-folder.ts';

const data = separable();
const small = { hidden: [16, 8], epochs: 6, patience: 6, learningRate: 5e-3 };
const expert = (id: string, more: object) => ({
  id,
  options: { ...defaultPlan().experts[0]!.options, ...small, name: id, version: 3, ...more },
});
const plan: TrainPlan = {
  experts: [
    expert('ternary', { precision: 'ternary' }),
    expert('float', { precision: 32 }),
    expert('ptq', { precision: 'static8', calibration: 'percentile' }),
  ],
  router: { ...defaultPlan().router!, ...small, name: 'router' },
};
const ids = ['ternary', 'float', 'ptq', 'router'];

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let store: MemoryJobStore;
let jobs: Jobs;
let training: PlanJobs;

async function openLab(): Promise<void> {
  jobs = await Jobs.open(store);
  training = new PlanJobs(jobs);
}

beforeEach(async () => {
  scratch = await scratchFolder();
  store = new MemoryJobStore();
  await openLab();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await jobs.close();
  await scratch.remove();
});

const folder = () => join(scratch.folder, 'work');
const start = (what: TrainPlan = plan) => training.start(folder(), data, what);

/** What training in one go, without a job, gives. */
async function trainInOneGo() {
  const trained = [];
  for (const { options } of plan.experts)
    trained.push({ ...(await trainExpert(data, options)), precision: options.precision });
  const experts = trained.map((one) => quantizeExpert(one.expert, one.precision));
  const split = splitOf(data, plan.router!);
  const ofParts: Expert[][] = [];
  for (let part = 0; part < crossFitParts; part++) {
    const without: Expert[] = [];
    for (const { options } of plan.experts) {
      const course = await expertCourse(data, options, null, part);
      without.push(quantizeExpert((await complete(course)).expert, options.precision));
    }
    ofParts.push(without);
  }
  const crossFit = crossFitOf(data, split, plan.router!.seed);
  const logits = await heldOutLogits(data, split, crossFit, experts, ofParts);
  return [...trained, { ...(await trainRouter(data, { experts, logits }, plan.router!)), precision: 8 }];
}

let inOneGo: ReturnType<typeof trainInOneGo> | undefined;
const expected = () => (inOneGo ??= trainInOneGo());

/** But for how long they took. */
const results = () =>
  Promise.all(
    ids.map(async (id) => {
      const { seconds: _seconds, ...trained } = (await readTrained(folder(), id))!;
      return trained;
    }),
  );

/** Calls `meet` with each request to a worker, before it is sent; true holds it back. */
function onRequest(meet: (worker: Worker, request: TrainRequest) => boolean | void) {
  const original = Worker.prototype.postMessage;
  vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker, message) {
    if (!meet(this, message as TrainRequest)) Reflect.apply(original, this, [message]);
  });
}

/** A turn of the event loop: a thread's answer may have come. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('a training job', () => {
  it('trains in threads what training in one go gives, to the bit', async () => {
    const job = await start();
    const done = await whenFinished(jobs, job.id);
    expect(done.error).toBeNull();
    expect(await results()).toEqual(await expected());

    const result = training.results.get(job.id)!;
    expect(result.experts.map(({ id, precision }) => [id, precision])).toEqual([
      ['ternary', 'ternary'],
      ['float', 32],
      ['ptq', 'static8'],
    ]);
    expect(result.router!.reports.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(result.trainingSeconds).toBeGreaterThan(0);
    expect(training.curves.get(job.id)).toEqual(
      Object.fromEntries([...result.experts, result.router!].map(({ id, reports }) => [id, reports])),
    );
    expect((await readdir(folder())).filter((name) => /checkpoint|new/.test(name))).toEqual([]);
  });

  it('goes on after its thread crashed, and gives the same to the bit', async () => {
    let runs = 0;
    let crashes = 0;
    onRequest((worker, { type }) => {
      if (type !== 'run' || ++runs % 4 !== 0 || crashes === 2) return false;
      crashes++;
      void worker.terminate();
      return true;
    });
    const job = await start();
    expect((await whenFinished(jobs, job.id)).error).toBeNull();
    expect(crashes).toBe(2);
    vi.restoreAllMocks();
    expect(await results()).toEqual(await expected());
  });

  it('fails when its thread keeps crashing, and can then be resumed', async () => {
    onRequest((worker, { type }) => {
      if (type !== 'run') return false;
      void worker.terminate();
      return true;
    });
    const job = await start();
    expect((await whenFinished(jobs, job.id)).error?.code).toBe('INTERNAL');
    vi.restoreAllMocks();
    jobs.resume(job.id);
    expect((await whenFinished(jobs, job.id)).state).toBe('done');
    expect(await results()).toEqual(await expected());
  });

  it('is taken up by the next lab from its checkpoints, and gives the same to the bit', async () => {
    // A checkpoint after every moment of training; the lab dies once a course has gone some way.
    const clock = performance.now.bind(performance);
    let shift = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => clock() + shift);
    let kept = 0;
    const died = new Promise<void>((resolve, reject) => {
      onRequest((_, { type }) => {
        if (type === 'run') shift += 30_000;
        if (type === 'keep' && ++kept === 3) jobs.close().then(resolve, reject);
      });
    });
    const job = await start();
    await died;
    vi.restoreAllMocks();
    const begun = (await readdir(folder())).filter((name) => name.endsWith('.checkpoint'));
    const checkpoints = await Promise.all(
      begun.map((name) => readCheckpoint(folder(), name.replace('.checkpoint', ''))),
    );
    const before = checkpoints.reduce((sum, kept) => sum + kept!.seconds, 0);
    expect(before).toBeGreaterThan(0);

    await openLab();
    expect(jobs.get(job.id).state).toBe('paused');
    jobs.resume(job.id);
    expect((await whenFinished(jobs, job.id)).error).toBeNull();
    expect(await results()).toEqual(await expected());
    expect(training.results.get(job.id)!.trainingSeconds).toBeGreaterThan(before);
  });

  it('stops while it is paused, goes on when resumed, and trains no more once it is cancelled', async () => {
    let asked = 0;
    let answered = 0;
    let meet = (_runs: number): void => undefined;
    let runs = 0;
    /** Resolves when threads have been asked to train `more` times. */
    const trains = (more: number) => {
      const goal = runs + more;
      return new Promise<void>((resolve) => (meet = (now) => now === goal && resolve()));
    };
    onRequest((worker, { type }) => {
      asked++;
      worker.once('message', () => answered++);
      if (type === 'run') meet(++runs);
    });
    const training = trains(1);
    const job = await start();
    await training;
    jobs.pause(job.id);
    const before = runs;
    while (answered < asked) await settled();
    await settled();
    expect(runs).toBe(before);
    const again = trains(3);
    jobs.resume(job.id);
    await again;
    jobs.cancel(job.id);
    expect((await whenFinished(jobs, job.id)).state).toBe('cancelled');
    expect(await readTrained(folder(), 'router')).toBeNull();
  });

  it('trains the float reference once for every calibration of it', () => {
    const calibrated = (['min-max', 'percentile', 'mse'] as const).map((calibration) =>
      expert(calibration, { precision: 'static8', calibration }),
    );
    const units = unitsOf({
      ...plan,
      experts: [...plan.experts, ...calibrated, expert('wide', { hidden: [20] })],
    });
    expect(units.map(({ experts }) => experts.map(({ id }) => id))).toEqual([
      ['ternary'],
      ['float', 'ptq', 'min-max', 'percentile', 'mse'],
      ['wide'],
    ]);
  });

  it.each<[string, TrainPlan]>([
    ['no expert', { ...plan, experts: [] }],
    ['an id that is no file name', { ...plan, experts: [expert('../up', {})] }],
    ['an id twice', { ...plan, experts: [plan.experts[0]!, plan.experts[0]!] }],
    ['the router’s id', { ...plan, experts: [expert('router', {})] }],
  ])('is refused with %s', async (_, wrong) => {
    await expect(start(wrong)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('is refused with data that cannot be learned from, before it starts', async () => {
    const broken = { ...data, labels: data.labels.slice(1) };
    await expect(training.start(folder(), broken, plan)).rejects.toMatchObject({
      code: 'TRAINING_FAILED',
    });
    expect(jobs.page(1)).toEqual([]);
  });

  it('fails where a file of its folder is damaged', async () => {
    const job = await start();
    const bytes = await readFile(join(folder(), 'data'));
    bytes[bytes.length >> 1]! ^= 1;
    await writeFile(join(folder(), 'data'), bytes);
    expect((await whenFinished(jobs, job.id)).error?.code).toBe('TRAINING_FAILED');
  });
});
