/** ESC-50's layout: `meta/esc50.csv` and `audio/`. */
import { join } from 'node:path';
import type { Variant } from './dataset.ts';
import {
  creditColumns,
  foldFault,
  quoted,
  wholeNumber,
  type Entry,
  type Fault,
  type Listing,
} from './listing.ts';
import { readTable, requireColumn } from './table.ts';

export const esc50Table = 'meta/esc50.csv';

/** ESC-10, as the data set's own table marks it. */
const esc10Targets = new Set([0, 1, 10, 11, 12, 20, 21, 38, 40, 41]);
/** ESC-50's five groups of ten targets each, by K. J. Piczak: "ESC: Dataset for Environmental Sound Classification", 2015. */
const groups = ['animals', 'natural soundscapes', 'human', 'interior', 'exterior'];

/** @throws CurlewError as readTable; FILE_DAMAGED if the table lacks a column */
export async function readEsc50(folder: string, variant: Variant): Promise<Listing> {
  const table = await readTable(join(folder, esc50Table));
  const file = requireColumn(table, 'filename');
  const fold = requireColumn(table, 'fold');
  const target = requireColumn(table, 'target');
  const category = requireColumn(table, 'category');
  const source = table.column('src_file') ?? (() => '');
  const credits = creditColumns(table);

  const categories = new Map<number, string>();
  for (const row of table.rows) {
    const number = wholeNumber(target(row));
    if (number !== null && category(row) !== '' && !categories.has(number)) {
      categories.set(number, category(row));
    }
  }
  const faultOf = (number: number | null, row: readonly string[]): Fault | null => {
    const wrong = (why: string): Fault => ({ kind: 'unknown-label', message: why });
    if (number === null) return wrong(`its target is ${quoted(target(row))}, which is no whole number`);
    if (category(row) === '') return wrong('its category is empty');
    if (category(row) !== categories.get(number)) {
      return wrong(
        `its category is ${quoted(category(row))} and other rows say ${categories.get(number)!} for target ${number}`,
      );
    }
    if (variant === 'groups' && number >= 50)
      return wrong(`its target ${number} is in none of the five groups`);
    return wholeNumber(fold(row)) === null ? foldFault(fold(row)) : null;
  };

  const entries: Entry[] = [];
  const outside: string[] = [];
  for (const row of table.rows) {
    const number = wholeNumber(target(row));
    const path = file(row) === '' ? '' : `audio/${file(row)}`;
    if (variant === 'esc10' && number !== null && !esc10Targets.has(number)) {
      outside.push(path);
      continue;
    }
    const name = number === null ? '' : (categories.get(number) ?? '');
    entries.push({
      file: path,
      className: variant === 'groups' ? (groups[Math.floor((number ?? 50) / 10)] ?? '') : spaced(name),
      fold: wholeNumber(fold(row)),
      source: source(row),
      credits: credits(row),
      fault: faultOf(number, row),
    });
  }
  const targets = [...categories.keys()].sort((a, b) => a - b);
  const own = targets.filter((number) => variant !== 'esc10' || esc10Targets.has(number));
  return {
    classes: variant === 'groups' ? groups : own.map((number) => spaced(categories.get(number)!)),
    entries,
    outside,
    listedUnder: 'audio',
  };
}

const spaced = (name: string) => name.replaceAll('_', ' ');
