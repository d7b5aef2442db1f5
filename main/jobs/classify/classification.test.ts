import { createHash } from 'node:crypto';
import { appendFileSync, truncateSync, utimesSync } from 'node:fs';
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClassifyResult, ClassifySettings, Job } from '../../contract/types.ts';
import { AllowedPaths } from '../../recordings/allowed-paths.ts';
import { audioFixture, noise, scratchFolder, tone, wavBytes } from '../../recordings/testing.ts';
import { CurlewError } from '../../contract/error.ts';
import { Jobs } from '../jobs.ts';
import { MemoryJobStore, whenFinished } from '../testing.ts';
import { Classification, type ClassificationRooms } from './classification.ts';
import { openStore, type Store } from '../../store/open-store.ts';
import { detectionStore } from '../../store/detections/detection-store.ts';
import { resultStore } from '../../store/result-store.ts';
import { usualSettings } from './contract/settings.ts';
import type { ResultStore } from './result-store.ts';
import { noModels, testBank, testModel } from './testing.ts';
import type { Span } from './spans.ts';
import type { WorkerRequest } from './worker-messages.ts';

const model = testModel();
const provenance = (jobId: string) => detectionStore(kept).provenance(jobId);
const program = { version: '1.2.3', commit: 'abc' };
const original = Worker.prototype.postMessage;

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let store: MemoryJobStore;
let kept: Store;
let results: ResultStore;
let jobs: Jobs;
let classification: Classification;

