/** What boards recorded, summed up over stretches of time: a broker is not told every record. */
import type { NamedRecord, Source } from '../../contract/types.ts';

export interface Summary {
  records: number;
  /** Means; null where no record tells it. */
  latencyMs: number | null;
  latencySource: Source;
  energyMicrojoules: number | null;
  energySource: Source;
  /** Decibels as of `TelemetryRecord`. */
  levelDb: number | null;
  noiseFloorDb: number | null;
  /** Of the last record; null where its class is not known. */
  lastClass: string | null;
  topProbability: number;
  /** When the board kept it, milliseconds since 1970. */
  lastMs: number;
}

class Mean {
  private sum = 0;
  private count = 0;

  add(value: number | null): void {
    if (value === null) return;
    this.sum += value;
    this.count++;
  }

  get value(): number | null {
    return this.count === 0 ? null : this.sum / this.count;
  }
}

class Stretch {
  records = 0;
  readonly latencyUs = new Mean();
  readonly energyNanojoule = new Mean();
  readonly level = new Mean();
  readonly noiseFloor = new Mean();

  constructor(public last: NamedRecord) {}

  add(record: NamedRecord): void {
    this.records++;
    this.last = record;
    const { featuresUs, encoderUs, routerUs, expertUs } = record;
    this.latencyUs.add(record.latencySource === 'none' ? null : featuresUs + encoderUs + routerUs + expertUs);
    this.energyNanojoule.add(record.energySource === 'none' ? null : record.energyNanojoule);
    this.level.add(record.levelDb);
    this.noiseFloor.add(record.noiseFloorDb);
  }
}

export class Summaries {
  private readonly open = new Map<string, Stretch>();
  private readonly closed = new Map<string, Summary>();

  /** @param records at least one, oldest first */
  add(boardId: string, records: readonly NamedRecord[]): void {
    for (const record of records) {
      let stretch = this.open.get(boardId);
      if (!stretch) this.open.set(boardId, (stretch = new Stretch(record)));
      stretch.add(record);
    }
  }

  /** Ends the stretch of all boards. @returns those that recorded something in it */
  close(): string[] {
    const boards = [...this.open.keys()];
    for (const [boardId, stretch] of this.open) this.closed.set(boardId, summaryOf(stretch));
    this.open.clear();
    return boards;
  }

  /** Of the last stretch in which it recorded something; null before the first has ended. */
  of(boardId: string): Summary | null {
    return this.closed.get(boardId) ?? null;
  }

  forget(boardId: string): void {
    this.open.delete(boardId);
    this.closed.delete(boardId);
  }
}

const thousandth = (value: number | null): number | null => (value === null ? null : value / 1000);

const summaryOf = ({ records, last, latencyUs, energyNanojoule, level, noiseFloor }: Stretch): Summary => ({
  records,
  latencyMs: thousandth(latencyUs.value),
  latencySource: last.latencySource,
  energyMicrojoules: thousandth(energyNanojoule.value),
  energySource: last.energySource,
  levelDb: level.value,
  noiseFloorDb: noiseFloor.value,
  lastClass: last.className,
  topProbability: last.topProbability,
  lastMs: last.atMs,
});
