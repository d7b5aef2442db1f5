/** The lab's own part of the contract, and what all rooms' parts speak of. */
import * as v from 'valibot';
import { forViewers, type Role } from './roles.ts';
import { none, whole } from './schemas.ts';

/** Where a figure comes from; travels with it into every table, plot and export. */
export type Source = 'none' | 'measured' | 'counted' | 'modelled';

/** `operate`: who holds the page may change the lab; without it they may look. */
export type Capability =
  'pickFiles' | 'pickFolder' | 'pickPlace' | 'saveFile' | 'savePdf' | 'microphone' | 'operate';

export interface LabInfo {
  version: string;
  shell: string;
  /** Of whoever asks. */
  role: Role;
  dataFolder: string;
  /** When this lab was opened; what is older is of an earlier one. */
  openedMs: number;
  /** Folders that `files.browse` may list. */
  roots: string[];
  /** What of the store was found damaged since this lab was opened, what of it was lost, and where it is set aside. */
  storeLosses: readonly string[];
}

export interface LogLine {
  /** The same when a line is told again because what it says has come again. */
  number: number;
  /** When it came last. */
  atMs: number;
  /** How often it came in a row. */
  count: number;
  level: 'info' | 'warning' | 'error';
  /** Board id, job id or null for the lab itself. */
  subject: string | null;
  text: string;
}

export interface ExportFile {
  name: string;
  mime: string;
  text: string;
}

/**
 * A piece of a file, whole characters and, of a table, whole rows: files grow longer than what the lab may make at once.
 * The pieces' texts one after another are the file.
 */
export interface FilePiece<From> extends ExportFile {
  /** What to ask for next, as `from`; null at the end. */
  next: From | null;
}

export const labRequests = {
  'lab.info': forViewers(none),
  'lab.log': forViewers(v.strictObject({ limit: whole(1, 5000) })),
} as const;

export interface LabResults {
  'lab.info': LabInfo;
  'lab.log': LogLine[];
}

export interface LabOwnEvents {
  /** A new line, or one that has come again. */
  log: LogLine;
  /** Something unforeseen failed; `text` says what, and where its stack lies. `ending`: the lab ends because of it. */
  fault: { text: string; ending: boolean };
}
