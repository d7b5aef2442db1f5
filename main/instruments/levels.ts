/** What stretches of a capture come to, as they end: an entry of a level is made of those of the one below. */
import { levelSamples } from './pages.ts';
import { Totals, totalsBytes } from './totals.ts';

/** Entries of a level that wait to be written: those of a page, and the last one. */
const waiting = 32;

export class LevelWriter {
  private readonly open: Totals[] = levelSamples.map(() => new Totals());
  private readonly bytes = levelSamples.map(() => new Uint8Array(waiting * totalsBytes));
  private readonly filled = levelSamples.map(() => 0);
  /** Of all so far. */
  readonly all = new Totals();

  /** @param write appends to a level */
  constructor(private readonly write: (level: number, bytes: Uint8Array) => void) {}

  /** @param one a whole stretch of the lowest level, or what is left at the end */
  take(one: Totals): void {
    this.all.add(one);
    this.put(0, one);
  }

  /** What has been ended goes to disk. */
  flush(): void {
    for (let level = 0; level < levelSamples.length; level++) {
      if (this.filled[level] === 0) continue;
      this.write(level, this.bytes[level]!.subarray(0, this.filled[level]! * totalsBytes));
      this.filled[level] = 0;
    }
  }

  /** Stretches that were not filled are written as they are: nothing follows. */
  end(): void {
    for (let level = 1; level < levelSamples.length; level++) {
      if (this.open[level]!.covered > 0) this.close(level);
    }
    this.flush();
  }

  private put(level: number, one: Totals): void {
    const at = this.filled[level]!++;
    one.write(new DataView(this.bytes[level]!.buffer), at * totalsBytes);
    const above = level + 1;
    if (this.filled[level] === waiting) this.flush();
    if (above === levelSamples.length) return;
    const open = this.open[above]!;
    open.add(one);
    if (open.covered === levelSamples[above]) this.close(above);
  }

  private close(level: number): void {
    const done = this.open[level]!;
    this.open[level] = new Totals();
    this.put(level, done);
  }
}
