import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  dutModel,
  startDut,
  type DutProcess,
} from '../../devices/drivers/mlperf-tiny/testing/dut-process.ts';
import { dutPort, type DutScript } from '../../devices/drivers/mlperf-tiny/testing/scripted-dut.ts';
import type { Port } from '../../devices/drivers/port.ts';
import { ppk2Port } from '../../devices/drivers/ppk2/testing/scripted-port.ts';
import { readingOf } from '../../devices/drivers/ppk2/testing/scripted-ppk2.ts';
import { serialPort } from '../../devices/drivers/serial-port.ts';
import { realClock } from '../../devices/protocol/clock.ts';
import type { Background } from '../background/background.ts';
import type { Job, TinyRecord } from '../contract/types.ts';
import { Captures } from '../instruments/captures.ts';
import { captureQueries } from '../instruments/queries.ts';
import { Jobs } from '../jobs/jobs.ts';
import { MemoryJobStore, whenFinished } from '../jobs/testing.ts';
import { TinyBenchmarks } from './benchmarks.ts';
import type { TinyWish } from './benchmark-job.ts';
import type { TinyLengths } from './contract/results.ts';
import { KitMeter } from './kit-meter.ts';
import type { Meter } from './meter.ts';
import { TinyRecords } from './records.ts';
import { tinyReference } from './reference.ts';

/** Far shorter than the benchmark’s, which nobody waits for in a test. */
const short: TinyLengths = { runs: 2, leastSeconds: 0.2, leastInferences: 1, warmUps: 0 };

let folder: string;
let inputs: string;
let running: DutProcess | null = null;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-tiny-'));
  inputs = join(folder, 'inputs');
  await mkdir(inputs);
});
afterEach(async () => {
  await running?.close();
  running = null;
  await rm(folder, { recursive: true, force: true });
});

/** What the lab's threads do, here. */
const background = {
  run: (name: string, ...given: unknown[]) =>
    (({ ...captureQueries, tinyReference }) as unknown as Record<string, (...all: unknown[]) => unknown>)[
      name
    ]!(...given),
} as unknown as Pick<Background, 'run'>;

interface Lab {
  jobs: Jobs;
  store: MemoryJobStore;
  start(wish: Partial<TinyWish>): Job;
  /** Once it has ended, with what it found. */
  done(wish: Partial<TinyWish>): Promise<{ job: Job; record: TinyRecord }>;
  records: TinyRecords;
}

async function labAt(
  portAt: () => Port,
  meter: Meter | null = null,
  store = new MemoryJobStore(),
): Promise<Lab> {
  const jobs = await Jobs.open(store);
  const records = new TinyRecords(join(folder, 'benchmarks'));
  const benchmarks = new TinyBenchmarks(jobs, {
    ...{ lengths: short, portAt, background, clock: realClock, wallMs: Date.now },
    keep: (record) => records.write(record),
    meterOf: async () => meter!,
  });
  const start = (wish: Partial<TinyWish>) =>
    benchmarks.start({
      ...{ benchmark: 'performance', portId: 'here', folder: inputs, reference: null, meter: null, ...wish },
    });
  return {
    ...{ jobs, store, records, start },
    async done(wish) {
      const job = await whenFinished(jobs, start(wish).id);
      if (job.state !== 'done') throw new Error(`${job.error?.code}: ${job.error?.message}`);
      return { job, record: await records.read(job.id) };
    },
  };
}

const scripted = (script: DutScript) => labAt(() => dutPort(script).port);

/** Sounds of 8 bits, one window each: what the process's model hears. */
async function sounds(many: number): Promise<void> {
  const rows = Array.from({ length: many }, async (_, input) => {
    const noise = Int8Array.from({ length: dutModel.inputBytes }, (_one, at) =>
      Math.round(60 * Math.sin(at * at * 1e-6 * (input + 1)) + 40 * Math.sin(at * (0.02 + 0.11 * input))),
    );
    await writeFile(join(inputs, `${input}.bin`), noise);
    return `${input}.bin,10,${input % 10}\n`;
  });
  await writeFile(join(inputs, 'y_labels.csv'), (await Promise.all(rows)).join(''));
}

