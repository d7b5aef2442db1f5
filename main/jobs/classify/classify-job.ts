/** The work of a classification job: every recording under the chosen paths, by as many workers as there are cores. */
import { availableParallelism } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { CurlewError, toCurlewError, type ErrorCode } from '../../contract/error.ts';
import { count } from '../../contract/figures.ts';
import type { ClassifiedFile, ClassifyResult, ClassifySettings, ListedFile } from '../../contract/types.ts';
import { formatsRead } from '../../recordings/contract.ts';
import type { JobContext } from '../definition.ts';
import type { Answering } from './answering.ts';
import type { Grid } from './contract/grid.ts';
import { windowStart } from './grid.ts';
import { unheard } from './contract/rows.ts';
import { Course } from './course.ts';
import { fileResults, type HeardPart } from './file-answers.ts';
import { GoneFolders } from './gone-folders.ts';
import { Keeper } from './keeper.ts';
import { Listing, type WhenToLook } from './listing.ts';
import type { FileResults, ResultStore } from './result-store.ts';
import { requireRoom, spansOf, type Span } from './spans.ts';
import { joinWindows, type Windows } from './windows.ts';
import { WindowWorker } from './window-worker.ts';
import type { Looked, WorkerInput } from './worker-messages.ts';

/** What a job is started with; plain JSON. */
export interface ClassifyParams {
  paths: string[];
  /** Of an expert, a router or a model of the person's own. */
  modelId: string;
  settings: ClassifySettings;
  /** Goes on with what is copied there later, until it is told to finish. */
  watch?: boolean;
  /** Where the windows of a model of the person's own lie; it may be gone when they are looked at. */
  grid?: Grid;
}

export interface ClassifyWork {
  params: ClassifyParams;
  answering: Answering;
  input: WorkerInput;
  results: ResultStore;
  /** Whether a file found behind a link may be opened. */
  allowed(real: string): Promise<boolean>;
  /** When to look for new files; null: once. */
  watch: WhenToLook | null;
  /** Threads; as many as there are cores where it is left out. What is found does not depend on it. */
  workers: number | undefined;
}

type Waiting = ListedFile & { fileId: number };

/** A file under way. */
interface Hearing {
  file: Waiting;
  looked: Looked;
  spans: Span[];
  /** In the order of the spans; null: not heard yet. */
  parts: (HeardPart | null)[];
  /** Another part of it failed: what is left of it is not heard. */
  failed: boolean;
}

/** What was answered to a part, as the store keeps it. */
interface KeptAnswers {
  sha256: string;
  span: Span;
  heard: HeardPart;
}

interface Task {
  hearing: Hearing;
  span: number;
}

/** A recording that crashes its worker twice is left out; so many in a row and it is not the recordings. */
const crashLimit = 3;
const ofStore = new Set<ErrorCode>(['STORE_FAILED', 'STORE_FULL', 'STORE_DAMAGED']);
/** Files of the store that are read at once. */
const pageFiles = 200;

/**
 * @throws CurlewError FOLDER_EMPTY; FOLDER_GONE once all else is classified; STORE_FAILED, STORE_FULL, IMAGE_BAD, INTERNAL when workers do not start or keep crashing, ABORTED
 */
export async function classify(work: ClassifyWork, context: JobContext): Promise<ClassifyResult> {
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const run = new ClassifyRun(work, context, signal);
  try {
    return await run.all();
  } finally {
    // What one part of the work threw ends the others, and nothing is kept after the job has ended.
    stop.abort();
    await run.end();
  }
}

class ClassifyRun {
  private readonly course: Course;
  private readonly keeper: Keeper;
  private readonly listing: Listing;
  private readonly source: AsyncGenerator<Waiting, undefined>;
  private gone!: GoneFolders;
  private parts: Promise<void>[] = [];
  private readonly tasks: Task[] = [];
  /** Files that are looked at, of which there may be parts soon. */
  private readonly looking = new Set<Promise<void>>();
  private crashes = 0;
  private cannotStart = false;
  /** Hashes of files that are under way and not kept yet, by their number. */
  private readonly hashes = new Map<
    number,
    { bytes: number; path: string; sha256: Promise<string | null> }
  >();