/** A lab with the stores that the one before left behind. */
async function openRooms(
  bankModel: Uint8Array = model,
  workers = 2,
  nextLook?: ClassificationRooms['nextLook'],
): Promise<void> {
  jobs = await Jobs.open(store);
  const files = new AllowedPaths([scratch.folder]);
  classification = new Classification({
    jobs,
    results,
    bank: testBank(bankModel),
    models: noModels,
    files,
    workers,
    program,
    provenance,
    ...(nextLook && { nextLook }),
  });
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
  await scratch.write('card/B/tone.flac', await readFile(audioFixture('mono-16k.flac')));
  await scratch.write('card/B/tone.ogg', await readFile(audioFixture('mono-16k.ogg')));
  await symlink(audioFixture('mono-16k.ogg'), join(folder, 'B', 'outside.ogg'));
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
    if (request.type === 'hear' && now()) void this.terminate();
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
      'outside.ogg': 'PATH_NOT_ALLOWED',
    });
    // What is known of it is kept: tables of files one behind the other count its length.
    expect(failed.find(({ path }) => path.endsWith('A.WAV'))?.seconds).toBeCloseTo(40_000 / 192_000, 9);
    const damage = files.filter((file) => file.notes.length > 0);
    expect(names(damage.map(({ path }) => path))).toEqual(['cut.wav']);
    expect(damage[0]!.notes[0]!.text).toContain('cut.wav');
    expect(result).toMatchObject({
      kind: 'classify',
      files: 5,
      failed: 4,
      windows: files.reduce((sum, file) => sum + file.windows, 0),
    });
    expect(result.audioSeconds).toBeCloseTo(1.5 + 4 + 2 + 12 + (50_000 - 44) / 32_000, 6);
    expect(result.wallSeconds).toBeGreaterThan(0);
    expect(await classification.provenance(id)).toMatchObject({
      ...program,
      ...{ modelId: 'test', paths: [join(scratch.folder, 'card')], settings: usualSettings, result },
      images: [{ role: 'expert', sha256: createHash('sha256').update(model).digest('hex') }],
    });
    for (const { state, sha256 } of all) if (state !== 'failed') expect(sha256).toMatch(/^[0-9a-f]{64}$/);
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

  it('keeps what is of a format that is not read, by the format, in its place', async () => {
    const folder = join(scratch.folder, 'formats');
    await mkdir(folder);
    for (const name of ['a.wma', 'c.M4A']) await scratch.write(`formats/${name}`, 'bytes');
    const { id: none } = classification.start([folder], 'test', usualSettings);
    const before = await whenFinished(jobs, none);
    expect(before).toMatchObject({ state: 'done', result: { files: 0, failed: 0, leftOut: 2 } });
    await scratch.write('formats/b.wav', wavBytes([noise(20_000)]));
    const { id } = classification.start([folder], 'test', usualSettings);
    const after = await whenFinished(jobs, id);
    expect(after).toMatchObject({ state: 'done', progress: 1, result: { files: 1, failed: 0, leftOut: 2 } });
    expect(await classification.files(id, { limit: 9 })).toMatchObject([
      { path: join(folder, 'a.wma'), state: 'leftOut', format: 'WMA', error: { code: 'FILE_UNSUPPORTED' } },
      { path: join(folder, 'b.wav'), state: 'classified', error: null },
      { path: join(folder, 'c.M4A'), state: 'leftOut', format: 'M4A', error: { code: 'FILE_UNSUPPORTED' } },
    ]);
  });

  it('goes on with what is copied there while it watches, beside other jobs, until it is to finish', async () => {
    const folder = join(scratch.folder, 'watched');
    await mkdir(folder);
    let look = (): void => undefined;
    let tellAsked = (): void => undefined;
    let asked = new Promise<void>((resolve) => (tellAsked = resolve));
    const nextLook = () =>
      new Promise<void>((resolve) => {
        look = resolve;
        tellAsked();
      });
    const turn = async () => {
      await asked;
      asked = new Promise<void>((resolve) => (tellAsked = resolve));
      look();
      await asked;
    };
    await openRooms(model, 2, nextLook);
    const { id, title } = classification.start([folder], 'test', usualSettings, true);
    expect(title).toContain('Watch');
    const whole = wavBytes([noise(20_000)]);
    await asked;
    await scratch.write('watched/a.wav', whole.subarray(0, 9_000));
    await turn();
    await scratch.write('watched/a.wav', whole);
    await turn();
    expect(await classification.files(id, { states: ['waiting', 'classified'], limit: 9 })).toEqual([]);
    await turn();
    const found = () => classification.files(id, { limit: 9 });
    await expect.poll(found, { timeout: 60_000 }).toHaveLength(1);
    // No other job waits for it.
    const beside = classification.start([join(folder, 'a.wav')], 'test', usualSettings);
    expect(await whenFinished(jobs, beside.id)).toMatchObject({ state: 'done', result: { files: 1 } });
    expect(() => classification.finish(beside.id)).toThrow(expect.objectContaining({ code: 'JOB_STATE' }));
    await expect.poll(found).toMatchObject([{ state: 'classified' }]);
    // An hour of waiting for new files is none of work.
    const now = performance.now.bind(performance);
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + 3_600_000);
    classification.finish(id);
    look();
    const done = await whenFinished(jobs, id).finally(() => clock.mockRestore());
    expect(done).toMatchObject({ state: 'done', result: { files: 1, failed: 0 } });
    expect((done.result as ClassifyResult).wallSeconds).toBeLessThan(3600);
    expect(await found()).toMatchObject([
      { path: join(folder, 'a.wav'), seconds: 1.25, state: 'classified' },
    ]);
  });

  it.each([
    ['grows', (path: string) => appendFileSync(path, new Uint8Array(32_000)), ['changed']],
    ['shrinks', (path: string) => truncateSync(path, 44 + 32_000), ['cut-short', 'changed']],
    ['is touched', (path: string) => utimesSync(path, 1, 1), ['changed']],
    ['is whole', () => undefined, []],
  ])(
    'uses what is there of a file that %s when it is its turn, says so, and goes on',
    async (what, change, codes) => {
      const folder = join(scratch.folder, `turn ${what}`);
      await mkdir(folder);
      const path = join(folder, 'a.wav');
      await writeFile(path, wavBytes([noise(64_000)]));
      await writeFile(join(folder, 'b.wav'), wavBytes([noise(20_000, 3)]));
      const post = vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (
        this: Worker,
        message,
      ) {
        const request = message as WorkerRequest;
        if (request.type === 'hear' && request.path === path) change(path);
        Reflect.apply(original, this, [message]);
      });
      const { id } = classification.start([folder], 'test', usualSettings);
      const job = await whenFinished(jobs, id).finally(() => post.mockRestore());
      expect(job).toMatchObject({ state: 'done', result: { files: 2, failed: 0 } });
      const [file, other] = await classification.files(id, { limit: 9 });
      expect(file!.notes.map(({ code }) => code)).toEqual(codes);
      expect(other!.notes).toEqual([]);
      const seconds = { shrinks: 1 }[what] ?? 4;
      expect(file!.seconds).toBeCloseTo(seconds, 6);
      if (what === 'shrinks') expect(file!.notes[1]!.text).toContain('from 128,044 to 32,044 bytes');
      if (what === 'grows') expect(file!.notes[0]!.text).toContain('what was there at first');
    },
  );

  it('that watches ends at once when it is cancelled', async () => {
    const nextLook = (_tookMs: number, signal: AbortSignal) =>
      new Promise<void>((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      );
    await openRooms(model, 2, nextLook);
    const { id } = classification.start([join(scratch.folder, 'card', 'B')], 'test', usualSettings, true);
    await whenJob(id, ({ detail }) => detail.startsWith('watching'));
    jobs.cancel(id);
    expect(await whenFinished(jobs, id)).toMatchObject({ state: 'cancelled' });
  });

  it('with an expert that the bank does not have is refused at once', () => {
    expect(() => classification.start([scratch.folder], 'none', usualSettings)).toThrow(
      expect.objectContaining({ code: 'EXPERT_NOT_FOUND' }),
    );
  });

  it('with an image that is damaged fails, and does not hang', async () => {
    await openRooms(Uint8Array.of(1, 2, 3));
    const { id } = classification.start([join(scratch.folder, 'card')], 'test', usualSettings);
    expect(await whenFinished(jobs, id)).toMatchObject({ state: 'failed', error: { code: 'IMAGE_BAD' } });
  });

  it('tells when and where each was recorded, of copies too, and when each detection begins', async () => {
    const folder = join(scratch.folder, 'sites');
    await mkdir(join(folder, 'Pond'), { recursive: true });
    const sound = wavBytes([[...new Float32Array(48_000), ...noise(40_000)]]);
    await scratch.write('sites/Pond/20260612_040000.WAV', sound);
    await scratch.write('sites/Ridge_20260612_050000.wav', sound);
    const sites = await scratch.write('sites.csv', 'site,latitude,longitude\nPond,53.5,-1.25\nRidge,,\n');
    const settings = { ...usualSettings, threshold: 0, timeZone: 'Europe/Berlin', sites };
    const { id } = classification.start([folder], 'test', settings);
    await whenFinished(jobs, id);
    const startMs = Date.UTC(2026, 5, 12, 2);
    const zone = { offsetMinutes: 120, timeSource: 'file name, time zone as set' };
    expect(await classification.files(id, { limit: 9 })).toMatchObject([
      { state: 'classified', startMs, ...zone, site: 'Pond', latitude: 53.5, longitude: -1.25 },
      { state: 'copy', startMs: startMs + 3_600_000, ...zone, site: 'Ridge', latitude: null },
    ]);
    const detections = await classification.detections(id, { limit: 1000 });
    expect(detections[0]!.startS).toBeGreaterThan(1);
    for (const { atMs, startS } of detections) expect(atMs).toBe(startMs + Math.round(startS * 1000));
  });

  it('is repeated as it was made, and refused where its table or its model is another now', async () => {
    const sites = await scratch.write('again.csv', 'site\nA\n');
    const settings = { ...usualSettings, threshold: 0.25, sites };
    const first = classification.start([join(scratch.folder, 'card', 'B')], 'test', settings);
    const { result } = await whenFinished(jobs, first.id);
    const { finishedMs: _then, startedMs: _before, ...how } = (await classification.provenance(first.id))!;
    expect(how.sitesSha256).toBe(createHash('sha256').update('site\nA\n').digest('hex'));

    const open = (path: string) => Promise.resolve(path);
    const again = await classification.repeat(first.id, null, false, open);
    expect((await whenFinished(jobs, again.id)).result).toMatchObject({
      ...result,
      wallSeconds: expect.any(Number) as number,
    });
    const { finishedMs: _now, startedMs: _begun, ...repeated } = (await classification.provenance(again.id))!;
    expect({ ...repeated, result: null }).toEqual({ ...how, result: null });

    await scratch.write('again.csv', 'site\nB\n');
    const refused = (code: string) =>
      expect(classification.repeat(first.id, null, false, open)).rejects.toMatchObject({ code });
    await refused('FILE_DAMAGED');
    await scratch.write('again.csv', 'site\nA\n');
    await openRooms(Uint8Array.of(...model.slice(0, -1), model.at(-1)! ^ 1));
    await refused('EXPERT_NOT_FOUND');
  });

  it('with a table of sites that is gone fails with its sentence', async () => {
    const settings = { ...usualSettings, sites: join(scratch.folder, 'none.csv') };
    const { id } = classification.start([join(scratch.folder, 'card')], 'test', settings);
    expect(await whenFinished(jobs, id)).toMatchObject({
      state: 'failed',
      error: { code: 'FILE_NOT_FOUND' },
    });
  });

  it('knows a copy by its bytes, wherever it lies, and counts it once', async () => {
    const folder = join(scratch.folder, 'twice');
    await mkdir(join(folder, 'again'), { recursive: true });
    const [one, other] = [wavBytes([noise(20_000)]), wavBytes([noise(20_000, 9)])];
    await scratch.write('twice/b.wav', one);
    await scratch.write('twice/c.wav', other);
    await scratch.write('twice/again/b.wav', one);
    const { id } = classification.start([folder], 'test', usualSettings);
    const job = await whenFinished(jobs, id);
    expect(job.result).toMatchObject({ files: 2, copies: 1, failed: 0 });
    expect(await classification.files(id, { states: ['copy'], limit: 9 })).toMatchObject([
      { path: join(folder, 'b.wav'), copyOf: join(folder, 'again', 'b.wav') },
    ]);
    const both = classification.start([folder], 'test', { ...usualSettings, skipCopies: false }).id;
    expect((await whenFinished(jobs, both)).result).toMatchObject({ files: 3, copies: 0 });
  });

  it('knows a copy of what cannot be heard as well, and says which it is of', async () => {
    await mkdir(join(scratch.folder, 'briefly'));
    const brief = wavBytes([noise(2000)]);
    for (const name of ['a', 'b']) await scratch.write(`briefly/${name}.wav`, brief);
    const path = join(scratch.folder, 'briefly');
    const { id } = classification.start([path], 'test', usualSettings);
    await whenFinished(jobs, id);
    const sha256 = createHash('sha256').update(brief).digest('hex');
    expect(await classification.files(id, { limit: 9 })).toMatchObject([
      { state: 'failed', error: { code: 'FILE_TOO_SHORT' }, sha256 },
      { state: 'copy', copyOf: join(path, 'a.wav'), sha256 },
    ]);
  });

  it('fails on a full disk, goes on once there is room, and finds what an unbroken one finds', async () => {
    const whole = classification.start([join(scratch.folder, 'card')], 'test', usualSettings);
    await whenFinished(jobs, whole.id);
    const { keep } = results;
    results.keep = () => Promise.reject(new CurlewError('STORE_FULL', 'The disk is full.'));
    const { id } = classification.start([join(scratch.folder, 'card')], 'test', usualSettings);
    expect(await whenFinished(jobs, id)).toMatchObject({ state: 'failed', error: { code: 'STORE_FULL' } });
    results.keep = keep;
    jobs.resume(id);
    expect(await whenFinished(jobs, id)).toMatchObject({ state: 'done', error: null });
    const found = async (jobId: string) =>
      (await results.detections(jobId, { limit: 10_000 })).map(({ jobId: _of, ...one }) => one);
    expect(await found(id)).toEqual(await found(whole.id));
    expect(await found(id)).not.toEqual([]);
  });

  it('fails, and ends, where the listing cannot be kept', async () => {
    results.list = () => Promise.reject(new CurlewError('STORE_FAILED', 'The disk is full.'));
    const { id } = classification.start([join(scratch.folder, 'card')], 'test', usualSettings);
    expect(await whenFinished(jobs, id)).toMatchObject({ state: 'failed', error: { code: 'STORE_FAILED' } });
  });

  it('numbers files in the order in which they were found, also those that cannot be opened', async () => {
    const folder = join(scratch.folder, 'linked');
    await mkdir(folder);
    for (const [seed, name] of ['a', 'c'].entries())
      await scratch.write(`linked/${name}.wav`, wavBytes([noise(20_000, seed)]));
    await symlink(join(folder, 'gone.wav'), join(folder, 'b.wav'));
    const { id } = classification.start([folder], 'test', usualSettings);
    await whenFinished(jobs, id);
    const files = await classification.files(id, { limit: 9 });
    expect(files.map(({ path, state }) => [basename(path), state])).toEqual([
      ['a.wav', 'classified'],
      ['b.wav', 'failed'],
      ['c.wav', 'classified'],
    ]);
  });

  it('tells no class of digital silence, and none of a stretch of it', async () => {
    const folder = join(scratch.folder, 'silent');
    await mkdir(folder);
    await scratch.write('silent/all.wav', wavBytes([new Float32Array(64_000)]));
    const half = new Float32Array(16_000 * 6);
    half.set(noise(16_000 * 2));
    await scratch.write('silent/half.wav', wavBytes([half]));
    await scratch.write('silent/turned.wav', wavBytes([tone(2, 16_000, 900), tone(2, 16_000, -900)]));
    const { id } = classification.start([folder], 'test', { ...usualSettings, threshold: 0, keep: 'all' });
    await whenFinished(jobs, id);
    const [all, some, turned] = await classification.files(id, { limit: 9 });
    expect(all).toMatchObject({ label: null, probability: null, notes: [{ code: 'silence' }] });
    expect(turned).toMatchObject({ label: null, notes: [{ code: 'antiphase' }] });
    expect(turned!.notes).toHaveLength(1);
    expect(some).toMatchObject({ label: expect.any(String) as string, windows: 11, notes: [] });
    const found = await classification.detections(id, { limit: 99 });
    expect(found.every(({ fileId, endS }) => fileId === 1 && endS <= 2 + 0.975)).toBe(true);
    expect(found.length).toBeGreaterThan(0);
  });

  it('hears the channel that is chosen, each by itself, or their mean', async () => {
    const [left, right] = [noise(40_000), tone(2.5, 16_000, 900)];
    const path = await scratch.write('two.wav', wavBytes([left, right]));
    await scratch.write('left.wav', wavBytes([left]));
    const found = async (paths: string[], channel: ClassifySettings['channel']) => {
      const { id } = classification.start(paths, 'test', { ...usualSettings, threshold: 0, channel });
      await whenFinished(jobs, id);
      const detections = await classification.detections(id, { limit: 99 });
      const files = await classification.files(id, { limit: 9 });
      return { files, detections: detections.map(({ channel: of, startS, peak }) => ({ of, startS, peak })) };
    };
    const alone = await found([join(scratch.folder, 'left.wav')], 'mix');
    const first = await found([path], 0);
    expect(first.detections).toEqual(alone.detections.map((one) => ({ ...one, of: 0 })));
    const each = await found([path], 'each');
    expect(each.detections.filter(({ of }) => of === 0)).toEqual(first.detections);
    expect(each.detections.some(({ of }) => of === 1)).toBe(true);
    expect((await found([path], 'mix')).detections).not.toEqual(first.detections);
    const { files } = await found([path], 2);
    expect(files).toMatchObject([{ state: 'failed', error: { code: 'FILE_UNSUPPORTED' } }]);
  });
});

