/** Visits to boards that are met now and then: the fleet's part of the contract. */
import * as v from 'valibot';
import { grouped } from '../../contract/figures.ts';
import { pageLimit } from '../../contract/pieces.ts';
import { forOperators, forViewers, type Asker } from '../../contract/roles.ts';
import { id, none, whole } from '../../contract/schemas.ts';
import type { BoardClock } from './boards.ts';
import type { MicrophoneJudgement } from './microphone.ts';
import type { Standing } from './wanted.ts';

/** What a board had recorded since the visit before, or since it was first met. */
export interface VisitFound {
  records: number;
  /** Told by sequence numbers: written over on the board before they were fetched, or lost. */
  missing: number;
  /** In so many stretches; null in sheets from before that was counted. */
  gaps: number | null;
  /** When the first and the last of them were kept; null without any. */
  firstMs: number | null;
  lastMs: number | null;
  /** Starts that left records, by cause; `unknown` where it was not told. */
  starts: { cause: string; count: number }[];
  /** Of the supply while it recorded; null where it was not told. */
  leastMillivolts: number | null;
  lastMillivolts: number | null;
  /**
   * What the microphone heard, over those records: median background noise (L90) and highest level, decibels of full
   * scale, and mean share of clipped samples; null where it was not told.
   */
  noiseFloorDb: number | null;
  highestDb: number | null;
  clippedShare: number | null;
}

/** What a board is like when a visit ends. */
export interface VisitBoard {
  firmware: string;
  /** The bank that answers; null for none. */
  runs: { name: string; version: number } | null;
  /** Of it and of its settings, to what is wanted. */
  standing: Standing;
  /** The largest image that its store could take; null of firmware that does not say it. */
  freeFlashBytes: number | null;
  /** As a person said, else as its own settings say; null where nobody did. */
  position: { latitude: number; longitude: number } | null;
}

export interface Visit {
  id: string;
  boardId: string;
  /** As they were then. */
  boardName: string;
  site: string;
  startedMs: number;
  endedMs: number;
  /** When the visit before began; null for the first. */
  sinceMs: number | null;
  found: VisitFound;
  /** Left out: the sheet is older. */
  board?: VisitBoard;
  /** Windows that it was least certain of and had kept. Left out: its firmware keeps none, or the sheet is older. */
  uncertain?: number;
  /** Whether its microphone hears, by what it held and its neighbours. Left out: the sheet is older, or it could not be judged. */
  microphone?: MicrophoneJudgement;
  /** As it stood before it was set; null where it has none. */
  clock: BoardClock | null;
  /** What was changed on the board, a sentence each. */
  did: string[];
  /** What is still not as wanted, or went wrong, a sentence each. */
  left: string[];
  by: Asker | null;
  /** Nobody asked for it: the board had been away, and was met again. */
  automatic: boolean;
}

/** Boards that were away are visited by themselves when they are met again. */
export interface VisitSetting {
  /** Away for so long at least, hours; null: none is. */
  awayHours: number | null;
}

const mostHours = 24 * 366;
const awayHours = v.pipe(
  v.number(),
  v.check(
    (hours) => Number.isInteger(hours) && hours >= 1 && hours <= mostHours,
    `Boards are visited by themselves after 1 to ${grouped(mostHours)} whole hours away, or, switched off, never.`,
  ),
);

export const visitRequests = {
  /** Fetches what a board has recorded, brings it up to date, and keeps a sheet of what was found and done. */
  'visits.make': forOperators(v.strictObject({ boardId: id })),
  'visits.get': forViewers(v.strictObject({ visitId: id })),
  'visits.setting': forViewers(none),
  'visits.change': forOperators(v.strictObject({ awayHours: v.nullable(awayHours) })),
  /** Of one board, or of all; the newest first. */
  'visits.list': forViewers(
    v.strictObject({ boardId: v.optional(id), before: v.optional(v.number()), limit: whole(1, pageLimit) }),
  ),
} as const;

export interface VisitResults {
  'visits.make': Visit;
  'visits.get': Visit;
  'visits.setting': VisitSetting;
  'visits.change': VisitSetting;
  'visits.list': Visit[];
}
