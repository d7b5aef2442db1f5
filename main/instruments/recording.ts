/** A capture of a Power Profiler Kit 2 as a job: it goes on until it is finished, and what was taken is always kept. */
import { Ppk2 } from '../../devices/drivers/ppk2/ppk2.ts';
import type { Port } from '../../devices/drivers/port.ts';
import { CurlewError, toCurlewError } from '../contract/error.ts';
import { count, span } from '../contract/figures.ts';
import type { Job } from '../contract/types.ts';
import type { JobContext } from '../jobs/definition.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { PeerThread } from '../threads/peer-thread.ts';
import { revive, type WorkerError } from '../threads/worker-thread.ts';
import type { CaptureProgress } from './capture-spec.ts';
import { captureThread } from './capture-thread.ts';
import type { CaptureTasks } from './capture-worker.ts';
import type { Captures } from './captures.ts';
import type { Capture, PowerMode, Trigger } from './contract/captures.ts';
import type { CaptureResult } from './contract/result.ts';
import { amperesText } from './contract/words.ts';

export interface RecordWish {
  /** In the order in which they are tried: a newer kit has two, of which one is a shell. */
  ports: readonly Port[];
  name: string;
  mode: PowerMode;
  millivolts: number;
  seconds?: number | undefined;
  trigger?: (Trigger & { beforeS: number }) | undefined;
}

/** More than that waits nowhere: at 400 kB/s two and a half minutes. */
const mostWaitingBytes = 64 * 2 ** 20;
const perSecond = 100_000;

export class Recordings {
  private readonly finishers = new Map<string, () => void>();

  constructor(
    private readonly jobs: Jobs,
    private readonly captures: Captures,
  ) {}

  start(wish: RecordWish): Job {
    const { name, ports, trigger } = wish;
    return this.jobs.start({
      kind: 'capture',
      title: `Record “${name}”`,
      reads: ports.slice(0, 1).map(({ id }) => id),
      writes: [name],
      canPause: false,
      canFinish: true,
      run: (context) => {
        const finished = new Promise<void>((resolve) => this.finishers.set(context.jobId, resolve));
        context.progress(null, trigger ? 'greeting the kit' : 'beginning');
        return recordCapture(this.captures, wish, context, { finished }).finally(() =>
          this.finishers.delete(context.jobId),
        );
      },
    });
  }

  /** @throws CurlewError JOB_NOT_FOUND, JOB_STATE for a job that is no recording, or is over */
  finish(jobId: string): Job {
    const job = this.jobs.get(jobId);
    const finish = this.finishers.get(jobId);
    if (!finish) throw new CurlewError('JOB_STATE', `“${job.title}” records nothing now.`, { jobId });
    finish();
    return job;
  }
}

/** What a capture hears of whoever has it taken, and tells. */
interface Takes {
  /** Ends it as it was meant to end. */
  finished: Promise<void>;
  /** Called when its first bytes have come. */
  began?: () => void;
}

/** One capture, within other work. @throws CurlewError as the kit does; what was taken by then is kept */
export const recordCapture = (
  captures: Captures,
  wish: RecordWish,
  context: Pick<JobContext, 'signal' | 'progress'>,
  takes: Takes,
): Promise<CaptureResult> => new Recording(captures, wish, context, takes).run();

class Recording {
  private thread: PeerThread<CaptureTasks> | null = null;
  private sent = 0;
  private end: (why: CurlewError | null) => void = () => undefined;
  private readonly ended = new Promise<CurlewError | null>((resolve) => (this.end = resolve));

  constructor(
    private readonly captures: Captures,
    private readonly wish: RecordWish,
    private readonly context: Pick<JobContext, 'signal' | 'progress'>,
    private readonly takes: Takes,
  ) {
    void takes.finished.then(() => this.end(null));
    context.signal.addEventListener('abort', () =>
      this.end(new CurlewError('ABORTED', 'The recording was cancelled.')),
    );
  }

  async run(): Promise<CaptureResult> {
    const { mode, millivolts } = this.wish;
    const kit = await this.openKit();
    let capture: Capture;
    let problem: CurlewError | null;
    try {
      await kit.setUp(mode, millivolts);
      if (mode === 'source') await kit.power(true);
      capture = await this.begin(kit);
      problem = await this.measure(kit, capture.id);
    } finally {
      await kit.close();
      if (!this.thread?.alive) this.thread?.end(over());
    }
    try {
      await this.keep(capture, problem);
    } catch (thrown) {
      // Its thread died, or its disk is full: what was written whole is kept.
      problem ??= toCurlewError(thrown);
      this.thread?.end(over());
      await this.captures.salvage(capture.id, problem.message);
    } finally {
      this.thread?.end(over());
    }
    const { samples, lost } = this.captures.get(capture.id);
    if (problem === null) return { kind: 'capture', captureId: capture.id, samples, lost };
    const kept = `“${capture.name}” (${capture.id}) keeps ${span((1000 * samples) / perSecond)}.`;
    throw new CurlewError(problem.code, `${problem.message} ${kept}`, {
      ...problem.context,
      captureId: capture.id,
    });
  }

