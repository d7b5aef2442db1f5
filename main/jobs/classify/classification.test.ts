import { mkdir, readFile, symlink, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClassifyResult, Job } from '../../contract/types.ts';
import { AllowedPaths } from '../../recordings/allowed-paths.ts';
import { noise, scratchFolder, tone, wavBytes } from '../../recordings/testing.ts';
import { Jobs } from '../jobs.ts';
import { MemoryJobStore, whenFinished } from '../testing.ts';
import { Classification } from './classification.ts';
import { MemoryResultStore, testBank, testModel } from './testing.ts';

const fixture = (name: string) =>
  fileURLToPath(new URL(`../../../test/fixtures/audio/${name}`, import.meta.url));
const model = testModel();

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let store: MemoryJobStore;
let results: MemoryResultStore;
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
  await scratch.write('card/empty.wav', '');
  await scratch.write('card/notes.wav', 'Site notes: rain until noon.');
  await scratch.write('card/notes.txt', 'Not looked at.');
  await scratch.write('card/cut.wav', wavBytes([noise(32_000)]).subarray(0, 50_000));
  await scratch.write('card/._A.WAV', 'A shadow file, left out.');
});
afterAll(() => scratch.remove());
beforeEach(async () => {
  store = new MemoryJobStore();
  results = new MemoryResultStore();
  await openRooms();
});

const names = (paths: string[]) => paths.map((path) => basename(path));

/** Resolves with the job at its first change that fits. */
const whenJob = (jobId: string, fits: (job: Job) => boolean) =>
  new Promise<Job>((resolve) => {
    const unsubscribe = jobs.onChange((job) => {
      if (job.id !== jobId || !fits(job)) return;
      unsubscribe();
      resolve(job);
    });
  });

describe('classifying a folder', { timeout: 60_000 }, () => {
  it('finds every recording, and names what it could not use', async () => {
    const { id } = classification.start([join(scratch.folder, 'card')], 'test');
    const job = await whenFinished(jobs, id);
    expect(job).toMatchObject({ state: 'done', progress: 1, error: null });
    const result = job.result as ClassifyResult;
    const files = await classification.files(id);
    expect(names(files.map(({ path }) => path))).toEqual([
      'tone.flac',
      'tone.ogg',
      'wide.wav',
      'cut.wav',
      'long.WAV',
    ]);
    expect(Object.fromEntries(result.failed.map(({ path, code }) => [basename(path), code]))).toEqual({
      'A.WAV': 'FILE_TOO_SHORT',
      'empty.wav': 'FILE_EMPTY',
      'notes.wav': 'FILE_NOT_AUDIO',
      'cut.wav': 'FILE_DAMAGED',
    });
    expect(result).toMatchObject({
      kind: 'classify',
      files: 5,
      windows: files.reduce((sum, file) => sum + file.windows, 0),
    });
    expect(result.audioSeconds).toBeCloseTo(1.5 + 4 + 2 + 12 + (50_000 - 44) / 32_000, 6);
    expect(result.wallSeconds).toBeGreaterThan(0);
    const wide = files.find(({ path }) => path.endsWith('wide.wav'))!;
    expect(wide).toMatchObject({ sampleRate: 192_000, channels: 2, seconds: 2, windows: 3 });
    expect(['curlew', 'rain', 'saw'][wide.classIndex]).toBe(wide.label);
    for (const detection of await classification.detections(id)) {
      expect(detection.endS - detection.startS).toBeGreaterThanOrEqual(0.975 - 1e-9);
      expect(detection.confidence).toBeGreaterThanOrEqual(0.5);
      expect(detection.confidence).toBeLessThanOrEqual(1);
    }
  });

  it('tells one file’s detections apart', async () => {
    const { id } = classification.start([join(scratch.folder, 'card')], 'test');
    await whenFinished(jobs, id);
    const [file] = await classification.files(id);
    const own = await classification.detections(id, file!.path);
    expect(own.every(({ path }) => path === file!.path)).toBe(true);
    expect(own).toEqual((await classification.detections(id)).filter(({ path }) => path === file!.path));
  });

  it('without any recording fails with FOLDER_EMPTY', async () => {
    const folder = join(scratch.folder, 'bare');
    await mkdir(folder, { recursive: true });
    const { id } = classification.start([folder], 'test');
    expect(await whenFinished(jobs, id)).toMatchObject({ state: 'failed', error: { code: 'FOLDER_EMPTY' } });
  });

  it('does not follow links out of the allowed folders', async () => {
    const folder = join(scratch.folder, 'links');
    await mkdir(folder, { recursive: true });
    await symlink(fixture('mono-16k.ogg'), join(folder, 'outside.ogg')).catch(() => undefined);
    await symlink(join(scratch.folder, 'card', 'B', 'tone.ogg'), join(folder, 'inside.ogg')).catch(
      () => undefined,
    );
    const { id } = classification.start([folder], 'test');
    await whenFinished(jobs, id);
    expect(names((await classification.files(id)).map(({ path }) => path))).toEqual(['inside.ogg']);
  });

  it('with an expert that the bank does not have is refused at once', () => {
    expect(() => classification.start([scratch.folder], 'none')).toThrow(
      expect.objectContaining({ code: 'EXPERT_NOT_FOUND' }),
    );
  });

  it('with a graph that does not load fails, and does not hang', async () => {
    await openRooms(Uint8Array.of(1, 2, 3));
    const { id } = classification.start([join(scratch.folder, 'card')], 'test');
    expect(await whenFinished(jobs, id)).toMatchObject({ state: 'failed', error: { code: 'INTERNAL' } });
  });
});

