/** Series as tables and in words, for the page and the command line alike. */
import { figureWords } from './figure-words.ts';
import type { ClassTimeline, Series } from './series.ts';

type Cell = string | number | null;

/** With a heading; units in brackets, as exports have them. */
export function seriesTable({ boardId, figure, everyMs, lines }: Series): Cell[][] {
  const [heading, unit] = figureWords[figure];
  const named = (what: string): string => `${heading}, ${what}${unit === null ? '' : ` (${unit})`}`;
  return [
    [
      ...['Board id', 'Begins (UTC)', 'Begins (ms since 1970)', 'Lasts (ms)', 'Source'],
      ...[`${heading}, records with it`, named('mean'), named('least'), named('most')],
    ],
    ...lines.flatMap(({ source, buckets }) =>
      buckets.map(({ atMs, records, mean, min, max }): Cell[] => [
        ...[boardId, new Date(atMs).toISOString(), atMs, everyMs, source ?? ''],
        ...[records, mean, min, max],
      ]),
    ),
  ];
}

/** A column a class; counts of records. */
export function classTable({ boardId, everyMs, classes, buckets }: ClassTimeline): Cell[][] {
  return [
    [
      ...['Board id', 'Begins (UTC)', 'Begins (ms since 1970)', 'Lasts (ms)'],
      ...classes.map(({ name }) => name ?? 'no class'),
    ],
    ...buckets.map(({ atMs, records }): Cell[] => [
      ...[boardId, new Date(atMs).toISOString(), atMs, everyMs],
      ...records,
    ]),
  ];
}
