/** From a kit's bytes to a capture on disk: decoded, held up for its trigger, written, with what was lost as gaps. */
import { SampleDecoder, type SampleSink } from '../../devices/drivers/ppk2/decode.ts';
import { SampleClock } from '../../devices/drivers/ppk2/sample-clock.ts';
import { CurlewError } from '../contract/error.ts';
import type { CaptureProgress, CaptureSpec } from './capture-spec.ts';
import { CaptureWriter } from './capture-writer.ts';
import { gap } from './totals.ts';
import { TriggerGate, type SampleTaker } from './trigger.ts';

/** So many bytes tell whether they are samples. */
const judgedBytes = 40_000;
/** A line that loses more often is told of by their number. */
const mostLate = 1000;

export class CaptureRun implements SampleSink {
  private readonly writer: CaptureWriter;
  private readonly decoder: SampleDecoder;
  private readonly clock = new SampleClock();
  private readonly gate: TriggerGate | null;
  private readonly to: SampleTaker;
  private left: number;
  private lostSoFar = 0;
  private lostByTime = 0;
  private taken = 0;
  private lastMs = 0;
  private readonly lateLosses: number[] = [];
  private judged = { bytes: 0, discarded: 0 };
  private triggerSample: number | null = null;

  /** @throws what the file system does */
  constructor({ folder, calibration, volts, trigger, before, samples }: CaptureSpec) {
    this.writer = new CaptureWriter(folder);
    this.decoder = new SampleDecoder(calibration, volts);
    this.left = samples ?? Infinity;
    const write: SampleTaker = { sample: (current, logic, range) => this.write(current, logic, range) };
    this.gate = trigger ? new TriggerGate(trigger, before, write) : null;
    this.to = this.gate ?? write;
  }

  /**
   * @param atMs when they came
   * @throws CurlewError BOARD_GARBAGE for what are no samples; what the file system does
   */
  take(bytes: Uint8Array, atMs: number): void {
    this.taken += bytes.length;
    this.decoder.take(bytes, this);
    this.lastMs = atMs;
    this.late(this.clock.arrived(atMs, this.decoder.samples + this.lostSoFar));
    this.judge();
  }

  sample(current: number, logic: number, range: number): void {
    this.to.sample(current, logic, range);
  }

  lost(samples: number): void {
    this.lostSoFar += samples;
    for (let i = 0; i < samples; i++) this.to.sample(NaN, 0, gap);
  }

  /** Of a loss that time tells the place is known to a few seconds: it is put where it was found. */
  private late(samples: number): void {
    this.lost(samples);
    this.noteLate(samples);
  }

  private noteLate(samples: number): void {
    if (samples === 0) return;
    this.lostByTime += samples;
    if (this.lateLosses.length < mostLate) this.lateLosses.push(this.writer.samples);
  }

  progress(): CaptureProgress {
    const { totals, samples } = this.writer;
    const some = totals.count > 0;
    return {
      ...{ taken: this.taken, samples, lost: totals.lost, lostByTime: this.lostByTime },
      lateLosses: [...this.lateLosses],
      ...{ discardedBytes: this.decoder.discarded, rangeChanges: this.decoder.rangeChanges },
      least: some ? totals.min : null,
      mean: some ? totals.mean : null,
      most: some ? totals.max : null,
      ...{ triggerSample: this.triggerSample, done: this.left <= 0 },
    };
  }

  /** @throws what the file system does */
  end(): CaptureProgress {
    const late = this.gate && !this.gate.fired ? 0 : this.clock.ended(this.lastMs);
    // Beyond what was wanted where that had come: so much longer it lasted.
    this.writer.lost(late);
    this.noteLate(late);
    this.writer.end();
    return this.progress();
  }

  private write(current: number, logic: number, range: number): void {
    if (this.left <= 0) return;
    if (this.gate?.fired && this.triggerSample === null && !this.gate.replaying)
      this.triggerSample = this.writer.samples;
    this.writer.sample(current, logic, range);
    // What came before the trigger is beside what was wanted.
    if (!this.gate?.replaying) this.left--;
  }

  private judge(): void {
    const bytes = this.taken - this.judged.bytes;
    if (bytes < judgedBytes) return;
    const discarded = this.decoder.discarded - this.judged.discarded;
    this.judged = { bytes: this.taken, discarded: this.decoder.discarded };
    if (discarded <= bytes / 2) return;
    throw new CurlewError(
      'BOARD_GARBAGE',
      `What the Power Profiler Kit sends are no samples any more: ${discarded} of ${bytes} bytes fit none. Unplug it, plug ` +
        `it in again and try once more. What came before is kept.`,
      { discarded, bytes },
    );
  }
}
