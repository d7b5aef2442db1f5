/** The work of a classification job: every recording under the chosen paths, one after another, in a worker thread. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { CurlewError, toCurlewError } from '../../contract/error.ts';
import { pageLimit, pagesOf } from '../../contract/pieces.ts';
import type { ClassifiedFile, ClassifyResult, ClassifySettings, ListedFile } from '../../contract/types.ts';
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
  /** Of an expert. */
  modelId: string;
  settings: ClassifySettings;
}

/** What a job needs to go on after an interruption, besides the results already kept. */
interface Checkpoint {
  /** Time spent before, without pauses. */
  wallSeconds: number;
  /** The recording under way; taken up again only when it is still the same file. */
  part?: null | { path: string; bytes: number; modifiedMs: number; trace: TraceState };
}

export interface ClassifyWork {
  params: ClassifyParams;
  classes: readonly string[];
  /** The expert's name. */
  expert: string;
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
  private part: NonNullable<Checkpoint['part']> | null;
  private worker: WindowWorker | null = null;
  private crashes = 0;
  private readonly clock: ActiveClock;
  private lastCheckpoint = performance.now();
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
    this.part = from?.part ?? null;
    this.clock = new ActiveClock(from?.wallSeconds ?? 0);
  }

  async all(): Promise<ClassifyResult> {
    const { work, context } = this;
    context.progress(null, 'looking for recordings');
    const found = await findAudio(work.params.paths, { signal: context.signal, allowed: work.allowed });
    if (found.files.length === 0 && found.failed.length === 0) {
      throw new CurlewError(
        'FOLDER_EMPTY',
        `There are no WAV, FLAC, Ogg or MP3 files under ${work.params.paths.join(', ')}; choose another folder.`,
      );
    }
    const { jobId } = context;
    const listed = await Promise.all(found.files.map(listedFile));
    await work.results.list(jobId, listed);
    const failed = found.failed.map(({ path }) => ({ path, bytes: 0, modifiedMs: 0 }));
    for (const file of await work.results.list(jobId, failed)) {
      await this.fail(file, found.failed.find(({ path }) => path === file.path)!.error);
    }
    this.total = listed.length;
    this.passed = this.total - (await work.results.counts(jobId)).files.waiting;
    for await (const page of pagesOf<ListedFile & { fileId: number }>((last) =>
      work.results.waiting(jobId, { after: last?.fileId, limit: pageLimit }),
    )) {
      for (const file of page) {
        await this.pausePoint();
        await this.file(file);
        this.passed++;
      }
    }
    this.part = null;
    await this.checkpoint();
    const { files, detections, windows, audioSeconds } = await work.results.counts(jobId);
    return {
      kind: 'classify',
      files: files.classified,
      failed: files.failed,
      copies: files.copy,
      leftOut: files.leftOut,
      detections,
      windows,
      audioSeconds,
      wallSeconds: this.clock.seconds(),
    };
  }

  close(): void {
    this.worker?.close();
  }

  /** Classifies one recording; what is wrong with it is noted, and only what ends the job is thrown. */
  private async file(listed: ListedFile & { fileId: number }): Promise<void> {
    const { signal } = this.context;
    this.worker ??= await WindowWorker.start(this.work.model, signal);
    const { worker } = this;
    try {
      await this.recording(worker, listed);
      this.crashes = 0;
    } catch (thrown) {
      const error = toCurlewError(thrown);
      if (signal.aborted || error.code === 'STORE_FAILED') throw error;
      if (!worker.alive) {
        this.worker = null;
        if (++this.crashes === crashLimit) throw error;
      }
      await this.fail(listed, error);
      this.part = null;
      await this.checkpoint();
    }
  }

  private async recording(worker: WindowWorker, listed: ListedFile & { fileId: number }): Promise<void> {
    const { path } = listed;
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
        ...unheard,
        jobId,
        fileId: listed.fileId,
        path,
        state: 'classified',
        bytes,
        modifiedMs,
        format: info.format,
        // The header's word where it holds: a length in 16 kHz samples is rounded up.
        seconds: next.damage === null && info.seconds !== null ? info.seconds : next.samples / targetRate,
        sampleRate: info.sampleRate,
        channels: info.channels,
        windows: trace.windows,
        classIndex,
        label: classes[classIndex]!,
        probability,
        notes: next.damage ? [{ code: 'damaged', level: 'damaged', text: next.damage.message }] : [],
      };
      const detections = trace.detections(file, classes, this.work.expert);
      await results.keep(jobId, [{ file, detections, windows: [] }]);
      this.part = null;
      return;
    }
  }

  private fail(listed: ListedFile & { fileId: number }, { code, message }: CurlewError): Promise<void> {
    const { jobId } = this.context;
    const file: ClassifiedFile = { ...unheard, ...listed, jobId, state: 'failed', error: { code, message } };
    return this.work.results.keep(jobId, [{ file, detections: [], windows: [] }]);
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
    const state: Checkpoint = { wallSeconds: this.clock.seconds(), part: this.part };
    await this.context.checkpoint(state);
  }
}

/** Of a file of which nothing is known but that it was listed. */
const unheard: Omit<ClassifiedFile, 'jobId' | 'fileId' | 'state' | keyof ListedFile> = {
  ...{ sha256: null, format: '', seconds: 0, sampleRate: 0, channels: 0, windows: 0, classIndex: null },
  ...{ label: null, probability: null, notes: [], startMs: null, offsetMinutes: null, timeSource: null },
  ...{ latitude: null, longitude: null, site: null, recorder: null, experts: null, readMs: 0, modelMs: 0 },
  ...{ copyOf: null, error: null },
};

/** What cannot be looked at is told when it is opened. */
const listedFile = async (path: string): Promise<ListedFile> => {
  const { size: bytes, mtimeMs: modifiedMs } = await stat(path).catch(() => ({ size: 0, mtimeMs: 0 }));
  return { path, bytes, modifiedMs };
};
