/** What a layout's reader finds, before anything is looked for on disk. */
import type { Problem, ProblemKind } from './dataset.ts';
import type { Column, Table } from './table.ts';
import { columnNames } from './table.ts';

/** One row of a table, or one file where there is none. */
export interface Entry {
  /** where its recording should lie, relative to the folder, with `/` */
  readonly file: string;
  readonly className: string;
  /** null where no fold is told */
  readonly fold: number | null;
  /** empty where none is told */
  readonly source: string;
  readonly credits: {
    readonly title: string;
    readonly author: string;
    readonly url: string;
    readonly licence: string;
    /** the model that gave the label where nobody reviewed it; empty where a person did, or none is told */
    readonly labelledBy: string;
  };
  /** why it cannot be used whatever its recording is like, or null */
  readonly fault: Fault | null;
}

export interface Fault {
  readonly kind: ProblemKind;
  readonly message: string;
}

export interface Listing {
  /** in their order; some may turn out to have no clip */
  readonly classes: readonly string[];
  readonly entries: readonly Entry[];
  /** files of rows that the variant leaves out */
  readonly outside: readonly string[];
  /** whether recordings under this folder should be named by a row; null where there is no table */
  readonly listedUnder: string | null;
}

export const noCredits: Entry['credits'] = {
  ...{ title: '', author: '', url: '', licence: '' },
  labelledBy: '',
};

export const leftOut = (kind: ProblemKind, name: string, message: string): Problem => ({
  kind,
  name,
  message,
  outcome: 'left-out',
});

export function creditColumns(table: Table): (row: readonly string[]) => Entry['credits'] {
  const none: Column = () => '';
  const title = table.column(...columnNames.title) ?? none;
  const author = table.column(...columnNames.author) ?? none;
  const url = table.column(...columnNames.url) ?? none;
  const licence = table.column(...columnNames.licence) ?? none;
  const labelledBy = table.column(...columnNames.labelledBy) ?? none;
  return (row) => ({
    ...{ title: title(row), author: author(row), url: url(row), licence: licence(row) },
    labelledBy: labelledBy(row),
  });
}

/** A whole number from 0 up, or null: '' and '1.5' are none. */
export const wholeNumber = (text: string): number | null => (/^\d{1,9}$/.test(text) ? Number(text) : null);

export const foldFault = (text: string): Fault => ({
  kind: 'unknown-fold',
  message: `its fold is ${quoted(text)}, which is no whole number`,
});

export const quoted = (text: string): string => (text === '' ? 'empty' : `“${text}”`);