  constructor(
    private readonly work: ClassifyWork,
    private readonly context: JobContext,
    private readonly signal: AbortSignal,
  ) {
    this.keeper = new Keeper(work.results, context.jobId, (kept) => {
      for (const { file } of kept) this.hashes.delete(file.fileId);
    });
    this.listing = new Listing(work.results, context.jobId);
    this.course = new Course(context, this.listing);
    this.source = this.waitingFiles();
  }

  async all(): Promise<ClassifyResult> {
    const { work, context, signal } = this;
    const { paths } = work.params;
    context.progress(null, 'looking for recordings');
    const before = await work.results.counts(context.jobId);
    this.course.passedFiles =
      before.files.classified + before.files.failed + before.files.copy + before.files.leftOut;
    this.course.passedBytes = before.passedBytes;
    const watch = work.watch && this.course.restingUntil(work.watch);
    this.gone = await GoneFolders.of(paths);
    const listing = this.listing.run(this.gone.there, { signal, allowed: work.allowed, watch });
    const lanes = Array.from({ length: work.workers ?? availableParallelism() }, () => this.lane());
    this.parts = [listing, ...lanes];
    await Promise.all(this.parts);
    await this.keeper.flush();
    const { files, detections, windows, audioSeconds } = await work.results.counts(context.jobId);
    if (files.waiting > 0 && this.gone.any) {
      await this.course.checkpoint();
      throw this.gone.error(files.waiting);
    }
    if (Object.values(files).every((some) => some === 0)) {
      throw new CurlewError(
        'FOLDER_EMPTY',
        `There are no recordings (${formatsRead}) under ${paths.join(', ')}; choose another folder.`,
      );
    }
    await this.course.checkpoint();
    return {
      kind: 'classify',
      files: files.classified,
      failed: files.failed,
      copies: files.copy,
      leftOut: files.leftOut,
      detections,
      windows,
      audioSeconds,
      wallSeconds: this.course.seconds(),
    };
  }

  /** Resolves once all parts of the work have ended. */
  async end(): Promise<void> {
    await Promise.allSettled(this.parts);
    await this.keeper.stop();
  }

  /** What waits to be classified, in the order of the listing, while that goes on. */
  private async *waitingFiles(): AsyncGenerator<Waiting, undefined> {
    const { results } = this.work;
    let after: number | undefined;
    for (;;) {
      const isAll = this.listing.ended;
      const more = this.listing.more();
      const page = await results.waiting(this.context.jobId, { after, limit: pageFiles });
      yield* page;
      after = page.at(-1)?.fileId ?? after;
      if (page.length === 0 && isAll) return;
      if (page.length > 0) continue;
      if (this.work.watch) {
        const { files } = this.listing;
        this.context.progress(null, `watching for new recordings; ${count(files, 'file')} so far`);
      }
      await more;
    }
  }

  /** One worker's share of the work. */
  private async lane(): Promise<void> {
    let worker: WindowWorker | null = null;
    const start = async (): Promise<WindowWorker> => {
      if (worker?.alive) return worker;
      try {
        return (worker = await WindowWorker.start(this.work.input, this.signal));
      } catch (thrown) {
        // No fault of a recording: none can be heard.
        this.cannotStart = true;
        throw thrown;
      }
    };
    try {
      await start();
      for (let next = await this.next(start); next; next = await this.next(start)) {
        await this.course.pausePoint();
        await this.course.atWork(this.hear(next, start));
      }
    } finally {
      (worker as WindowWorker | null)?.close();
    }
  }

