/** Where a person's data lies, what of it is how large, and which other folders the lab may open: their part of the contract. */
import * as v from 'valibot';
import { forLocals, forOperators, forViewers } from '../contract/roles.ts';
import { none, path } from '../contract/schemas.ts';

/** What lies in the data folder. */
export const dataKinds = [
  'store',
  'backups',
  'aside',
  'banks',
  'own-models',
  'studies',
  'features',
  'boards',
  'captures',
  'benchmarks',
  'keys',
  'window',
  'other',
] as const;
export type DataKind = (typeof dataKinds)[number];

/**
 * What may be cleaned away. `features`: made anew when they are needed. `studies`: what trainings and evaluations left that
 * are over, reports excepted. `unfinished`: files half written when a lab died. `backups` and `aside` only where a person
 * says so: nothing else holds what they hold.
 */
export const cleanKinds = ['features', 'studies', 'unfinished', 'backups', 'aside'] as const;
export type CleanKind = (typeof cleanKinds)[number];

export interface DataFolder {
  folder: string;
  /** Of the disk that it lies on; null where the system does not tell. */
  freeBytes: number | null;
  kinds: { kind: DataKind; bytes: number; files: number }[];
  /** Where it is to be moved before a lab opens it next; null: it stays. */
  movesTo: string | null;
  /** What would go. */
  clean: { kind: CleanKind; bytes: number; files: number }[];
  /** What paused and failed jobs would go on from, the largest first: it goes when the one is cancelled, the other deleted. */
  held: { jobId: string; state: 'paused' | 'failed'; bytes: number; files: number }[];
}

export interface AllowedFolders {
  /** On every lab: the home folder, removable media, what ships with Curlew. */
  usual: string[];
  /** That were added here. */
  added: string[];
}

export const dataRequests = {
  'data.look': forViewers(none),
  'data.clean': forOperators(
    v.strictObject({ kinds: v.pipe(v.array(v.picklist(cleanKinds)), v.minLength(1)) }),
  ),
  /** Moves the data folder there before a lab opens it next. */
  'data.move': forLocals(v.strictObject({ path })),
  /** It stays where it is after all. */
  'data.stay': forLocals(none),
  'folders.list': forViewers(none),
  /** From now on the lab opens what lies in it, for every page and the command line. */
  'folders.add': forLocals(v.strictObject({ path })),
  'folders.remove': forLocals(v.strictObject({ path })),
} as const;

export interface DataResults {
  'data.look': DataFolder;
  'data.clean': { bytes: number; files: number };
  'data.move': { to: string };
  'data.stay': null;
  'folders.list': AllowedFolders;
  'folders.add': AllowedFolders;
  'folders.remove': AllowedFolders;
}

export interface DataEvents {
  /** The folders that the lab may open have changed. */
  folders: null;
}
