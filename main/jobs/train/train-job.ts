/** The work of a training job: its courses in a few threads side by side, then the router. */
import { availableParallelism } from 'node:os';
import type { Precision } from '../../../models/experts/expert.ts';
import type { EpochReport } from '../../../models/training/train.ts';
import { expertKinds } from '../../../models/study/kinds.ts';
import { toCurlewError, type CurlewError } from '../../contract/error.ts';
import { throwIfAborted } from '../../recordings/file.ts';
import { ActiveClock } from '../classify/active-clock.ts';
import type { JobContext } from '../definition.ts';
import { startWorker } from '../../threads/worker-url.ts';
import { WorkerThread } from '../../threads/worker-thread.ts';
import { crossFitParts } from '../../../models/training/cross-fit.ts';
import { routerId, trainingId, unitsOf, type TrainPlan, type Unit } from './plan.ts';
import type { TrainReply, TrainRequest } from './train-messages.ts';
import { readSummary } from './work-folder.ts';

/** What a job is started with; plain JSON. */
export interface TrainParams {
  /** work-folder.ts; the data lie there already */
  readonly folder: string;
  readonly plan: TrainPlan;
}

/** What a job needs to go on after an interruption, besides what lies in its folder: time spent before. */
interface Checkpoint {
  wallSeconds: number;
}

/** An expert, or a router, as its training ended. */
export interface TrainedFigures {
  readonly id: string;
  readonly name: string;
  readonly precision: Precision | 32;
  /** The epoch whose weights were kept: the one with the lowest validation loss. */
  readonly best: EpochReport;
  /** The loss curves. */
  readonly reports: readonly EpochReport[];
}

/** What a plan's training left in its folder. */
export interface TrainedPlan {
  readonly experts: TrainedFigures[];
  readonly router: TrainedFigures | null;
  /** Pauses left out. */
  readonly wallSeconds: number;
  /** That the threads trained, all courses together, those before an interruption too. */
  readonly trainingSeconds: number;
}

export interface TrainWork {
  readonly params: TrainParams;
  /** Loss curves as they grow, by id; a course taken up again tells its earlier epochs too. */
  onCurve?(id: string, reports: readonly EpochReport[]): void;
}

type Thread = WorkerThread<TrainRequest, TrainReply>;

const nameOf = (id: string): string => expertKinds.find((kind) => kind.id === id)?.name ?? id;

/** A course of the job: what it is opened with, and the ids of what it trains. */
interface Part {
  readonly request: TrainRequest;
  readonly ids: readonly string[];
  readonly epochs: number;
  /** For a person. */
  readonly name: string;
  /** What the router learns from, no expert of the plan. */
  readonly forRouter: boolean;
}

/** Between checkpoints of a course, milliseconds: what a killed lab or thread may lose. */
const checkpointMs = 20_000;
/** A course whose thread crashes so often without a checkpoint between is given up. */
const crashLimit = 3;
/** Two threads keep two cores busy; each holds the data and its model in memory. */
export const trainingThreads = Math.min(2, availableParallelism());

/**
 * @throws CurlewError TRAINING_FAILED, INTERNAL when a thread does not start or keeps crashing, ABORTED
 */
export async function train(work: TrainWork, context: JobContext): Promise<TrainedPlan> {
  return new TrainRun(work, context).all();
}

class TrainRun {
  private readonly clock: ActiveClock;
  private parts: readonly Part[] = [];
  private router: Part | null = null;
  /** Share of each part that is behind us, and what to say of it. */
  private readonly state = new Map<Part, { share: number; detail: string }>();
  /** Stops every lane once one has failed. */
  private readonly stop = new AbortController();
  /** What the first lane to fail threw. */
  private failure: CurlewError | null = null;

  constructor(
    private readonly work: TrainWork,
    private readonly context: JobContext,
  ) {
    const from = context.resumedFrom as Checkpoint | null;
    this.clock = new ActiveClock(from?.wallSeconds ?? 0);
    this.plan(work.params);
  }

  /** The experts, what they are without each part of the sources, and the router that learns from those. */
  private plan({ plan }: TrainParams): void {
    const units = unitsOf(plan);
    const partOf = (unit: Unit, without: number | null): Part => ({
      request: { type: 'open-unit', unit, without },
      ids: unit.experts.map(({ id }) => trainingId(id, without)),
      epochs: unit.options.epochs,
      name: `${unit.experts.map(({ id }) => nameOf(id)).join(', ')}${without === null ? '' : ` without part ${without + 1}`}`,
      forRouter: without !== null,
    });
    this.parts = units.map((unit) => partOf(unit, null));
    if (plan.router === null) return;
    const without = Array.from({ length: crossFitParts }, (_, part) =>
      units.map((unit) => partOf(unit, part)),
    );
    this.parts = [...this.parts, ...without.flat()];
    const experts = plan.experts.map(({ id }) => id);
    this.router = {
      request: { type: 'open-router', options: plan.router, experts },
      ids: [routerId],
      epochs: plan.router.epochs,
      name: nameOf(routerId),
      forRouter: false,
    };
  }

