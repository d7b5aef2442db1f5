/** How far a run has come, for whoever watches it, and how long it was at work. */
import { grouped } from '../../contract/figures.ts';
import type { JobContext } from '../definition.ts';
import { ActiveClock } from './active-clock.ts';
import { placeOf, type Listing, type WhenToLook } from './listing.ts';

/** What a job needs to go on after an interruption, besides what the store keeps. */
interface Checkpoint {
  /** Time spent before, without pauses. */
  wallSeconds: number;
}

/** Between checkpoints, milliseconds: the time at work that a killed lab may forget. */
const checkpointMs = 5_000;

export class Course {
  passedFiles = 0;
  passedBytes = 0;
  heardSeconds = 0;
  private readonly clock: ActiveClock;
  private lastCheckpoint = performance.now();
  private pausing: Promise<void> | null = null;
  /** Between two looks for new files. */
  private resting = false;
  /** Files and parts of them that are under way. */
  private underWay = 0;

  constructor(
    private readonly context: JobContext,
    private readonly listing: Listing,
  ) {
    const from = context.resumedFrom as Checkpoint | null;
    this.clock = new ActiveClock(from?.wallSeconds ?? 0);
  }

  /** At work, of this run and the earlier ones. */
  seconds(): number {
    return this.clock.seconds();
  }

  /** @param path of what is heard */
  tell(path: string): void {
    const { listing } = this;
    const speed = this.heardSeconds / Math.max(this.clock.sinceStart(), 0.001);
    const times = this.heardSeconds > 0 ? `, ${grouped(Math.round(speed))} × real time` : '';
    const passed = this.passedBytes + listing.unused.bytes;
    const share = listing.done && listing.bytes > 0 ? Math.min(1, passed / listing.bytes) : null;
    const total = listing.done ? listing.files : null;
    const place = Math.min(this.passedFiles + listing.unused.files + 1, listing.files);
    this.context.progress(share, `${placeOf(place, total, path)}${times}`);
  }

  /** The clock stands still while the job is paused. */
  pausePoint(): Promise<void> {
    if (this.pausing) return this.pausing;
    this.pausing = this.context.pausePoint().finally(() => {
      this.pausing = null;
      this.setClock();
    });
    this.setClock();
    return this.pausing;
  }

  /** And while nothing is to be done until the next look for new files. */
  restingUntil(next: WhenToLook): WhenToLook {
    return async (tookMs, signal) => {
      this.resting = true;
      this.setClock();
      try {
        return await next(tookMs, signal);
      } finally {
        this.resting = false;
        this.setClock();
      }
    };
  }

  async atWork(work: Promise<void>): Promise<void> {
    this.underWay++;
    this.setClock();
    try {
      await work;
    } finally {
      this.underWay--;
      this.setClock();
    }
  }

  async checkpointIfDue(): Promise<void> {
    if (performance.now() - this.lastCheckpoint > checkpointMs) await this.checkpoint();
  }

  async checkpoint(): Promise<void> {
    this.lastCheckpoint = performance.now();
    const state: Checkpoint = { wallSeconds: this.clock.seconds() };
    await this.context.checkpoint(state);
  }

  private setClock(): void {
    if (this.pausing || (this.resting && this.underWay === 0)) this.clock.stop();
    else this.clock.go();
  }
}