test('performance is the median of runs that are long enough, by the device’s own clock', async () => {
  await writeFile(join(inputs, 'a.bin'), 'one');
  await writeFile(join(inputs, 'b.bin'), 'two');
  const { job, record } = await (await scripted({ microseconds: 2000 })).done({});
  expect(record).toMatchObject({ benchmark: 'performance', lengths: short, meter: null, answers: [] });
  expect(record.runs.map(({ input }) => input)).toEqual(['a.bin', 'b.bin']);
  for (const { seconds, inferences } of record.runs) {
    expect(seconds).toBeGreaterThanOrEqual(0.2);
    expect(seconds / inferences).toBeCloseTo(2e-3, 9);
  }
  expect(job.result).toMatchObject({ kind: 'tiny', perSecond: 500, joulesEach: null, simulated: false });
});

test.each<[string, DutScript, Partial<TinyWish>, string]>([
  ['was built for energy', { mode: 'energy' }, {}, 'BOARD_FIRMWARE'],
  ['was built for performance', {}, { benchmark: 'energy' }, 'BOARD_FIRMWARE'],
  ['keeps other bytes', { says: { 'db print': 'm-buffer-00\r\nm-ready\r\n' } }, {}, 'BOARD_BAD_REPLY'],
  ['says nothing', { says: { name: '' } }, { baudRate: 9600 }, 'BOARD_SILENT'],
])('a device that %s ends it with that', async (_what, script, wish, code) => {
  await writeFile(join(inputs, 'a.bin'), 'one');
  const lab = await scripted(script);
  const job = await whenFinished(lab.jobs, lab.start(wish).id);
  expect(job).toMatchObject({ state: 'failed', error: { code } });
});

test('accuracy is of every labelled input; one that cannot be used is told of, and the others count', async () => {
  await writeFile(join(inputs, 'y_labels.csv'), 'a.bin,2,1\ngone.bin,2,0\nb.bin,2,0,2,1\n');
  await writeFile(join(inputs, 'a.bin'), 'one');
  await writeFile(join(inputs, 'b.bin'), 'four');
  const { job, record } = await (await scripted({})).done({ benchmark: 'accuracy' });
  expect(record.answers.map(({ results, windows, problem }) => [results, windows, problem?.code])).toEqual([
    [[0.25, 0.75], 1, undefined],
    [null, 0, 'FILE_NOT_FOUND'],
    [[0.25, 0.75], 3, undefined],
  ]);
  expect(record.score!.top1).toMatchObject({ right: 1, of: 2 });
  expect(record.target).toEqual({ measure: 'top1', least: 0.9, met: false });
  expect(job.result).toMatchObject({ top1: 0.5, inputs: 3, failed: 1 });
});

test('one that the lab was closed under goes on with the answers that it has', async () => {
  await writeFile(join(inputs, 'y_labels.csv'), 'a.bin,2,1\nb.bin,2,1\n');
  await writeFile(join(inputs, 'a.bin'), 'one');
  await writeFile(join(inputs, 'b.bin'), 'two');
  // The first is answered, then the device hangs: as if the lab were closed while it waits.
  const { port, peer } = dutPort({});
  const hangs: Port = {
    ...port,
    async open() {
      const stream = await port.open();
      return {
        ...stream,
        async write(bytes) {
          const infers = peer.told.filter((one) => one.startsWith('infer')).length;
          if (infers === 0) await stream.write(bytes);
        },
      };
    },
  };
  const first = await labAt(() => hangs);
  const { id } = first.start({ benchmark: 'accuracy' });
  await expect
    .poll(() => first.store.jobs.get(id)?.checkpoint)
    .toMatchObject({ answers: [{ input: 'a.bin' }] });
  await first.jobs.close();
  const again = dutPort({});
  const second = await labAt(() => again.port, null, first.store);
  second.jobs.resume(id);
  expect(await whenFinished(second.jobs, id)).toMatchObject({
    state: 'done',
    result: { inputs: 2, failed: 0 },
  });
  expect(again.peer.told.filter((one) => one.startsWith('infer'))).toHaveLength(1);
  const other = await second.records.holdings({ id });
  expect(other.goes).toHaveLength(1);
});

