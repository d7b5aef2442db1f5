import { mkdir, readFile, stat, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClassifyResult, Job } from '../../contract/types.ts';
import { AllowedPaths } from '../../recordings/allowed-paths.ts';
import { noise, scratchFolder, tone, wavBytes } from '../../recordings/testing.ts';
import { Jobs } from '../jobs.ts';
import { MemoryJobStore, whenFinished } from '../testing.ts';
import { Classification } from './classification.ts';
import { openStore, type Store } from '../../store/open-store.ts';
import { resultStore } from '../../store/result-store.ts';
import { usualSettings } from './contract/settings.ts';
import type { ResultStore } from './result-store.ts';
import { testBank, testModel } from './testing.ts';
import type { WorkerRequest } from './worker-messages.ts';

const fixture = (name: string) =>
  fileURLToPath(new URL(`../../../test/fixtures/audio/${name}`, import.meta.url));
const model = testModel();
const original = Worker.prototype.postMessage;

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let store: MemoryJobStore;
let kept: Store;
let results: ResultStore;
let jobs: Jobs;
let classification: Classification;

/** A lab with the stores that the one before left behind. */
async function openRooms(bankModel: Uint8Array = model): Promise<void> {
  jobs = await Jobs.open(store);
  const files = new AllowedPaths([scratch.folder]);
  classification = new Classification({ jobs, results, bank: testBank(bankModel), files });
}

beforeAll(async () => {
  scratch = await scratchFolder();
  kept = await openStore(join(scratch.folder, 'lab.duckdb'));
  const folder = join(scratch.folder, 'card');
  await mkdir(join(folder, 'B'), { recursive: true });
  await scratch.write('card/A.WAV', wavBytes([noise(40_000), noise(40_000, 2)], { sampleRate: 192_000 }));
  await scratch.write('card/long.WAV', wavBytes([noise(16_000 * 12), noise(16_000 * 12, 2)]));
  await scratch.write(
    'card/B/wide.wav',
    wavBytes([tone(2, 192_000, 3_000), tone(2, 192_000, 900)], { sampleRate: 192_000 }),
  );
  await scratch.write('card/B/tone.flac', await readFile(fixture('mono-16k.flac')));
  await scratch.write('card/B/tone.ogg', await readFile(fixture('mono-16k.ogg')));
  await symlink(fixture('mono-16k.ogg'), join(folder, 'B', 'outside.ogg'));
  await symlink(join(folder, 'B', 'tone.ogg'), join(folder, 'B', 'zz-again.ogg'));
  await symlink(join(folder, 'B'), join(folder, 'B', 'round'));
  await scratch.write('card/empty.wav', '');
  await scratch.write('card/notes.wav', 'Site notes: rain until noon.');
  await scratch.write('card/notes.txt', 'Not looked at.');
  await scratch.write('card/cut.wav', wavBytes([noise(32_000)]).subarray(0, 50_000));
  await scratch.write('card/._A.WAV', 'A shadow file, left out.');
});
afterAll(async () => {
  await kept.close();
  await scratch.remove();
});
beforeEach(async () => {
  store = new MemoryJobStore();
  results = resultStore(kept);
  await openRooms();
});

const names = (paths: string[]) => paths.map((path) => basename(path));

/** Resolves at the job's first change that fits, and rejects when it ends before. */
const whenJob = (jobId: string, fits: (job: Job) => boolean) =>
  new Promise<void>((resolve, reject) => {
    const unsubscribe = jobs.onChange((job) => {
      if (job.id !== jobId) return;
      if (fits(job)) resolve();
      else if (job.finishedMs !== null) reject(new Error(job.error?.message ?? `the job is ${job.state}`));
      else return;
      unsubscribe();
    });
  });

/** Ends the worker's thread from inside when it is asked to open a recording and `now()` says so. */
function whenCrashing(now: () => boolean) {
  const post = vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker, message) {
    const request = message as WorkerRequest;
    if (request.type === 'open' && now()) void this.terminate();
    else Reflect.apply(original, this, [message]);
  });
  return { stop: () => post.mockRestore() };
}

/** Counts what threads are asked; resolves once all of it is answered and no more is asked. */
function watchThreads() {
  let open = 0;
  const post = vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker, message) {
    open++;
    this.once('message', () => open--);
    Reflect.apply(original, this, [message]);
  });
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    async idle() {
      do await turn();
      while (open > 0);
      await turn();
    },
    stop: () => post.mockRestore(),
  };
}

