/** What befell a board and what was done with it, kept over restarts: the fleet's part of the contract. */
import * as v from 'valibot';
import type { LogLine } from '../../contract/lab.ts';
import { pageLimit } from '../../contract/pieces.ts';
import { forViewers, type Asker } from '../../contract/roles.ts';
import { id, whole } from '../../contract/schemas.ts';

/** `trouble`: it answered what cannot be used, or not at all. `deleted`: records of it were. */
export type BoardLogKind =
  | 'attached'
  | 'detached'
  | 'lost'
  | 'trouble'
  | 'restarted'
  | 'fell back'
  | 'reset'
  | 'deployed'
  | 'activated'
  | 'stopped'
  | 'rolled back'
  | 'confirmed'
  | 'erased'
  | 'settings'
  | 'clock'
  /** Records came that the lab had; the entry's count is theirs. */
  | 'repeated'
  /** A board's sequence numbers went back within one start. */
  | 'counted back'
  | 'details'
  | 'visited'
  | 'key'
  | 'listening'
  | 'deleted';

export interface BoardLogEntry {
  /** Rises from entry to entry; the same when one is told again because it has come again. */
  number: number;
  boardId: string;
  /** When it came last. */
  atMs: number;
  /** How often it came. */
  count: number;
  kind: BoardLogKind;
  level: LogLine['level'];
  /** One sentence. */
  text: string;
  /** Where a person asked for it; null for what befell the board, and where nobody noted it. */
  by: Asker | null;
}

export const boardLogRequests = {
  /** The newest, or the newest before the entry of a number; newest first. Also of a board that is away. */
  'boards.log': forViewers(
    v.strictObject({
      boardId: id,
      before: v.optional(whole(1, Number.MAX_SAFE_INTEGER)),
      limit: whole(1, pageLimit),
    }),
  ),
} as const;

export interface BoardLogResults {
  'boards.log': BoardLogEntry[];
}

export interface BoardLogEvents {
  /** A new entry, or one that has come again. */
  boardLog: BoardLogEntry;
}