test('answers of the process that computes are those of its reference graph, to what it prints', async () => {
  await sounds(12);
  running = await startDut('performance');
  const { path } = running;
  const { record } = await (
    await labAt(() => serialPort(path, { baudRate: 115_200 }))
  ).done({
    benchmark: 'accuracy',
    reference: { path: dutModel.quantized, output: null, type: 'int8', scale: 1 / 128, offset: 0 },
  });
  expect(record.device).toMatchObject({ simulated: true, model: 'esc10' });
  expect(record.answers.every(({ results }) => results?.length === 10)).toBe(true);
  const tops = new Set(record.answers.map(({ results }) => results!.indexOf(Math.max(...results!))));
  expect(tops.size).toBeGreaterThan(1);
  expect(record.agreement).toMatchObject({ sameClass: { right: 12, of: 12 } });
  const largest = record.answers.reduce(
    (most, { reference }) => Math.max(most, ...reference!.map(Math.abs)),
    0,
  );
  // An activation on the edge of two codes makes 1e-3 of the largest of it; the device prints three decimals.
  expect(record.agreement!.largest).toBeLessThan(5e-4 + 2e-2 * largest);
  expect(record.agreement!.score).toEqual(record.score);
});

/** A kit whose first input is the pin of a process, and whose current is higher between two falls of it. */
async function metered(edges: (high: boolean) => boolean) {
  const [idle, busy] = [readingOf(1e-3, 2, 1), readingOf(5e-3, 2, 1)];
  /** Samples for which it is low still. */
  let low = 0;
  let inferring = false;
  let sums: number[] = [];
  running = await startDut('energy', (high) => {
    if (high || !edges(high)) return;
    low = 3;
    inferring = !inferring;
  });
  const { path } = running;
  const { port } = ppk2Port(
    {
      reading() {
        const one = inferring ? busy : idle;
        if (inferring) sums.push(one.amperes);
        return low-- > 0 ? { ...one, logic: 0 } : one;
      },
    },
    realClock,
  );
  const captures = await Captures.open(join(folder, 'captures'), {
    recover: () => Promise.reject(new Error('nothing is to be recovered')),
    changed: () => undefined,
    onProblem: () => undefined,
  });
  const wish = { ports: [port], mode: 'source', millivolts: 3000, pin: 0 } as const;
  const meter = new KitMeter({ captures, background, clock: realClock }, wish);
  const lab = await labAt(() => serialPort(path, { baudRate: 9600 }), meter);
  return { lab, captures, busy, sums: () => sums, forget: () => void (sums = []) };
}

test('energy is what the kit measures between the pin’s last two falls, an inference, and its captures are kept', async () => {
  await sounds(2);
  // The process marks its start, too, before anything is measured.
  let marks = 0;
  const { lab, captures, busy } = await metered(() => ++marks > 2);
  const { job, record } = await lab.done({
    benchmark: 'energy',
    meter: { mode: 'source', millivolts: 3000, pin: 0 },
  });
  expect(record.meter).toEqual({ name: 'Power Profiler Kit 2', volts: 3 });
  expect(record.runs).toHaveLength(2);
  for (const { seconds, energy } of record.runs) {
    expect(seconds).toBeGreaterThanOrEqual(0.2);
    // Right behind a change of current the maker’s filter tells averages of three samples.
    expect(energy!.joules / (3 * busy.amperes * seconds)).toBeCloseTo(1, 2);
    expect(energy!.lost).toBe(0);
  }
  const each = record.runs.map(({ energy, inferences }) => energy!.joules / inferences);
  expect(job.result).toMatchObject({ joulesEach: (each[0]! + each[1]!) / 2, simulated: true });
  // Those that were too short are gone.
  expect(
    captures
      .list()
      .map(({ id }) => id)
      .sort(),
  ).toEqual(record.runs.map(({ energy }) => energy!.captureId!).sort());
});

test('a pin that the kit does not see falling twice is told of, and why that may be', async () => {
  await sounds(1);
  const { lab } = await metered(() => false);
  const job = await whenFinished(
    lab.jobs,
    lab.start({ benchmark: 'energy', meter: { mode: 'source', millivolts: 3000, pin: 0 } }).id,
  );
  expect(job.error).toMatchObject({
    code: 'BOARD_BAD_REPLY',
    message: expect.stringMatching(/fell 0 times where two are due.*20 µs/),
  });
});