  async all(): Promise<TrainedPlan> {
    const { plan } = this.work.params;
    const stop = () => this.stop.abort();
    this.context.signal.addEventListener('abort', stop, { once: true });
    if (this.context.signal.aborted) stop();
    try {
      const waiting = [...this.parts];
      const lanes = Array.from({ length: Math.min(trainingThreads, waiting.length) }, () =>
        this.lane(waiting),
      );
      await Promise.allSettled(lanes);
      if (this.failure === null && this.router) await Promise.allSettled([this.lane([this.router])]);
      // What the other lanes threw says no more than that they were stopped.
      if (this.failure !== null) throw this.failure;
      throwIfAborted(this.context.signal);
    } finally {
      stop();
      this.context.signal.removeEventListener('abort', stop);
    }
    return {
      experts: await Promise.all(plan.experts.map(({ id }) => this.figures(id))),
      router: plan.router && (await this.figures(routerId)),
      wallSeconds: this.clock.seconds(),
      trainingSeconds: await this.trainingSeconds(),
    };
  }

  private async trainingSeconds(): Promise<number> {
    const courses = [...this.parts, ...(this.router ? [this.router] : [])];
    const kept = await Promise.all(courses.map(({ ids }) => readSummary(this.work.params.folder, ids[0]!)));
    return kept.reduce((sum, summary) => sum + summary!.seconds, 0);
  }

  /** Trains one part after the other in a thread of its own, until none waits. */
  private async lane(waiting: Part[]): Promise<void> {
    let thread: Thread | null = null;
    try {
      for (let part = waiting.shift(); part; part = waiting.shift()) thread = await this.part(part, thread);
    } catch (thrown) {
      if (!this.stop.signal.aborted) this.failure = toCurlewError(thrown);
      this.stop.abort();
      throw thrown;
    } finally {
      thread?.close();
    }
  }

  /** @returns the thread, for the next part */
  private async part(part: Part, thread: Thread | null): Promise<Thread | null> {
    const { folder } = this.work.params;
    const done = await Promise.all(part.ids.map((id) => readSummary(folder, id)));
    if (done.every((summary) => summary !== null)) {
      this.tell(part, done[0]!.reports, part.epochs);
      return thread;
    }
    for (let crashes = 0; ;) {
      thread ??= new WorkerThread<TrainRequest, TrainReply>(
        startWorker('train-worker', import.meta.url, { folder }),
        'training',
        this.stop.signal,
      );
      try {
        await this.course(part, thread, () => (crashes = 0));
        return thread;
      } catch (thrown) {
        if (thread.alive || this.stop.signal.aborted || ++crashes === crashLimit) throw thrown;
        thread = null;
      }
    }
  }

  /** From the last checkpoint, or the beginning, to the end. */
  private async course(part: Part, thread: Thread, onKept: () => void): Promise<void> {
    let { reports, epochs, done } = await thread.ask(part.request, 'opened');
    this.tell(part, reports, epochs);
    let kept = performance.now();
    while (!done) {
      await this.pausePoint();
      const ran = await thread.ask({ type: 'run' }, 'ran');
      ({ epochs, done } = ran);
      if (ran.report) reports = [...reports, ran.report];
      this.tell(part, reports, epochs);
      if (performance.now() - kept > checkpointMs) {
        await thread.ask({ type: 'keep' }, 'kept');
        await this.checkpoint();
        kept = performance.now();
        onKept();
      }
    }
    await thread.ask({ type: 'finish' }, 'finished');
    this.tell(part, reports, part.epochs);
    await this.checkpoint();
  }

  private tell(part: Part, reports: readonly EpochReport[], epochs: number): void {
    const last = reports.at(-1);
    const share = epochs / part.epochs;
    const loss = last ? `, validation loss ${last.validationLoss.toFixed(3)}` : '';
    const detail = share < 1 ? `${part.name}: epoch ${Math.floor(epochs) + 1}${loss}` : '';
    this.state.set(part, { share, detail });
    if (!part.forRouter) for (const id of part.ids) this.work.onCurve?.(id, reports);
    const all = [...this.state.values()];
    const parts = this.parts.length + (this.router ? 1 : 0);
    this.context.progress(
      all.reduce((sum, { share: one }) => sum + one, 0) / parts,
      all.flatMap((one) => (one.detail ? [one.detail] : [])).join('; '),
    );
  }

  private async pausePoint(): Promise<void> {
    this.clock.stop();
    await this.context.pausePoint();
    this.clock.go();
  }

  private async checkpoint(): Promise<void> {
    const state: Checkpoint = { wallSeconds: this.clock.seconds() };
    await this.context.checkpoint(state);
  }

  private async figures(id: string): Promise<TrainedFigures> {
    const { description, precision, best, reports } = (await readSummary(this.work.params.folder, id))!;
    return { id, name: description.name, precision, best, reports };
  }
}
