/** The store's part of the contract. */
import * as v from 'valibot';
import { forOperators } from '../contract/roles.ts';
import { path } from '../contract/schemas.ts';

/** A copy of the whole store as it was at one moment. */
export interface StoreBackup {
  path: string;
  bytes: number;
}

export const storeRequests = {
  /** To a file that is not there yet, in an allowed folder; left out: to the folder `backups` of the data folder. */
  'store.backup': forOperators(v.strictObject({ path: v.optional(path) })),
} as const;

export interface StoreResults {
  'store.backup': StoreBackup;
}
