/** Windows that boards were least certain of: their part of the contract. */
import * as v from 'valibot';
import { pageLimit } from '../contract/pieces.ts';
import { forOperators, forViewers } from '../contract/roles.ts';
import { id, path, text, whole } from '../contract/schemas.ts';
import { verdicts } from '../detections/contract/filter.ts';
import type { LabelledSet } from '../labelled-sets/contract.ts';
import type { ReviewDecision } from '../review/contract/rows.ts';

const number = whole(1, 0xffff_ffff);
const reviewer = v.pipe(text(100), v.trim(), v.minLength(1));

export const uncertainRequests = {
  /** Fetches what a board keeps; each is durable here before the board is told to let go of it. */
  'uncertain.pull': forOperators(v.strictObject({ boardId: id })),
  /** In the order in which they came. */
  'uncertain.list': forViewers(
    v.strictObject({
      boardId: v.optional(id),
      /** Those alone of which this reviewer has decided nothing that stands. */
      undecidedBy: v.optional(reviewer),
      after: v.optional(whole(0, 0xffff_ffff)),
      limit: whole(1, pageLimit),
    }),
  ),
  'uncertain.logMel': forViewers(v.strictObject({ number })),
  /** Of each board of which the lab has some. */
  'uncertain.counts': forViewers(
    v.strictObject({
      /** Undecided by this reviewer; without one, by anybody. */
      reviewer: v.optional(reviewer),
    }),
  ),
  /** Decided again: the new one stands, the one before is kept. */
  'uncertain.decide': forOperators(
    v.pipe(
      v.strictObject({
        number,
        reviewer,
        verdict: v.picklist(verdicts),
        /** What it is instead, where that is known. */
        label: v.optional(text(200)),
      }),
      v.check(
        ({ verdict, label }) => label === undefined || verdict === 'other',
        'Another class goes with the verdict “other” alone.',
      ),
    ),
  ),
  /** Takes back the reviewer's last decision that stands. */
  'uncertain.undo': forOperators(v.strictObject({ reviewer })),
  /**
   * Writes what reviewers agree on into a folder a class, with labels.csv. The source of a window is its board and night:
   * folds are made by sources, so none is in two.
   */
  'uncertain.labelledSet': forOperators(
    v.strictObject({
      /** Of the folder. */
      path,
      /** The class of what is none of the classes; without one it is left out. */
      background: v.optional(text(200)),
      /** A labelled set of which the clips are copied into this one, with their sources and, where it has some, its folds. */
      beside: v.optional(path),
      overwrite: v.optional(v.boolean(), false),
    }),
  ),
} as const;

/** What fetching came to. */
export interface UncertainPulled {
  fetched: number;
  /** The lab had them already: an answer of the lab had been lost. */
  known: number;
  /** How many the board keeps at most now; 0: the setting is off, or its flash is full. */
  room: number;
  /** What could not be read, a sentence each. */
  failed: string[];
}

export interface UncertainItem {
  /** The lab's own, rising. */
  number: number;
  boardId: string;
  bootId: number;
  /** Of the telemetry record that was kept of it. */
  sequence: number;
  /** When it was heard, as its record says, else by the board's clock; null where neither tells. */
  atMs: number | null;
  receivedMs: number;
  /** Noon to noon where the board stands, by its first day: `2026-05-03`; of an undated one, that of its fetching. */
  night: string;
  /** Nats. */
  entropy: number;
  /** First 8 bytes of the SHA-256 of the expert that answered, hex. */
  expert: string;
  /** The most probable class. */
  label: string;
  /** Of all classes, the most probable first. */
  probabilities: { label: string; probability: number }[];
  /** The last that stands of each reviewer, the newest last. */
  decisions: ReviewDecision[];
}

/** As the board kept it: a value, ln(mel + 0.001), is offset + code / scale. */
export interface UncertainLogMel {
  frames: number;
  bands: number;
  offset: number;
  scale: number;
  /** int8, one frame after the other. */
  codes: Uint8Array;
}

/** How many windows of a board the lab has. */
export interface UncertainCount {
  boardId: string;
  windows: number;
  undecided: number;
}

export interface UncertainEvents {
  /** Windows were fetched, or decisions made or taken back. */
  uncertain: null;
}

export interface UncertainResults {
  'uncertain.pull': UncertainPulled;
  'uncertain.list': UncertainItem[];
  'uncertain.logMel': UncertainLogMel;
  'uncertain.counts': UncertainCount[];
  'uncertain.decide': UncertainItem;
  /** The window, as it stands now; null where nothing of theirs stood. */
  'uncertain.undo': UncertainItem | null;
  'uncertain.labelledSet': LabelledSet;
}
