import type { TelemetryRecord } from '../../main/contract/types.ts';

/** Columns of the live charts. Stages are cumulated, so that a chart can stack them. */
export const ringColumns = [
  'position',
  'features',
  'encoder',
  'router',
  'total',
  'energy',
  'sequence',
  'boot',
  'missing',
] as const;
export type RingColumn = (typeof ringColumns)[number];

/** A gap is drawn at most this many records wide, so that one long absence does not empty the chart. */
const widestGap = 12;

/**
 * The last records of one board as chart columns. Each column is written twice, `capacity` apart, so that the
 * window of the last records is always one contiguous subarray: nothing is copied or allocated as it moves.
 */
export class TelemetryRing {
  private readonly columns: Record<RingColumn, Float64Array>;
  private written = 0;

  constructor(readonly capacity: number) {
    this.columns = Object.fromEntries(
      ringColumns.map((name) => [name, new Float64Array(2 * capacity)]),
    ) as Record<RingColumn, Float64Array>;
  }

  get length(): number {
    return Math.min(this.written, this.capacity);
  }

  /** The column's values, oldest first; valid until the next push. */
  view(name: RingColumn): Float64Array {
    const start = this.written > this.capacity ? this.written % this.capacity : 0;
    return this.columns[name].subarray(start, start + this.length);
  }

  private last(name: RingColumn): number {
    return this.columns[name][(this.written - 1) % this.capacity]!;
  }

  /** As it was before the first record. */
  clear(): void {
    this.written = 0;
  }

  /** @returns false when the record is one that was already here */
  push(record: TelemetryRecord): boolean {
    let position = 0;
    let missing = 0;
    if (this.written > 0) {
      const sameBoot = record.bootId === this.last('boot');
      if (sameBoot && record.sequence <= this.last('sequence')) return false;
      // Sequence numbers start at 1 at every boot; what came before them in a boot is missing, too.
      missing = record.sequence - (sameBoot ? this.last('sequence') : 0) - 1;
      position = this.last('position') + Math.min(missing, widestGap) + 1;
    }
    const encoder = record.featuresUs + record.encoderUs;
    const router = encoder + record.routerUs;
    const values: Record<RingColumn, number> = {
      position,
      features: record.featuresUs,
      encoder,
      router,
      total: router + record.expertUs,
      energy: record.energyNanojoule,
      sequence: record.sequence,
      boot: record.bootId,
      missing,
    };
    const at = this.written % this.capacity;
    for (const name of ringColumns) {
      this.columns[name][at] = values[name];
      this.columns[name][at + this.capacity] = values[name];
    }
    this.written++;
    return true;
  }
}
