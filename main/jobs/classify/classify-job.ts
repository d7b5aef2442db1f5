/** The work of a classification job: every recording under the chosen paths, one after another, in a worker thread. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { CurlewError, toCurlewError } from '../../contract/error.ts';
import { pageLimit, pagesOf } from '../../contract/pieces.ts';
import type { ClassifiedFile, ClassifyResult } from '../../contract/types.ts';
import { fileError } from '../../regular-file.ts';
import { findAudio } from '../../recordings/find-audio.ts';
import { targetRate } from '../../recordings/resample.ts';
import type { JobContext } from '../definition.ts';
import type { ResultStore } from './result-store.ts';
import { ActiveClock } from './active-clock.ts';
import { windowHopSeconds, windowStart, WindowTrace, type TraceState } from './window-trace.ts';
import { WindowWorker } from './window-worker.ts';

/** What a job is started with; plain JSON. */
export interface ClassifyParams {
  paths: string[];
  expertId: string;
}

/** What a job needs to go on after an interruption, besides the results already kept. */
interface Checkpoint {
  failed: ClassifyResult['failed'];
  /** Time spent before, without pauses. */
  wallSeconds: number;
  /** The recording under way; taken up again only when it is still the same file. */
  part: { path: string; bytes: number; modifiedMs: number; trace: TraceState } | null;
}

export interface ClassifyWork {
  params: ClassifyParams;
  classes: readonly string[];
  /** The quantized reference graph, ONNX. */
  model: Uint8Array;
  results: ResultStore;
  /** Whether a file found behind a link may be opened. */
  allowed(real: string): Promise<boolean>;
}

/** Between checkpoints within a recording, milliseconds: what a killed lab may lose. */
const checkpointMs = 5_000;
/** A recording that crashes the worker is left out; so many in a row and it is not the recordings. */
const crashLimit = 3;

/**
 * @throws CurlewError FOLDER_EMPTY, STORE_FAILED, INTERNAL when the worker does not start or keeps crashing, ABORTED
 */
export async function classify(work: ClassifyWork, context: JobContext): Promise<ClassifyResult> {
  const run = new ClassifyRun(work, context);
  try {
    return await run.all();
  } finally {
    run.close();
  }
}

class ClassifyRun {
  private readonly failed: ClassifyResult['failed'];
  private part: Checkpoint['part'];
  private worker: WindowWorker | null = null;
  private crashes = 0;
  private readonly clock: ActiveClock;
  private lastCheckpoint = performance.now();
  /** Kept results, of this and of earlier runs. */
  private readonly kept = new Set<string>();
  private windows = 0;
  private audioSeconds = 0;
  /** For the progress: files gone through, of so many. */
  private passed = 0;
  private total = 0;
  /** Seconds of audio gone through since this run began, for the speed. */
  private heardSeconds = 0;

  constructor(
    private readonly work: ClassifyWork,
    private readonly context: JobContext,
  ) {
    const from = context.resumedFrom as Checkpoint | null;
    this.failed = from?.failed.slice() ?? [];
    this.part = from?.part ?? null;
    this.clock = new ActiveClock(from?.wallSeconds ?? 0);
  }

  async all(): Promise<ClassifyResult> {
    const { work, context } = this;
    context.progress(null, 'looking for recordings');
    const found = await findAudio(work.params.paths, { signal: context.signal, allowed: work.allowed });
    await this.countKept();
    const done = new Set([...this.kept, ...this.failed.map(({ path }) => path)]);
    for (const { path, error } of found.failed) if (!done.has(path)) this.fail(path, error);
    if (found.files.length === 0 && found.failed.length === 0) {
      throw new CurlewError(
        'FOLDER_EMPTY',
        `There are no WAV, FLAC, Ogg or MP3 files under ${work.params.paths.join(', ')}; choose another folder.`,
      );
    }
    this.total = found.files.length;
    for (const path of found.files) {
      await this.pausePoint();
      if (!done.has(path)) await this.file(path);
      this.passed++;
    }
    this.part = null;
    await this.checkpoint();
    return {
      kind: 'classify',
      files: this.kept.size,
      failed: this.failed,
      windows: this.windows,
      audioSeconds: this.audioSeconds,
      wallSeconds: this.clock.seconds(),
    };
  }

