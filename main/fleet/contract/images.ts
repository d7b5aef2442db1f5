/** What lies in a board's flash, and deployments to it: the fleet's part of the contract. */
import * as v from 'valibot';
import { forOperators, forViewers } from '../../contract/roles.ts';
import { boardId, id, keyId, path, whole } from '../../contract/schemas.ts';
import type { Job } from '../../jobs/contract.ts';
import type { Board } from './boards.ts';

/** A place in a board's store that holds an image, or a part of one. */
export interface Slot {
  slot: number;
  state: 'partial' | 'verified';
  /** Bytes as announced (with a signature), and how many of them have arrived. */
  length: number;
  offset: number;
  /** Known once verified: empty, null, 0 or false before. */
  name: string;
  kind: 'expert' | 'router' | 'encoder' | null;
  bits: number;
  ternary: boolean;
  version: number;
  /** Carries a sound signature of the board's key. */
  signed: boolean;
  /** Of the image, without its signature where the lab knows it. */
  sha256: string;
  active: boolean;
  previous: boolean;
}

/** A board's flash as far as experts go. */
export interface ExpertStore {
  slots: Slot[];
  slotCount: number;
  bytes: number;
  /** The largest image that fits now. */
  freeBytes: number;
  /** Slots of the bank that answers, in the router's order; empty for none. */
  active: number[];
  router: number | null;
  /** Where roll back leads; empty for nowhere. */
  previous: number[];
  trial: Board['trial'];
}

const slot = whole(0, 15);
/** For a board that has no key yet: before it can be given one, what runs on it must be signed with it. */
const signWith = v.optional(keyId);

export const imageRequests = {
  'slots.list': forViewers(boardId),
  /** One expert, or those of a router in its order; none: nothing answers until something is activated or deployed. */
  'slots.activate': forOperators(
    v.strictObject({
      boardId: id,
      slots: v.pipe(v.array(slot), v.maxLength(8)),
      router: v.optional(slot),
    }),
  ),
  'slots.erase': forOperators(v.strictObject({ boardId: id, slot })),
  'slots.rollback': forOperators(boardId),
  /** The trial of the active bank is over. */
  'slots.confirm': forOperators(boardId),
  /**
   * Uploads, verifies and (unless told otherwise) activates an expert, or a router with its experts; their encoder
   * goes along. Progress comes as a job.
   */
  'deploy.start': forOperators(
    v.strictObject({
      boardId: id,
      expertId: id,
      activate: v.optional(v.boolean()),
      signWith,
    }),
  ),
  /**
   * The same from image files on disk: one expert, or a router with its experts. Experts of the router that are
   * not among the files are taken from the bank.
   */
  'deploy.files': forOperators(
    v.strictObject({
      boardId: id,
      paths: v.pipe(v.array(path), v.minLength(1), v.maxLength(9)),
      activate: v.optional(v.boolean()),
      signWith,
    }),
  ),
} as const;

export interface ImageResults {
  'slots.list': ExpertStore;
  'slots.activate': ExpertStore;
  'slots.erase': ExpertStore;
  'slots.rollback': ExpertStore;
  'slots.confirm': ExpertStore;
  'deploy.start': Job;
  'deploy.files': Job;
}
