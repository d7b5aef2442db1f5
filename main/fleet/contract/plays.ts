/** Recordings played at boards, and what the boards answered: the fleet's part of the contract. */
import * as v from 'valibot';
import type { ErrorCode } from '../../contract/error.ts';
import type { Source } from '../../contract/lab.ts';
import { pageLimit } from '../../contract/pieces.ts';
import { forOperators, forViewers } from '../../contract/roles.ts';
import { id, jobId, path, seconds, whole } from '../../contract/schemas.ts';
import type { Job } from '../../jobs/contract.ts';

/** A recording: a bundled clip, or a file by its real path. */
export type PlayedSource = { kind: 'clip'; clipId: string } | { kind: 'file'; path: string };

/** An image that took part in an answer, as it was called then. */
export interface PlayedImage {
  name: string;
  version: number;
  sha256: string;
}

/** What a board answered with: one expert, or a router and those it picks from, in its order. */
export interface PlayedBank {
  router: PlayedImage | null;
  /** Experts that answer together; null where the lab does not know it of this router. */
  topK: number | null;
  experts: PlayedImage[];
  /** What router and experts took their embeddings from, the router's first. */
  encoders: PlayedImage[];
}

/** One recording as it was played at a board once, by whichever page or program. */
export interface Played {
  id: string;
  jobId: string;
  boardId: string;
  /** As it was called then. */
  boardName: string;
  /** Null of a play that a lab from before noted without it. */
  bank: PlayedBank | null;
  source: PlayedSource;
  /** The file as it was then; null of a clip, and where nobody noted it. */
  file: { bytes: number; modifiedMs: number } | null;
  /** The stretch that was to be played: from here on, so long; null: to the end. */
  startS: number;
  durationS: number | null;
  startedMs: number;
  /** Null while it is played; also where its lab did not live to see the end. */
  endedMs: number | null;
  windows: number;
  /** Why it ended before its end; null where it did not. */
  error: { code: ErrorCode; message: string } | null;
}

/** One window (15,600 samples) as the board answered it. */
export interface WindowResult {
  /** Position in the recording, seconds. */
  startS: number;
  inferenceId: number;
  classIndex: number;
  label: string;
  logits: number[];
  topProbability: number;
  entropy: number;
  /** Microseconds: features, encoder, router, expert. */
  latencyUs: [number, number, number, number];
  latencySource: Source;
  energyNanojoule: number;
  energySource: Source;
  /** Place in the bank of the expert that answered, the highest ranked where several did. */
  place: number;
  /** The router's weight of each expert of the bank; empty without a router. */
  gate: number[];
  /** How much the router's passes disagreed; 0 without a router. */
  curiosity: number;
  /** What a cascade decided by, 0 to 1; 0 without one. */
  score: number;
  /** Bit i: the bank's encoder i ran, the first being the router's; null of firmware, and of labs, from before. */
  stages: number | null;
}

const clip = v.strictObject({ kind: v.literal('clip'), clipId: id });

export const playRequests = {
  /** Plays recordings at the board, window by window, each answered by what it runs. */
  'play.start': forOperators(
    v.strictObject({
      boardId: id,
      source: v.variant('kind', [
        clip,
        /** A whole recording, or a stretch of it. */
        v.strictObject({
          kind: v.literal('file'),
          path,
          startS: v.optional(seconds(1e6)),
          durationS: v.optional(seconds(1e6)),
        }),
        /** Files, and all recordings in folders, one after another; what cannot be played is passed over and told. */
        v.strictObject({
          kind: v.literal('files'),
          paths: v.pipe(v.array(path), v.minLength(1), v.maxLength(10_000)),
        }),
      ]),
    }),
  ),
  /** What was played of a recording at a board: the newest with each bank that answered, newest first, 20 at most. */
  'play.newest': forViewers(
    v.strictObject({
      boardId: id,
      source: v.variant('kind', [clip, v.strictObject({ kind: v.literal('file'), path })]),
    }),
  ),
  /** The recordings that a job played, in order: the first, or those after one. */
  'play.recordings': forViewers(
    v.strictObject({ ...jobId.entries, after: v.optional(id), limit: whole(1, pageLimit) }),
  ),
  /** The windows of one recording that begin in a stretch of it, in order: the first, or those after one. */
  'play.windows': forViewers(
    v.strictObject({
      playedId: id,
      fromS: v.optional(seconds(1e6)),
      toS: v.optional(seconds(1e6)),
      afterS: v.optional(seconds(1e6)),
      limit: whole(1, pageLimit),
    }),
  ),
} as const;

export interface PlayResults {
  'play.start': Job;
  'play.newest': Played[];
  'play.recordings': Played[];
  'play.windows': WindowResult[];
}

export interface PlayEvents {
  /** A recording begins to be played, or has ended. */
  played: Played;
  /** One window of a recording that is being played. */
  window: { playedId: string; result: WindowResult };
}
