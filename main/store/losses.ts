/** Tells a person which rows of the store are gone. */
import { count, grouped } from '../contract/figures.ts';

export interface TableCount {
  table: string;
  /** Rows that are there now. */
  left: number;
  /** Rows that there were, at least. */
  before: number;
}

/** @returns one or two sentences */
export function lossText(counts: readonly TableCount[]): string {
  const lost = counts.filter(({ left, before }) => left < before);
  if (lost.length === 0) return 'No row was lost.';
  const whole = counts.filter(({ left, before }) => before > 0 && left >= before);
  return [
    `Lost: ${lost.map(lostOf).join(', ')}.`,
    ...(whole.length > 0
      ? [`Nothing was lost of ${whole.map(({ table }) => words(table)).join(', ')}.`]
      : []),
  ].join(' ');
}

function lostOf({ table, left, before }: TableCount): string {
  return left === 0
    ? `all ${count(before, 'row')} of ${words(table)}`
    : `${grouped(before - left)} of ${count(before, 'row')} of ${words(table)}`;
}

const words = (table: string): string => table.replaceAll('_', ' ');