describe('classifying a folder', () => {
  it('finds every recording, and names what it could not use', async () => {
    const { id } = classification.start([join(scratch.folder, 'card')], 'test', usualSettings);
    const job = await whenFinished(jobs, id);
    expect(job).toMatchObject({ state: 'done', progress: 1, error: null });
    const result = job.result as ClassifyResult;
    const all = await classification.files(id, { limit: 1000 });
    const files = all.filter(({ state }) => state === 'classified');
    // The link out of the allowed folders is not among them.
    expect(names(files.map(({ path }) => path))).toEqual([
      'tone.flac',
      'tone.ogg',
      'wide.wav',
      'cut.wav',
      'long.WAV',
    ]);
    const failed = await classification.files(id, { states: ['failed'], limit: 1000 });
    expect(Object.fromEntries(failed.map(({ path, error }) => [basename(path), error?.code]))).toEqual({
      'A.WAV': 'FILE_TOO_SHORT',
      'empty.wav': 'FILE_EMPTY',
      'notes.wav': 'FILE_NOT_AUDIO',
    });
    const damage = files.filter((file) => file.notes.length > 0);
    expect(names(damage.map(({ path }) => path))).toEqual(['cut.wav']);
    expect(damage[0]!.notes[0]!.text).toContain('cut.wav');
    expect(result).toMatchObject({
      kind: 'classify',
      files: 5,
      failed: 3,
      windows: files.reduce((sum, file) => sum + file.windows, 0),
    });
    expect(result.audioSeconds).toBeCloseTo(1.5 + 4 + 2 + 12 + (50_000 - 44) / 32_000, 6);
    expect(result.wallSeconds).toBeGreaterThan(0);
    const wide = files.find(({ path }) => path.endsWith('wide.wav'))!;
    expect(wide).toMatchObject({ sampleRate: 192_000, channels: 2, seconds: 2, windows: 3 });
    expect(['curlew', 'rain', 'saw'][wide.classIndex!]).toBe(wide.label);
    const detections = await classification.detections(id, { limit: 1000 });
    expect(detections.length).toBeGreaterThan(0);
    for (const { startS, endS, confidence, fileId } of detections) {
      expect(endS - startS).toBeGreaterThanOrEqual(0.975 - 1e-9);
      expect(confidence).toBeGreaterThanOrEqual(0.5);
      expect(confidence).toBeLessThanOrEqual(1);
      expect(await classification.detections(id, { fileId, limit: 1000 })).toEqual(
        detections.filter((one) => one.fileId === fileId),
      );
    }
  });

  it('without any recording fails with FOLDER_EMPTY', async () => {
    const folder = join(scratch.folder, 'bare');
    await mkdir(folder, { recursive: true });
    const { id } = classification.start([folder], 'test', usualSettings);
    expect(await whenFinished(jobs, id)).toMatchObject({ state: 'failed', error: { code: 'FOLDER_EMPTY' } });
  });

  it('with an expert that the bank does not have is refused at once', () => {
    expect(() => classification.start([scratch.folder], 'none', usualSettings)).toThrow(
      expect.objectContaining({ code: 'EXPERT_NOT_FOUND' }),
    );
  });

  it('with a graph that does not load fails, and does not hang', async () => {
    await openRooms(Uint8Array.of(1, 2, 3));
    const { id } = classification.start([join(scratch.folder, 'card')], 'test', usualSettings);
    expect(await whenFinished(jobs, id)).toMatchObject({ state: 'failed', error: { code: 'INTERNAL' } });
  });
});

