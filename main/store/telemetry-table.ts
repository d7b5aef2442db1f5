/** What a board recorded as CSV, a piece at a time: each is short enough to be made between two turns of the event loop. */
import { csvText, type CsvCell } from '../../models/report/csv.ts';
import type { ExportLevel } from '../contract/types.ts';
import { literal } from './files.ts';
import type { Store } from './open-store.ts';
import { timeText, titleOf } from './copy-table.ts';
import { levels, type NamedBoard } from './telemetry-export.ts';

export interface TableWish {
  board: NamedBoard;
  level: ExportLevel;
  /** Milliseconds since 1970: from this on, and before that. */
  fromMs: number | null;
  toMs: number | null;
}

/** Rows of a piece. */
const pieceRows = 500;

/** @param from `next` of the piece before; null: from the beginning, with the headings */
export async function telemetryPiece(
  store: Store,
  { board, level, fromMs, toMs }: TableWish,
  from: number | null,
  limit = pieceRows,
): Promise<{ text: string; next: number | null }> {
  const { columns, from: table } = levels[level];
  // Records come in no order of their times: a board that was away adds old ones.
  const place = level === 'records' ? 't.rowid' : 't.at_ms';
  const where = [
    `t.board_id = ${literal(board.id)}`,
    ...(from === null ? [] : [`${place} > ${from}`]),
    ...(fromMs === null ? [] : [`t.at_ms >= ${fromMs}`]),
    ...(toMs === null ? [] : [`t.at_ms < ${toMs}`]),
  ];
  const names = [board.id, board.name, board.site, board.group].map(literal).join(', ');
  const read = await store.reading((connection) =>
    connection.runAndReadAll(
      `SELECT ${place}::DOUBLE, ${columns.map(({ sql, isTime }) => (isTime ? timeText(sql) : sql)).join(', ')}
       FROM ${table} JOIN (VALUES (${names})) b(id, name, site, "group") ON b.id = t.board_id
       WHERE ${where.join(' AND ')} ORDER BY ${place} LIMIT ${limit}`,
    ),
  );
  const rows = read.getRowsJS() as [number, ...(CsvCell | bigint)[]][];
  const whole = wholePlaces(rows, limit);
  const heading: CsvCell[][] = from === null ? [columns.map(titleOf)] : [];
  const cells = whole.map(([, ...row]) =>
    row.map((cell) => (typeof cell === 'bigint' ? Number(cell) : cell)),
  );
  return { text: csvText([...heading, ...cells]), next: rows.length < limit ? null : whole.at(-1)![0] };
}

/** A minute may have several rows, of several sources: the last of a full piece may go on in the next, and is left to it. */
function wholePlaces<T extends [number, ...unknown[]]>(rows: T[], limit: number): T[] {
  const last = rows.at(-1)?.[0];
  if (rows.length < limit || rows[0]![0] === last) return rows;
  return rows.filter(([place]) => place !== last);
}
