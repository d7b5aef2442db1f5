/** Comma-separated values (RFC 4180). */
export type Cell = string | number | null;

/** Rows end with CR LF; numbers are written so that they read back as the same number; null is an empty cell. */
export const csvText = (rows: readonly (readonly Cell[])[]): string =>
  rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');

export function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  // A spreadsheet runs text that starts like a formula; an apostrophe before it keeps it text. Text that already
  // starts so gets one more, which makes it certain what to take off again.
  const safe = /^'*[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