describe('an interrupted classification', () => {
  /** Two minutes: four batches of windows. */
  const longRecording = () => {
    const samples = noise(16_000 * 120).map((sample, i) => sample * Math.sin(i / 100_000) ** 2);
    return scratch.write('long.wav', wavBytes([samples]));
  };
  const withoutJob = <T extends { jobId: string }>(rows: T[]) => rows.map((row) => ({ ...row, jobId: '' }));

  it('that is cancelled stops and keeps nothing of the recording under way', async () => {
    const path = await longRecording();
    const { id } = classification.start([path], 'test', usualSettings);
    await whenJob(id, (job) => job.state === 'running' && job.progress === 0);
    jobs.cancel(id);
    await jobs.close();
    expect(jobs.get(id).state).toBe('cancelled');
    expect(await results.files(id, { limit: 1000 })).toEqual([]);
  });

  it('that is paused goes on and gives what an uninterrupted one gives', async () => {
    const path = await longRecording();
    const straight = classification.start([path], 'test', usualSettings).id;
    await whenFinished(jobs, straight);
    const threads = watchThreads();
    const { id } = classification.start([path], 'test', usualSettings);
    await whenJob(id, (job) => job.state === 'running' && job.progress === 0);
    jobs.pause(id);
    await threads.idle();
    threads.stop();
    expect(await results.files(id, { limit: 1000 })).toEqual([]);
    jobs.resume(id);
    await whenFinished(jobs, id);
    expect(withoutJob(await results.files(id, { limit: 1000 }))).toEqual(
      withoutJob(await results.files(straight, { limit: 1000 })),
    );
    expect(withoutJob(await results.detections(id, { limit: 1000 }))).toEqual(
      withoutJob(await results.detections(straight, { limit: 1000 })),
    );
  });

  it('that a dead lab left behind goes on without the files already done', async () => {
    const puts: string[] = [];
    const closed = new Promise<void>((resolve, reject) => {
      const keep = results.keep.bind(results);
      results.keep = async (jobId, found) => {
        await keep(jobId, found);
        puts.push(...found.map(({ file }) => file.path));
        if (puts.length === 3) jobs.close().then(resolve, reject);
      };
    });
    const { id } = classification.start([join(scratch.folder, 'card')], 'test', usualSettings);
    await closed;
    expect(puts).toHaveLength(3);
    await openRooms();
    expect(jobs.get(id)).toMatchObject({ state: 'paused' });
    jobs.resume(id);
    const job = await whenFinished(jobs, id);
    expect(job.result).toMatchObject({ files: 5, failed: 3 });
    expect(new Set(puts).size).toBe(8);
    expect(puts).toHaveLength(8);
  });

  it.each([false, true])(
    'takes a recording up at its last window, unless it has changed since (%s)',
    async (changed) => {
      const id = `killed ${changed}`;
      const path = await scratch.write('minute.wav', wavBytes([noise(16_000 * 60)]));
      const straight = classification.start([path], 'test', usualSettings).id;
      const made = await whenFinished(jobs, straight);
      await jobs.close();
      const { mtimeMs, size } = await stat(path);
      // As a killed lab leaves it: half of the windows done, marked here by a class that they do not have.
      store.jobs.set(id, {
        record: {
          job: { ...made, id, state: 'running', result: null },
          params: { paths: [path], modelId: 'test', settings: usualSettings },
        },
        checkpoint: {
          failed: [],
          wallSeconds: 5,
          part: {
            path,
            bytes: size,
            modifiedMs: changed ? mtimeMs - 1 : mtimeMs,
            trace: {
              sums: [0, 0, 60],
              topClasses: Buffer.alloc(60, 2).toString('base64'),
              topProbabilities: Buffer.from(new Float32Array(60).fill(0.75).buffer).toString('base64'),
            },
          },
        },
      });
      await openRooms();
      jobs.resume(id);
      const job = await whenFinished(jobs, id);
      expect(job.result).toMatchObject({ windows: (made.result as ClassifyResult).windows });
      const taken = withoutJob(await results.detections(id, { limit: 1000 }));
      const whole = withoutJob(await results.detections(straight, { limit: 1000 }));
      if (changed) {
        expect(taken).toEqual(whole);
      } else {
        expect(taken[0]).toMatchObject({
          startS: 0,
          endS: 59 * 0.48 + 0.975,
          label: 'saw',
          confidence: 0.75,
        });
        expect(taken[1]).toMatchObject({
          startS: 28.8,
          endS: whole.at(-1)!.endS,
          label: whole.at(-1)!.label,
        });
        expect((job.result as ClassifyResult).wallSeconds).toBeGreaterThan(5);
      }
    },
  );

  it('whose worker crashes leaves the recording out and goes on; one that keeps crashing fails', async () => {
    for (const crashes of [1, 3]) {
      await openRooms();
      let left = crashes;
      const crash = whenCrashing(() => left-- > 0);
      const { id } = classification.start([join(scratch.folder, 'card', 'B')], 'test', usualSettings);
      const job = await whenFinished(jobs, id);
      crash.stop();
      if (crashes === 1) {
        expect(job).toMatchObject({ state: 'done', result: { files: 2, failed: 1 } });
      } else {
        expect(job).toMatchObject({ state: 'failed', error: { code: 'INTERNAL' } });
      }
    }
  });
});
