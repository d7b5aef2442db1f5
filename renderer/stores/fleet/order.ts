/** Which rows of the fleet's table are shown, in which order and under which headings. */
import { count } from '../../../main/contract/figures.ts';
import { rankOf, type FleetRow, type Mark } from './rows.ts';

/** What rows can be sorted by; null goes last either way. */
export const sorts = {
  name: ({ name }: FleetRow) => name,
  state: rankOf,
  site: ({ details }: FleetRow) => details.site || null,
  group: ({ group }: FleetRow) => group || null,
  runs: ({ board }: FleetRow) => (board.activeRouter ?? board.activeExpert)?.name ?? null,
  p50: ({ did }: FleetRow) => did?.latencyUs?.p50 ?? null,
  p95: ({ did }: FleetRow) => did?.latencyUs?.p95 ?? null,
  energy: (row: FleetRow) => row.energyPerDay,
  battery: ({ battery }: FleetRow) => battery?.days ?? null,
  records: ({ did }: FleetRow) => did?.records ?? null,
  curiosity: ({ did }: FleetRow) => did?.curiosity ?? null,
  'top probability': ({ did }: FleetRow) => did?.topProbability ?? null,
  level: ({ did }: FleetRow) => did?.levelDb ?? null,
  'noise floor': ({ did }: FleetRow) => did?.noiseFloorDb ?? null,
  supply: ({ board }: FleetRow) => board.supplyMillivolts,
  temperature: ({ board }: FleetRow) => board.temperatureC,
  'last seen': ({ board }: FleetRow) => board.lastSeenMs,
} satisfies Record<string, (row: FleetRow) => string | number | null>;
export type Sort = keyof typeof sorts;

/** Empty: any. */
export interface Filter {
  /** Of its name, serial number, port, site, group, tags, notes or what it runs: each word somewhere. */
  text: string;
  mark: Mark | '';
  site: string;
  group: string;
  tag: string;
}

const alike = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

const textOf = ({ board, name, details, group }: FleetRow): string =>
  [
    ...[name, board.name, board.id, board.portId, board.kind, details.site, group, details.notes],
    ...[...details.tags, board.activeExpert?.name, board.activeRouter?.name],
  ]
    .join('\n')
    .toLowerCase();

export function filtered(rows: readonly FleetRow[], { text, mark, site, group, tag }: Filter): FleetRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(
    (row) =>
      (mark === '' || row.marks.includes(mark)) &&
      (site === '' || row.details.site === site) &&
      (group === '' || row.group === group) &&
      (tag === '' || row.details.tags.includes(tag)) &&
      (words.length === 0 || words.every((word) => textOf(row).includes(word))),
  );
}

/** By the name, and by the serial number, where they are alike otherwise. */
export function sorted(rows: readonly FleetRow[], sort: Sort, descending: boolean): FleetRow[] {
  const value: (row: FleetRow) => string | number | null = sorts[sort];
  const sign = descending ? -1 : 1;
  return rows
    .map((row) => ({ row, key: value(row) }))
    .sort((a, b) => {
      if (a.key === null || b.key === null) {
        if (a.key !== b.key) return a.key === null ? 1 : -1;
      } else {
        const between =
          typeof a.key === 'string' ? alike(a.key, String(b.key)) : Number(a.key) - Number(b.key);
        if (between !== 0) return sign * between;
      }
      return alike(a.row.name, b.row.name) || alike(a.row.board.id, b.row.board.id);
    })
    .map(({ row }) => row);
}

/** A line of the table; all are of one height. */
export type Line =
  | { kind: 'heading'; key: string; text: string }
  | { kind: 'board'; key: string; row: FleetRow }
  /** What the board says of its state, below it. */
  | { kind: 'message'; key: string; row: FleetRow };

export type By = '' | 'group' | 'site';

/** @param rows sorted: so they stay under each heading */
export function linesOf(rows: readonly FleetRow[], by: By): Line[] {
  const lines = (some: readonly FleetRow[]): Line[] =>
    some.flatMap((row): Line[] => {
      const key = String(row.board.entry);
      const board: Line = { kind: 'board', key, row };
      return row.board.message === null ? [board] : [board, { kind: 'message', key: `${key}m`, row }];
    });
  if (by === '') return lines(rows);
  const under = new Map<string, FleetRow[]>();
  for (const row of rows) {
    const name = by === 'group' ? row.group : row.details.site;
    const others = under.get(name);
    if (others) others.push(row);
    else under.set(name, [row]);
  }
  return [...under]
    .sort(([a], [b]) => (a === '' ? 1 : b === '' ? -1 : alike(a, b)))
    .flatMap(([name, some]): Line[] => [
      { kind: 'heading', key: `h${name}`, text: `${name || `no ${by}`}: ${count(some.length, 'board')}` },
      ...lines(some),
    ]);
}

/**
 * Which lines are drawn, and how many are left out before each of them and after the last.
 * @param kept a line that stays drawn wherever the rest is: it has the focus
 */
export function drawn(
  lines: number,
  first: number,
  last: number,
  kept: number,
): { lines: { line: number; before: number }[]; after: number } {
  const shown: number[] = [];
  for (let line = Math.max(0, first); line <= Math.min(last, lines - 1); line++) shown.push(line);
  if (kept >= 0 && kept < lines && !shown.includes(kept)) shown.push(kept);
  shown.sort((a, b) => a - b);
  return {
    lines: shown.map((line, i) => ({ line, before: line - (i === 0 ? 0 : shown[i - 1]! + 1) })),
    after: lines - ((shown.at(-1) ?? -1) + 1),
  };
}
