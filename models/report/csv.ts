export type CsvCell = string | number | null;

/**
 * Comma-separated values (RFC 4180): rows end with CR LF, numbers read back as the same number, null is an empty
 * cell. A spreadsheet runs text that starts like a formula: an apostrophe before it keeps it text.
 */
export const csvText = (rows: readonly (readonly CsvCell[])[]): string =>
  rows.map((row) => `${row.map(cellText).join(',')}\r\n`).join('');

function cellText(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  // Text that already starts so gets one more, which makes it certain what to take off again.
  const safe = /^'*[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
