/** Bringing boards to what is wanted of them: the fleet's part of the contract. */
import * as v from 'valibot';
import type { ErrorCode } from '../../contract/error.ts';
import { forOperators } from '../../contract/roles.ts';
import { id } from '../../contract/schemas.ts';
import type { Job } from '../../jobs/contract.ts';
import { mostBoards } from './details.ts';

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

export interface UpdateResult {
  kind: 'update';
  /** Each board that was chosen, in the order in which they were over. */
  boards: BoardUpdate[];
}

export const updateRequests = {
  /**
   * Brings boards to the settings and the bank that are wanted of them, many at a time, as a job: its result says of each
   * board what became of it.
   */
  'fleet.update': forOperators(
    v.strictObject({
      boardIds: v.pipe(v.array(id), v.minLength(1), v.maxLength(mostBoards)),
      /** Those that are not there are seen to when they are met; without it they fail. */
      whenMet: v.optional(v.boolean()),
    }),
  ),
} as const;

export interface UpdateResults {
  'fleet.update': Job;
}