  /** The next part of a recording; null when there is no more. */
  private async next(start: () => Promise<WindowWorker>): Promise<Task | null> {
    for (;;) {
      const task = this.tasks.shift();
      if (task && !task.hearing.failed) return task;
      if (task) continue;
      const next = await this.source.next();
      if (next.done) {
        if (this.tasks.length > 0) continue;
        if (this.looking.size === 0) return null;
        // The last recording may be a long one, and be shared out.
        await Promise.race(this.looking);
        continue;
      }
      await this.course.pausePoint();
      const taken = this.course.atWork(this.take(next.value, start));
      this.looking.add(taken);
      await taken.finally(() => this.looking.delete(taken));
    }
  }

  /** Looks at a file, and shares it out. */
  private async take(file: Waiting, start: () => Promise<WindowWorker>): Promise<void> {
    const { params, results } = this.work;
    // It waits: nothing is known of it, least of all that it is not there.
    if (this.gone.holds(file.path)) return;
    let tell: (sha256: string | null) => void = () => undefined;
    const sha256 = new Promise<string | null>((resolve) => (tell = resolve));
    this.hashes.set(file.fileId, { bytes: file.bytes, path: file.path, sha256 });
    let looked: Looked | null = null;
    try {
      looked = await this.surviving(start, (worker) => worker.look(file.path));
      tell(looked.sha256);
      const copyOf = params.settings.skipCopies ? await this.firstOf(file, looked.sha256) : null;
      if (copyOf !== null) return await this.done(copied(file, looked, copyOf, this.context.jobId));
      const spans = spansOf(looked.info, params.settings.channel, this.work.answering);
      const parts = spans.map((): HeardPart | null => null);
      const hearing: Hearing = { file, looked, spans, parts, failed: false };
      for (const part of await results.parts(this.context.jobId, file.fileId)) {
        const kept = deserialize(part.answers) as KeptAnswers;
        // Parts of a file that has changed since are heard again, and those that a lab of before cut otherwise.
        if (kept.sha256 === looked.sha256 && isDeepStrictEqual(kept.span, spans[part.span]))
          parts[part.span] = kept.heard;
      }
      parts.forEach((part, span) => part === null && this.tasks.push({ hearing, span }));
      if (parts.every((part) => part !== null)) await this.finish(hearing);
    } catch (thrown) {
      this.mustBeOfFile(thrown);
      if (await this.gone.took(file.path)) return;
      await this.fail(file, thrown, looked);
    } finally {
      tell(null);
    }
  }

  /** The first file of the same bytes, where it was listed before this one. */
  private async firstOf(file: Waiting, sha256: string): Promise<string | null> {
    let first = await this.work.results.firstOf(this.context.jobId, { ...file, sha256 });
    for (const [fileId, other] of [...this.hashes]) {
      if (fileId >= file.fileId || other.bytes !== file.bytes || (first && first.fileId < fileId)) continue;
      if ((await other.sha256) === sha256) first = { fileId, path: other.path };
    }
    return first?.path ?? null;
  }

  private async hear({ hearing, span }: Task, start: () => Promise<WindowWorker>): Promise<void> {
    const { file, spans } = hearing;
    try {
      const part = await this.surviving(start, (worker) => this.listen(worker, hearing, spans[span]!));
      if (hearing.failed) return;
      // Read while its folder went away, it may be anything.
      if (part.end.left === null && (await this.gone.took(file.path))) {
        hearing.failed = true;
        return;
      }
      if (spans.length > 1) {
        const kept: KeptAnswers = { sha256: hearing.looked.sha256, span: spans[span]!, heard: part };
        const answers = serialize(kept);
        await this.work.results.keepPart(this.context.jobId, { fileId: file.fileId, span, answers });
      }
      // Kept first: of parts that end together the last one alone finds that all are there.
      hearing.parts[span] = part;
      if (hearing.parts.every((one) => one !== null)) await this.finish(hearing);
    } catch (thrown) {
      this.mustBeOfFile(thrown);
      // Two parts of it may fail at once: it is told once.
      if (hearing.failed) return;
      hearing.failed = true;
      if (await this.gone.took(file.path)) return;
      await this.fail(file, thrown, hearing.looked);
    }
  }