  close(): void {
    this.worker?.close();
  }

  /** Classifies one recording; what is wrong with it is noted, and only what ends the job is thrown. */
  private async file(path: string): Promise<void> {
    const { signal } = this.context;
    this.worker ??= await WindowWorker.start(this.work.model, signal);
    const { worker } = this;
    try {
      await this.recording(worker, path);
      this.crashes = 0;
    } catch (thrown) {
      const error = toCurlewError(thrown);
      if (signal.aborted || error.code === 'STORE_FAILED') throw error;
      if (!worker.alive) {
        this.worker = null;
        if (++this.crashes === crashLimit) throw error;
      }
      this.fail(path, error);
      this.part = null;
      await this.checkpoint();
    }
  }

  private async recording(worker: WindowWorker, path: string): Promise<void> {
    const { classes, results } = this.work;
    const { jobId } = this.context;
    const { size: bytes, mtimeMs: modifiedMs } = await stat(path).catch((thrown) =>
      Promise.reject(fileError(path, thrown)),
    );
    const earlier = this.part;
    const same = earlier?.path === path && earlier.bytes === bytes && earlier.modifiedMs === modifiedMs;
    const trace = same ? WindowTrace.from(earlier.trace) : new WindowTrace(classes.length);
    const info = await worker.open(path, trace.windows);
    const heardBefore = this.heardSeconds - trace.windows * windowHopSeconds;
    for (;;) {
      this.progress(path, info.seconds === null ? 0 : windowStart(trace.windows) / info.seconds);
      const next = await worker.next();
      if (next instanceof Float32Array) {
        if (next.length % classes.length !== 0) {
          throw new CurlewError(
            'INTERNAL',
            `The reference graph does not have the expert's ${classes.length} classes.`,
          );
        }
        trace.add(next);
        this.heardSeconds = heardBefore + trace.windows * windowHopSeconds;
        this.part = { path, bytes, modifiedMs, trace: trace.state() };
        if (performance.now() - this.lastCheckpoint > checkpointMs) await this.checkpoint();
        await this.pausePoint();
        continue;
      }
      const { classIndex, probability } = trace.overall();
      const file: ClassifiedFile = {
        jobId,
        path,
        // The header's word where it holds: a length in 16 kHz samples is rounded up.
        seconds: next.damage === null && info.seconds !== null ? info.seconds : next.samples / targetRate,
        sampleRate: info.sampleRate,
        channels: info.channels,
        windows: trace.windows,
        classIndex,
        label: classes[classIndex]!,
        probability,
        damage: next.damage?.message ?? null,
      };
      await results.putFile(file, trace.detections(jobId, path, classes));
      this.count(file);
      this.part = null;
      return;
    }
  }

  private async countKept(): Promise<void> {
    const { jobId } = this.context;
    const page = (last?: ClassifiedFile) =>
      this.work.results.files(jobId, { after: last?.path, limit: pageLimit });
    for await (const files of pagesOf(page)) for (const file of files) this.count(file);
  }

  private count(file: ClassifiedFile): void {
    this.kept.add(file.path);
    this.windows += file.windows;
    this.audioSeconds += file.seconds;
  }

  private fail(path: string, { code, message }: CurlewError): void {
    this.failed.push({ path, code, message });
  }

  private progress(path: string, share: number): void {
    const speed = this.heardSeconds / Math.max(this.clock.sinceStart(), 0.001);
    const times = this.heardSeconds > 0 ? `, ${speed.toFixed(0)} × real time` : '';
    this.context.progress(
      Math.min(1, (this.passed + Math.min(1, share)) / this.total),
      `${this.passed + 1} of ${this.total}: ${basename(path)}${times}`,
    );
  }

  private async pausePoint(): Promise<void> {
    this.clock.stop();
    await this.context.pausePoint();
    this.clock.go();
  }

  private async checkpoint(): Promise<void> {
    this.lastCheckpoint = performance.now();
    const state: Checkpoint = { failed: this.failed, wallSeconds: this.clock.seconds(), part: this.part };
    await this.context.checkpoint(state);
  }
}
