/**
 * What a stretch of samples comes to: least, most and mean, sums by range, how much two neighbours differ, and which
 * inputs were ever high and always high. Stretches that follow each other add up; envelopes and energies are made of them.
 */

/** Of the kit, and one more for samples of which nobody knows it: those of a table, say. */
export const rangeSlots = 6;
export const unknownRange = rangeSlots - 1;
/** In place of a range: no sample came, and its current is NaN. */
export const gap = 0xff;

/** Bytes of one on disk: float64, then uint32, then float32, then bytes, little-endian. */
export const totalsBytes = 104;

export class Totals {
  /** Samples there should have been. */
  covered = 0;
  /** Sum of squares of the currents, A². */
  squares = 0;
  /** Sum of squares of the differences of neighbours, A²; each counts where the later one is. */
  differences = 0;
  min = Infinity;
  max = -Infinity;
  /** Inputs that were high once, and those that were always. */
  ever = 0;
  always = 0xff;
  readonly counts = new Float64Array(rangeSlots);
  /** A, by range. */
  readonly sums = new Float64Array(rangeSlots);

  get count(): number {
    return this.counts.reduce((sum, one) => sum + one, 0);
  }

  get sum(): number {
    return this.sums.reduce((sum, one) => sum + one, 0);
  }

  get lost(): number {
    return this.covered - this.count;
  }

  /** Amperes; NaN of nothing. */
  get mean(): number {
    return this.sum / this.count;
  }

  /** @param before the current ahead of the first; NaN where there is none */
  take(block: Samples, from: number, to: number, before: number): void {
    const { currents, logic, ranges } = block;
    let last = before;
    for (let at = from; at < to; at++) {
      const current = currents[at]!;
      const range = ranges[at]!;
      if (range === gap) {
        last = NaN;
        continue;
      }
      this.counts[range]!++;
      this.sums[range]! += current;
      this.squares += current * current;
      if (!Number.isNaN(last)) this.differences += (current - last) ** 2;
      if (current < this.min) this.min = current;
      if (current > this.max) this.max = current;
      this.ever |= logic[at]!;
      this.always &= logic[at]!;
      last = current;
    }
    this.covered += to - from;
  }

  add(other: Totals): void {
    this.covered += other.covered;
    this.squares += other.squares;
    this.differences += other.differences;
    if (other.min < this.min) this.min = other.min;
    if (other.max > this.max) this.max = other.max;
    this.ever |= other.ever;
    this.always &= other.always;
    for (let range = 0; range < rangeSlots; range++) {
      this.counts[range]! += other.counts[range]!;
      this.sums[range]! += other.sums[range]!;
    }
  }

  write(view: DataView, at: number): void {
    view.setFloat64(at, this.squares, true);
    view.setFloat64(at + 8, this.differences, true);
    for (let range = 0; range < rangeSlots; range++) {
      view.setFloat64(at + 16 + 8 * range, this.sums[range]!, true);
      view.setUint32(at + 64 + 4 * range, this.counts[range]!, true);
    }
    view.setUint32(at + 88, this.covered, true);
    view.setFloat32(at + 92, this.min, true);
    view.setFloat32(at + 96, this.max, true);
    view.setUint8(at + 100, this.ever);
    view.setUint8(at + 101, this.always);
  }

  static read(view: DataView, at: number): Totals {
    const totals = new Totals();
    totals.squares = view.getFloat64(at, true);
    totals.differences = view.getFloat64(at + 8, true);
    for (let range = 0; range < rangeSlots; range++) {
      totals.sums[range] = view.getFloat64(at + 16 + 8 * range, true);
      totals.counts[range] = view.getUint32(at + 64 + 4 * range, true);
    }
    totals.covered = view.getUint32(at + 88, true);
    totals.min = view.getFloat32(at + 92, true);
    totals.max = view.getFloat32(at + 96, true);
    totals.ever = view.getUint8(at + 100);
    totals.always = view.getUint8(at + 101);
    return totals;
  }
}

/** Of a stretch, one after another; where `ranges` says `gap`, none came. */
export interface Samples {
  /** Amperes. */
  currents: Float32Array;
  /** Input 0 in bit 0. */
  logic: Uint8Array;
  ranges: Uint8Array;
}