describe('an interrupted classification', { timeout: 60_000 }, () => {
  /** Half an hour, so that it is surely under way when it is stopped. */
  const longRecording = async () => {
    const quiet = new Float32Array(16_000 * 1_800);
    quiet.set(noise(16_000 * 30), 16_000 * 900);
    return scratch.write('half-hour.wav', wavBytes([quiet]));
  };

  it('that is cancelled stops at once and keeps nothing of the recording under way', async () => {
    const path = await longRecording();
    const { id } = classification.start([path], 'test');
    await whenJob(id, (job) => (job.progress ?? 0) > 0);
    jobs.cancel(id);
    await jobs.close();
    expect(jobs.get(id).state).toBe('cancelled');
    expect(await results.files(id)).toEqual([]);
  });

  it('that is paused goes on and gives what an uninterrupted one gives', async () => {
    const path = await longRecording();
    const straight = classification.start([path], 'test').id;
    await whenFinished(jobs, straight);
    const { id } = classification.start([path], 'test');
    await whenJob(id, (job) => (job.progress ?? 0) > 0.1);
    jobs.pause(id);
    jobs.resume(id);
    await whenFinished(jobs, id);
    const strip = <T extends { jobId: string }>(rows: T[]) => rows.map((row) => ({ ...row, jobId: '' }));
    expect(strip(await results.files(id))).toEqual(strip(await results.files(straight)));
    expect(strip(await results.detections(id))).toEqual(strip(await results.detections(straight)));
  });

  it('that a dead lab left behind goes on without the files already done', async () => {
    const { id } = classification.start([join(scratch.folder, 'card')], 'test');
    await whenJob(id, (job) => (job.progress ?? 0) > 0.5);
    await jobs.close();
    const before = results.puts.length;
    await openRooms();
    expect(jobs.get(id)).toMatchObject({ state: 'paused' });
    jobs.resume(id);
    const job = await whenFinished(jobs, id);
    expect(job.result).toMatchObject({ files: 5 });
    expect((job.result as ClassifyResult).failed).toHaveLength(4);
    expect(before).toBeGreaterThan(0);
    expect(new Set(results.puts).size).toBe(results.puts.length);
  });

  it('takes a long recording up at its last window, unless the file has changed since', async () => {
    const path = await longRecording();
    const straight = classification.start([path], 'test').id;
    await whenFinished(jobs, straight);
    for (const changed of [false, true]) {
      const { id } = classification.start([path], 'test');
      await whenJob(id, (job) => (job.progress ?? 0) > 0.2);
      jobs.pause(id);
      await jobs.close();
      // What the checkpoint every few seconds keeps, made small: the first 100 windows, with a class of their own.
      const kept = store.jobs.get(id)!;
      const { mtimeMs, size } = await (await import('node:fs/promises')).stat(path);
      kept.checkpoint = {
        failed: [],
        wallSeconds: 5,
        part: {
          path,
          bytes: size,
          modifiedMs: mtimeMs,
          trace: {
            sums: [0, 0, 1e6],
            topClasses: Buffer.alloc(100, 2).toString('base64'),
            topProbabilities: Buffer.from(new Float32Array(100).fill(0.9).buffer).toString('base64'),
          },
        },
      };
      if (changed) await utimes(path, new Date(), new Date(mtimeMs + 10_000));
      await openRooms();
      jobs.resume(id);
      const job = await whenFinished(jobs, id);
      expect(job.state).toBe('done');
      const [file] = await results.files(id);
      const [reference] = await results.files(straight);
      expect(file!.windows).toBe(reference!.windows);
      expect(file!.label === 'saw' && file!.probability > 100).toBe(!changed);
      const first = (await results.detections(id))[0]!;
      if (!changed) expect(first).toMatchObject({ startS: 0, label: 'saw' });
    }
  });
});