  private async listen(
    worker: WindowWorker,
    { file, looked, spans }: Hearing,
    span: Span,
  ): Promise<HeardPart> {
    const { classes, grid, mostWindows } = this.work.answering;
    const { highPassHz } = this.work.params.settings;
    if (worker.classes !== classes.length) {
      throw new CurlewError('INTERNAL', `What answers does not have its ${classes.length} classes.`);
    }
    const windows: Windows[] = [];
    const bytes = looked.bytes / spans.length;
    const seconds = (looked.info.seconds ?? 0) / spans.length;
    let heard = 0;
    let told = 0;
    const source = worker.hear({ path: file.path, bytes: looked.bytes, grid, highPassHz, ...span });
    for (;;) {
      const next = await source.next();
      const share = seconds === 0 ? 0 : Math.min(1, windowStart(heard, grid) / seconds);
      const reached = next.done ? 1 : share;
      this.course.passedBytes += (reached - told) * bytes;
      this.course.heardSeconds += (reached - told) * seconds;
      told = reached;
      this.course.tell(file.path);
      if (next.done) return { windows: joinWindows(windows, classes.length), end: next.value };
      windows.push(next.value);
      heard += next.value.count;
      requireRoom(file.path, span.fromWindow + heard, mostWindows);
      await this.course.checkpointIfDue();
      await this.course.pausePoint();
    }
  }

  private finish({ file, looked, spans, parts }: Hearing): Promise<void> {
    const { answering, params } = this.work;
    const heard = parts as HeardPart[];
    this.crashes = 0;
    return this.done(fileResults(this.context.jobId, file, looked, spans, heard, answering, params.settings));
  }

  private async done(found: FileResults): Promise<void> {
    await this.keeper.add(found);
    this.course.passedFiles++;
    this.course.tell(found.file.path);
    await this.course.checkpointIfDue();
  }

  /** @throws what ends the job, being no fault of a file */
  private mustBeOfFile(thrown: unknown): void {
    const { code } = toCurlewError(thrown);
    if (this.signal.aborted || ofStore.has(code)) throw thrown;
    if (this.cannotStart || this.crashes >= crashLimit) throw thrown;
  }

  /**
   * With what is known of it: of a later file of the same bytes it is told that it is a copy, whichever ended first, and
   * the length of one that is too short counts where files are opened one behind the other.
   */
  private fail(file: Waiting, thrown: unknown, looked: Looked | null): Promise<void> {
    const { code, message } = toCurlewError(thrown);
    const { jobId } = this.context;
    const known = looked ? knownOf(looked) : {};
    const error = { code, message };
    return this.done(withoutSound({ ...unheard, ...file, ...known, jobId, state: 'failed', error }));
  }

  /** A worker that crashes gets its file once more, in a new thread: it may not have been the file. */
  private async surviving<T>(
    start: () => Promise<WindowWorker>,
    work: (worker: WindowWorker) => Promise<T>,
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const worker = await start();
      try {
        return await work(worker);
      } catch (thrown) {
        if (worker.alive || this.signal.aborted) throw thrown;
        if (attempt < 2) continue;
        this.crashes++;
        throw thrown;
      }
    }
  }
}

function copied(file: Waiting, looked: Looked, copyOf: string, jobId: string): FileResults {
  return withoutSound({ ...unheard, ...file, ...knownOf(looked), jobId, state: 'copy', copyOf });
}

const withoutSound = (file: ClassifiedFile): FileResults => ({ file, detections: [], windows: [] });

/** Of a file that was looked at and is not heard. */
function knownOf({ info, about, sha256, bytes, ms: readMs }: Looked) {
  const { format, sampleRate, channels, seconds } = info;
  return { ...about, bytes, sha256, format, sampleRate, channels, seconds: seconds ?? 0, readMs };
}