describe('an interrupted classification', () => {
  /** Two minutes. */
  const longRecording = () => {
    const samples = noise(16_000 * 120).map((sample, i) => sample * Math.sin(i / 100_000) ** 2);
    return scratch.write('long.wav', wavBytes([samples]));
  };
  const withoutJob = <T extends { jobId: string }>(rows: T[]) => rows.map((row) => ({ ...row, jobId: '' }));

  /** Of 12,000 windows a hundredth of a second apart: three parts. */
  const manyWindows = { ...usualSettings, hopFrames: 1, threshold: 0.3 };
  /** A lab closes once one part of a recording is kept. @returns the job that it leaves behind */
  async function cutAfterOnePart(path: string): Promise<string> {
    const keepPart = results.keepPart.bind(results);
    const closed = new Promise<void>((resolve, reject) => {
      results.keepPart = async (jobId, part) => {
        await keepPart(jobId, part);
        jobs.close().then(resolve, reject);
      };
    });
    const { id } = classification.start([path], 'test', manyWindows);
    await closed;
    results.keepPart = keepPart;
    return id;
  }
  const ofJob = async (id: string) => ({
    files: withoutJob(await results.files(id, { limit: 1000 })).map(({ readMs, modelMs, ...file }) => {
      expect(Math.min(readMs, modelMs)).toBeGreaterThanOrEqual(0);
      return file;
    }),
    detections: withoutJob(await results.detections(id, { limit: 1000 })),
  });

  it('that is cancelled stops and keeps nothing of the recording under way', async () => {
    const path = await longRecording();
    const { id } = classification.start([path], 'test', manyWindows);
    await whenJob(id, (job) => job.state === 'running' && job.detail.includes('long.wav'));
    jobs.cancel(id);
    await jobs.close();
    expect(jobs.get(id).state).toBe('cancelled');
    expect(await results.files(id, { limit: 1000 })).toEqual([]);
  });

  it('that is paused goes on and gives what an uninterrupted one gives', async () => {
    const path = await longRecording();
    const straight = classification.start([path], 'test', manyWindows).id;
    await whenFinished(jobs, straight);
    const threads = watchThreads();
    const { id } = classification.start([path], 'test', manyWindows);
    await whenJob(id, (job) => job.state === 'running' && job.detail.includes('long.wav'));
    jobs.pause(id);
    await threads.idle();
    threads.stop();
    expect(await results.files(id, { limit: 1000 })).toEqual([]);
    jobs.resume(id);
    await whenFinished(jobs, id);
    expect(await ofJob(id)).toEqual(await ofJob(straight));
  });

  it('that a dead lab left behind goes on without the files already done', async () => {
    const puts: string[] = [];
    const closed = new Promise<void>((resolve, reject) => {
      const keep = results.keep.bind(results);
      results.keep = async (jobId, found) => {
        await keep(jobId, found);
        puts.push(...found.map(({ file }) => file.path));
        if (puts.length === found.length) jobs.close().then(resolve, reject);
      };
    });
    const paths = [join(scratch.folder, 'card'), await longRecording()];
    const { id } = classification.start(paths, 'test', manyWindows);
    await closed;
    const before = puts.length;
    expect(before).toBeLessThan(9);
    await openRooms();
    expect(jobs.get(id)).toMatchObject({ state: 'paused' });
    jobs.resume(id);
    const job = await whenFinished(jobs, id);
    expect(job.result).toMatchObject({ files: 6, failed: 4 });
    expect(puts.length).toBeGreaterThan(before);
    expect(new Set(puts).size).toBe(puts.length);
    expect(puts).toHaveLength(9);
  });

  it.each([1, 2, 4])('finds the same with %i workers', async (workers) => {
    const long = await longRecording();
    const paths = [join(scratch.folder, 'card'), long];
    const straight = classification.start(paths, 'test', manyWindows).id;
    await whenFinished(jobs, straight);
    await openRooms(model, workers);
    const { id } = classification.start(paths, 'test', manyWindows);
    await whenFinished(jobs, id);
    expect(await ofJob(id)).toEqual(await ofJob(straight));
  });

  it.each(['unchanged', 'changed since', 'cut otherwise'])(
    'goes on with the parts of a recording that were heard, where it is cut as it was and has not changed (%s)',
    async (which) => {
      const path = await longRecording();
      const id = await cutAfterOnePart(path);
      const kept = (await results.parts(id, 0)).length;
      expect(kept).toBeGreaterThan(0);
      expect(await results.files(id, { limit: 9 })).toEqual([]);
      if (which === 'changed since') {
        const bytes = await readFile(path);
        bytes[50_001]! ^= 1;
        await scratch.write('long.wav', bytes);
      }
      await openRooms();
      if (which === 'cut otherwise') {
        const parts = results.parts.bind(results);
        results.parts = async (jobId, fileId) =>
          (await parts(jobId, fileId)).map((part) => {
            const { span, ...kept } = deserialize(part.answers) as { span: Span };
            return {
              ...part,
              answers: serialize({ ...kept, span: { ...span, fromWindow: span.fromWindow + 1 } }),
            };
          });
      }
      let heard = 0;
      const post = vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (
        this: Worker,
        message,
      ) {
        if ((message as WorkerRequest).type === 'hear') heard++;
        Reflect.apply(original, this, [message]);
      });
      jobs.resume(id);
      await whenFinished(jobs, id);
      post.mockRestore();
      expect(heard).toBe(which === 'unchanged' ? 3 - kept : 3);
      expect(await results.parts(id, 0)).toEqual([]);
      const straight = classification.start([path], 'test', manyWindows).id;
      await whenFinished(jobs, straight);
      expect(await ofJob(id)).toEqual(await ofJob(straight));
    },
  );

  it.each([false, true])(
    'keeps a recording whose parts end at the same time once (failing: %s)',
    async (failing) => {
      const path = await scratch.write('two-parts.wav', wavBytes([noise(16_000 * 80)]));
      const keepPart = results.keepPart.bind(results);
      let waiting: (() => void)[] = [];
      results.keepPart = async (jobId, part) => {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          if (waiting.length < 2) return;
          for (const go of waiting) go();
          waiting = [];
        });
        if (failing) throw new CurlewError('FILE_DAMAGED', 'It is damaged.');
        await keepPart(jobId, part);
      };
      const { id } = classification.start([path], 'test', manyWindows);
      const { result } = await whenFinished(jobs, id);
      expect(result).toMatchObject(
        failing ? { files: 0, failed: 1 } : { files: 1, failed: 0, windows: 7903 },
      );
      expect(await results.files(id, { limit: 9 })).toHaveLength(1);
    },
  );

  it('goes on as it began, and not with another image', async () => {
    const path = await longRecording();
    const id = await cutAfterOnePart(path);
    const began = await classification.provenance(id);
    const other = model.slice();
    other[other.length - 1]! ^= 1;
    await openRooms(other);
    jobs.resume(id);
    expect(await whenFinished(jobs, id)).toMatchObject({ state: 'failed', error: { code: 'IMAGE_BAD' } });
    expect(await classification.provenance(id)).toEqual(began);
    await openRooms();
    jobs.resume(id);
    await whenFinished(jobs, id);
    const resumes = [...began!.resumes, { ...program, atMs: expect.any(Number) as number }];
    expect(await classification.provenance(id)).toMatchObject({ startedMs: began!.startedMs, resumes });
  });

  it('whose worker crashes hears the recording again; twice, leaves it out; always, fails', async () => {
    for (const [crashes, files] of [
      [1, 3],
      [2, 2],
      [Infinity, null],
    ] as const) {
      await openRooms(model, 1);
      let left = crashes;
      const crash = whenCrashing(() => left-- > 0);
      const { id } = classification.start([join(scratch.folder, 'card', 'B')], 'test', usualSettings);
      const job = await whenFinished(jobs, id);
      crash.stop();
      if (files === null) expect(job).toMatchObject({ state: 'failed', error: { code: 'INTERNAL' } });
      else expect(job).toMatchObject({ state: 'done', result: { files, failed: 4 - files } });
    }
  });

  it('tells of a file that is gone by the time it is its turn, and goes on', async () => {
    const folder = join(scratch.folder, 'going');
    await mkdir(folder);
    for (const [seed, name] of ['a', 'b', 'c'].entries())
      await scratch.write(`going/${name}.wav`, wavBytes([noise(20_000, seed)]));
    await openRooms(model, 1);
    const list = results.list.bind(results);
    results.list = async (jobId, files) => {
      const listed = await list(jobId, files);
      if (files.length > 1) await rm(join(folder, 'b.wav'));
      return listed;
    };
    const { id } = classification.start([folder], 'test', usualSettings);
    expect(await whenFinished(jobs, id)).toMatchObject({ state: 'done', result: { files: 2, failed: 1 } });
    expect(await results.files(id, { states: ['failed'], limit: 9 })).toMatchObject([
      { path: join(folder, 'b.wav'), error: { code: 'FILE_NOT_FOUND' } },
    ]);
  });

  it('whose folder goes away classifies all else, says so, and goes on with it once it is back', async () => {
    for (const card of ['one', 'two']) {
      await mkdir(join(scratch.folder, 'cards', card), { recursive: true });
      for (const [seed, name] of ['a', 'b', 'c'].entries())
        await scratch.write(`cards/${card}/${name}.wav`, wavBytes([noise(20_000, seed + card.length * 7)]));
    }
    const cards = ['one', 'two'].map((card) => join(scratch.folder, 'cards', card)) as [string, string];
    // The chosen folder itself, and one within it.
    for (const chosen of [cards, [join(scratch.folder, 'cards')]]) {
      await openRooms(model, 1);
      const list = results.list.bind(results);
      results.list = async (jobId, files) => {
        const listed = await list(jobId, files);
        if (files.some(({ path }) => path.startsWith(cards[1]))) {
          await rename(cards[1], `${cards[1]} away`);
          // Where a disk was mounted an empty folder is left.
          if (chosen === cards) await mkdir(cards[1]);
        }
        return listed;
      };
      const settings = { ...usualSettings, skipCopies: false };
      const { id } = classification.start(chosen, 'test', settings);
      const gone = await whenFinished(jobs, id);
      expect(gone).toMatchObject({ state: 'failed', error: { code: 'FOLDER_GONE' } });
      expect(gone.error!.message).toContain(`${cards[1]} went away, and 3 recordings there wait`);
      const there = await results.files(id, { limit: 9 });
      expect(there.map(({ path, state }) => [path.startsWith(cards[0]), state])).toEqual(
        Array.from({ length: 3 }, () => [true, 'classified']),
      );
      results.list = list;
      await rm(cards[1], { recursive: true, force: true });
      await rename(`${cards[1]} away`, cards[1]);
      jobs.resume(id);
      expect(await whenFinished(jobs, id)).toMatchObject({ state: 'done', result: { files: 6, failed: 0 } });
    }
  });
});

describe('settings by class', () => {
  it.each(['thresholds', 'gaps', 'leasts'] as const)(
    'of a class that the model does not have are refused before anything begins: %s',
    (what) => {
      const start = (label: string) =>
        classification.start([scratch.folder], 'test', { ...usualSettings, [what]: { [label]: 0.5 } });
      const refused = (label: string): unknown => {
        try {
          return start(label);
        } catch (thrown) {
          return thrown;
        }
      };
      expect(refused('Curlw')).toMatchObject({
        ...{ code: 'REQUEST_INVALID', message: expect.stringContaining('Did you mean “curlew”?') as string },
      });
      expect(refused('nope')).toMatchObject({
        ...{ code: 'REQUEST_INVALID', message: expect.stringContaining('curlew, rain, saw') as string },
      });
      expect(jobs.page(10)).toEqual([]);
    },
  );
});
