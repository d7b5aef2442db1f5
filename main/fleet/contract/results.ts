/** What the fleet's jobs leave behind. */
import type { ErrorCode } from '../../contract/error.ts';

export interface DeployResult {
  kind: 'deploy';
  boardId: string;
  /** Where the experts lie, in the router's order, and the router where there is one. */
  slots: number[];
  router: number | null;
  /** Of all images, their signatures included. */
  bytes: number;
  /** Of them; the board held the others already. Earlier labs kept no account of it. */
  sent?: number;
  /** While those were on their way; their verifying is not in it. */
  uploadMs: number;
  /** Bytes sent per second over the line's byte rate; null where the line's rate is unknown, or nothing was sent. */
  lineShare: number | null;
  activated: boolean;
}

export interface PlayResult {
  kind: 'play';
  boardId: string;
  /** Played, in part or whole. */
  recordings: number;
  windows: number;
  /** Recordings that were passed over. */
  failed: { path: string; message: string }[];
}

/** A table of what boards recorded, written where a person said. */
export interface ExportResult {
  kind: 'export';
  path: string;
  rows: number;
  bytes: number;
}

/** `waiting`: it is not there, and is seen to when it is met. */
export type UpdateOutcome = 'as wanted' | 'done' | 'waiting' | 'failed';

export interface BoardUpdate {
  boardId: string;
  /** As it was called then. */
  boardName: string;
  outcome: UpdateOutcome;
  /** What was changed on it, in words; also of one that failed later on. */
  did: string[];
  error: { code: ErrorCode; message: string } | null;
}

export interface RolloutResult {
  kind: 'rollout';
  rolloutId: string;
  /** How it ended. */
  state: 'done' | 'halted' | 'rolled back';
}

export interface UpdateResult {
  kind: 'update';
  /** Each board that was chosen, in the order in which they were over. */
  boards: BoardUpdate[];
}
