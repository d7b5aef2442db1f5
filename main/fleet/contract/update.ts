/** Bringing boards to what is wanted of them: the fleet's part of the contract. */
import * as v from 'valibot';
import { forOperators } from '../../contract/roles.ts';
import { id } from '../../contract/schemas.ts';
import type { Job } from '../../jobs/contract.ts';
import { mostBoards } from './details.ts';

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
