/** What the fleet did: roll-ups of what its boards recorded. */
import * as v from 'valibot';
import type { Source } from '../../contract/lab.ts';
import { forOperators, forViewers } from '../../contract/roles.ts';
import { none, whole } from '../../contract/schemas.ts';

/** Of one board, over a stretch of time. */
export interface BoardOverview {
  boardId: string;
  records: number;
  /** Within 1 %; null where no record has a latency. */
  latencyUs: { p50: number; p95: number } | null;
  latencySource: Source;
  /** Of an inference, and of all together; null where no record has one. */
  energyNanojoule: { mean: number; total: number } | null;
  energySource: Source;
  /** Means. */
  topProbability: number | null;
  /** Nats. */
  entropy: number | null;
  curiosity: number | null;
  /** Of the windows' levels and noise floors, decibels as of `TelemetryRecord`; null where no record tells them. */
  levelDb: number | null;
  noiseFloorDb: number | null;
  /** Of samples, 0 to 1. */
  clippedShare: number | null;
  /** Beginning of the first and of the last minute or hour with records, milliseconds since 1970. */
  firstMs: number;
  lastMs: number;
}

/** One way in which records are kept. */
export interface TelemetryLevel {
  level: 'records' | 'minutes' | 'hours' | 'distributions';
  rows: number;
  /** On the disk, as far as it is written back. */
  bytes: number;
  /** When the first of them begins; null without any. */
  firstMs: number | null;
}

/** For how many days records are kept, and their roll-ups by minute; null: for good, as those by hour are. */
export interface Retention {
  recordDays: number | null;
  minuteDays: number | null;
}

const days = v.nullable(whole(1, 36_500));

export const overviewRequests = {
  /** Boards that have records of the last so many hours. */
  'fleet.overview': forViewers(v.strictObject({ hours: whole(1, 24 * 36_500) })),
  'telemetry.levels': forViewers(none),
  'telemetry.retention': forViewers(none),
  /** What is older goes within a minute, for good. */
  'telemetry.retain': forOperators(v.strictObject({ recordDays: days, minuteDays: days })),
} as const;

export interface OverviewResults {
  'fleet.overview': BoardOverview[];
  'telemetry.levels': TelemetryLevel[];
  'telemetry.retention': Retention;
  'telemetry.retain': Retention;
}
