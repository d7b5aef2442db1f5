/** What boards answer and what they recorded: the fleet's part of the contract. */
import * as v from 'valibot';
import type { FilePiece, Source } from '../../contract/lab.ts';
import { pageLimit } from '../../contract/pieces.ts';
import { forOperators, forViewers } from '../../contract/roles.ts';
import { boardId, id, path, whole } from '../../contract/schemas.ts';
import type { Job } from '../../jobs/contract.ts';

export interface TelemetryRecord {
  boardId: string;
  bootId: number;
  sequence: number;
  /** When the lab received it. */
  receivedMs: number;
  /** When the board kept it, by the lab's clock. */
  atMs: number;
  /** How far `atMs` may be off; null for records of labs that dated them by when they were received. */
  errorMs: number | null;
  /** When the board kept it, by its own clock since it started. */
  uptimeMs: number;
  inferenceId: number;
  /** First 8 bytes of the expert's SHA-256, hex. */
  expert: string;
  classIndex: number;
  topProbability: number;
  entropy: number;
  featuresUs: number;
  encoderUs: number;
  routerUs: number;
  expertUs: number;
  latencySource: Source;
  energyNanojoule: number;
  energySource: Source;
  supplyMillivolts: number | null;
  temperatureC: number | null;
  stackBytes: number | null;
  /** How much the router's dropout passes disagreed; 0 without a router. */
  curiosity: number;
  /** Place in the board's bank of the expert that answered. */
  place: number;
  /**
   * Sound level of the window: its root mean square about its mean, decibels, 0 dB that of a sine of full scale; −200: all
   * samples alike. This and what follows is null of boards whose firmware does not tell it, and of labs from before.
   */
  levelDb: number | null;
  /** The level that 90 % of the window's frames of 10 ms exceed (L90), in the same decibels: background noise. */
  noiseFloorDb: number | null;
  /** Share of the window's samples at full scale, 0 to 1. */
  clippedShare: number | null;
  /** Why the board had started, as `Board.cause` has it. */
  startCause: string | null;
  /** The largest image that its store could take. */
  freeFlashBytes: number | null;
  /** When it was kept by the board's own clock, milliseconds since 1970; null where nobody had set that. */
  wallMs: number | null;
  /** Bit i: the bank's encoder i ran, the first being the router's. */
  stages: number | null;
  /** What a cascade decided by, 0 to 1; 0 without one. */
  score: number | null;
  /** Windows since the start that the board skipped, being behind. */
  skippedWindows: number | null;
}

/** A record with the names of what answered and of what it heard, as they were when it was recorded; null: not known. */
export interface NamedRecord extends TelemetryRecord {
  expertName: string | null;
  className: string | null;
}

/** Records of a board that were just stored. */
export interface StoredRecords {
  boardId: string;
  stored: number;
  /** The newest of them, oldest first: fewer than `stored` where many came at once. Whoever wants the others asks for them. */
  records: NamedRecord[];
}

/** Names a record of a board. */
export type RecordKey = Pick<TelemetryRecord, 'bootId' | 'sequence'>;

export interface TelemetrySummary {
  boardId: string;
  records: number;
  /** Records the board overwrote before the lab had them; counted from the sequence numbers. */
  missing: number;
  gaps: { bootId: number; afterSequence: number; missing: number }[];
  /** Where a board's clock was set, by more than no time at all; above 0 forward. Counted from its records. */
  clockSteps: { bootId: number; afterSequence: number; stepMs: number }[];
  /** Records that came again and were left out, as far as the board's log goes back and up to ten seconds ago. */
  repeated: number;
  /** Starts within which the board's sequence numbers went back, counted alike. */
  countedBack: number;
  latencyUs: { p50: number; p95: number; p99: number } | null;
  latencySource: Source;
  energyNanojoule: { mean: number; total: number } | null;
  energySource: Source;
}

/** Records that are kept of a board. */
export interface TelemetryHeld {
  records: number;
  /** When the board kept the first of them, and the last; null without any. */
  firstMs: number | null;
  lastMs: number | null;
}

export const exportFormats = ['csv', 'parquet'] as const;
export type ExportFormat = (typeof exportFormats)[number];
/** Record by record, or what they say by minute or by hour. */
export const exportLevels = ['records', 'minutes', 'hours'] as const;
export type ExportLevel = (typeof exportLevels)[number];

const time = v.pipe(v.number(), v.finite());
const recordKey = v.strictObject({ bootId: whole(0, 0xffff_ffff), sequence: whole(0, 0xffff_ffff) });
/** Of all records, or of those that the board kept before a time. */
const someRecords = v.strictObject({ boardId: id, beforeMs: v.optional(time) });

export const telemetryRequests = {
  /** The newest, or the newest before a record that is given; oldest first. */
  'telemetry.records': forViewers(
    v.strictObject({
      boardId: id,
      before: v.optional(recordKey),
      limit: whole(1, pageLimit),
    }),
  ),
  'telemetry.summary': forViewers(boardId),
  /**
   * Begins to write what boards recorded into a file of the lab's machine, as a job. Of all boards where none is named;
   * from a time on, and before another, milliseconds since 1970. A file that is there is replaced only where `overwrite`
   * says so.
   */
  'telemetry.export': forOperators(
    v.strictObject({
      path,
      format: v.picklist(exportFormats),
      level: v.picklist(exportLevels),
      boardIds: v.optional(v.pipe(v.array(id), v.maxLength(100_000)), []),
      fromMs: v.optional(time),
      toMs: v.optional(time),
      overwrite: v.optional(v.boolean(), false),
    }),
  ),
  /**
   * A board's CSV, a piece at a time, for whoever may only look: nothing is written on the lab's machine. The columns are
   * those of an export. Records as the lab got them, minutes and hours in the order of their times.
   */
  'telemetry.table': forViewers(
    v.strictObject({
      boardId: id,
      level: v.picklist(exportLevels),
      fromMs: v.optional(time),
      toMs: v.optional(time),
      /** `next` of the piece before. */
      from: v.optional(whole(0, Number.MAX_SAFE_INTEGER)),
    }),
  ),
  /** What a deletion would take. */
  'telemetry.holds': forViewers(someRecords),
  /** For good; the board is not asked for them again. The answer is what went. */
  'telemetry.delete': forOperators(someRecords),
} as const;

export interface TelemetryResults {
  'telemetry.records': NamedRecord[];
  'telemetry.summary': TelemetrySummary;
  'telemetry.export': Job;
  'telemetry.table': FilePiece<number>;
  'telemetry.holds': TelemetryHeld;
  'telemetry.delete': { records: number };
}

export interface TelemetryEvents {
  /** What was stored since this was last told, a few times a second at most. */
  telemetry: StoredRecords[];
  /** Records of a board were deleted: what is shown of them is to be asked for again. */
  telemetryDeleted: { boardId: string };
}
