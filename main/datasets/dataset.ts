/** A labelled set of recordings: its classes, its clips with their folds and sources, and what is wrong with it. */

export const layouts = ['esc50', 'urbansound8k', 'abgqi', 'folders', 'table'] as const;
/** How a data set lies on disk (README.md). */
export type Layout = (typeof layouts)[number];

export const variants = ['all', 'esc10', 'groups'] as const;
/** `esc10` (its ten classes) and `groups` (its five super-classes) are of ESC-50's layout alone. */
export type Variant = (typeof variants)[number];

export interface Clip {
  /** relative to the data set's folder, with `/`; no two clips have the same */
  readonly name: string;
  readonly path: string;
  /** index into the data set's classes */
  readonly label: number;
  /** the data set's own number, or 1 … k where the folds are made */
  readonly fold: number;
  /** what recording the clip was cut from: clips of one recording share it */
  readonly source: string;
  /** of the source recording; empty where the table does not tell */
  readonly title: string;
  readonly author: string;
  readonly url: string;
  readonly licence: string;
  /** the model that gave the label where nobody reviewed it; else empty */
  readonly labelledBy: string;
}

export const problemKinds = [
  // Clips left out.
  'missing-file',
  'outside-folder',
  'unlisted-file',
  'unreadable-file',
  'unknown-label',
  'unknown-fold',
  'duplicate-row',
  // Of a bank that is tested.
  'heard-before',
  'other-label',
  // Clips used with a note.
  'damaged-file',
  'silent',
  'clipped',
  'too-short',
  'same-content',
  'model-label',
  // Of classes and folds.
  'empty-class',
  'few-sources',
  'single-fold',
  'shared-source',
] as const;
export type ProblemKind = (typeof problemKinds)[number];

export interface Problem {
  readonly kind: ProblemKind;
  /** the clip's name; of problems with a class or a source, that one's name */
  readonly name: string;
  /** a sentence for a person, with what was done about it */
  readonly message: string;
  /** what becomes of the clip; null where the problem is not of one clip */
  readonly outcome: 'used' | 'left-out' | null;
}

export interface Dataset {
  readonly folder: string;
  readonly layout: Layout;
  readonly variant: Variant;
  /** those with at least one clip */
  readonly classes: readonly string[];
  /** the clips to use, in the order of the table or of their names */
  readonly clips: readonly Clip[];
  /** ascending */
  readonly folds: readonly number[];
  /** whether the folds are the data set's own; made ones never share a source */
  readonly officialFolds: boolean;
  readonly problems: readonly Problem[];
  /** rows of the table, or files where there is none, and files that the table does not name */
  readonly found: number;
  /** of these, rows of classes that the variant does not have */
  readonly outsideVariant: number;
}

export interface ClipCounts {
  readonly found: number;
  readonly outsideVariant: number;
  readonly used: number;
  /** of the used ones, those with at least one note */
  readonly usedWithNote: number;
  readonly leftOut: number;
}

/** Nothing is dropped in silence: found = outsideVariant + used + leftOut. */
export function clipCounts(dataset: Dataset): ClipCounts {
  const noted = new Set<string>();
  let leftOut = 0;
  for (const { name, outcome } of dataset.problems) {
    if (outcome === 'used') noted.add(name);
    if (outcome === 'left-out') leftOut++;
  }
  return {
    found: dataset.found,
    outsideVariant: dataset.outsideVariant,
    used: dataset.clips.length,
    usedWithNote: noted.size,
    leftOut,
  };
}

export interface EmbeddedClip extends Clip {
  /** at 16 kHz, before a short clip is padded to one window */
  readonly samples: number;
  readonly patches: number;
  /** [patches][size], row-major */
  readonly embeddings: Float32Array;
}

export interface EmbeddedDataset extends Dataset {
  readonly clips: readonly EmbeddedClip[];
  /** numbers a patch; 0 without a clip */
  readonly size: number;
  readonly cache: {
    /** clips whose embeddings were in the cache */
    readonly hits: number;
    readonly computed: number;
    /** cache files that were damaged; they were dropped and computed anew */
    readonly broken: number;
    /** why embeddings could not be kept, or null; the work went on without */
    readonly failure: string | null;
  };
}