  /** @throws what the last port did, where none is a kit's */
  private async openKit(): Promise<Ppk2> {
    let why: unknown = null;
    for (const port of this.wish.ports) {
      try {
        return await Ppk2.open(port, { signal: this.context.signal });
      } catch (thrown) {
        why ??= thrown;
        if (this.context.signal.aborted) break;
      }
    }
    throw why;
  }

  private async begin(kit: Ppk2): Promise<Capture> {
    const { name, mode, millivolts, trigger, seconds } = this.wish;
    const { calibration, absent, vddMillivolts } = kit.metadata;
    const capture = await this.captures.create({
      ...{ name, from: kit.where, millivolts, mode, uncalibrated: [...absent] },
      startedMs: Date.now(),
    });
    this.thread = captureThread({
      progress: (told) => this.told(capture.id, told),
      failed: (error: WorkerError) => this.end(revive(error)),
      share: () => undefined,
      gone: (reason) => this.end(reason),
    });
    await this.thread.peer.call('begin', {
      folder: this.captures.folderOf(capture.id),
      calibration,
      // The offset depends on the supply as the kit knows it: what it was just set to.
      volts: (mode === 'source' ? millivolts : (vddMillivolts ?? millivolts)) / 1000,
      trigger: trigger ?? null,
      before: trigger ? Math.round(trigger.beforeS * perSecond) : 0,
      samples: seconds === undefined ? null : Math.round(seconds * perSecond),
    });
    return capture;
  }

  /** @returns why it ended, where it was not meant to */
  private async measure(kit: Ppk2, captureId: string): Promise<CurlewError | null> {
    const began = { first: true };
    await kit.start(
      {
        bytes: (bytes, atMs) => {
          if (began.first) {
            this.captures.show(captureId, { startedMs: Date.now() });
            this.takes.began?.();
          }
          began.first = false;
          this.sent += bytes.length;
          this.thread!.peer.tell('bytes', bytes, atMs);
        },
        failed: (reason) => this.end(reason),
      },
      this.context.signal,
    );
    const why = await this.ended;
    await kit.stop();
    return why;
  }

  private told(captureId: string, told: CaptureProgress): void {
    const { seconds, trigger } = this.wish;
    this.captures.show(captureId, partOf(told));
    const waits = trigger !== undefined && told.triggerSample === null;
    const recorded = (told.samples - (told.triggerSample ?? 0)) / perSecond;
    this.context.progress(
      seconds === undefined || waits ? null : Math.min(1, recorded / seconds),
      waits ? 'waiting for the trigger' : detailOf(told),
    );
    if (told.done) this.end(null);
    if (this.sent - told.taken <= mostWaitingBytes) return;
    const message = 'The disk is slower than the kit: what it sends can no longer be kept.';
    this.end(new CurlewError('FILE_UNWRITABLE', message, { waiting: this.sent - told.taken }));
  }

  private async keep(capture: Capture, problem: CurlewError | null): Promise<void> {
    const { trigger } = this.wish;
    const told = await this.thread!.peer.call('end');
    const startedMs = this.captures.get(capture.id).startedMs;
    await this.captures.change(capture.id, {
      ...partOf(told),
      ...{ startedMs, state: 'ended', problem: problem?.message ?? null },
      trigger:
        trigger && told.triggerSample !== null
          ? { on: trigger.on, level: trigger.level, pin: trigger.pin, atSample: told.triggerSample }
          : null,
    });
  }
}

const partOf = ({
  samples,
  lost,
  lostByTime,
  discardedBytes,
  ...told
}: CaptureProgress): Partial<Capture> => ({
  ...{
    samples,
    lost,
    lostByTime,
    discardedBytes,
    lateLosses: told.lateLosses,
    rangeChanges: told.rangeChanges,
  },
  ...{ least: told.least, mean: told.mean, most: told.most },
});

const detailOf = ({ samples, mean, lost }: CaptureProgress): string =>
  [
    span(Math.round((10 * samples) / perSecond) * 100),
    ...(mean === null ? [] : [`mean ${amperesText(mean)}`]),
    ...(lost > 0 ? [`${count(lost, 'sample')} lost`] : []),
  ].join(', ');

const over = (): CurlewError => new CurlewError('ABORTED', 'The capture is over.');
