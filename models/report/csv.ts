export type CsvCell = string | number | null;

/**
 * A cell's text for a table that a spreadsheet may open, whatever separates its cells: what starts like a formula would
 * be run, so an apostrophe goes before it. Text that already starts so gets one more, which makes it certain what to
 * take off again.
 */
export const guardedText = (text: string): string => (/^'*[=+\-@\t\r]/.test(text) ? `'${text}` : text);

/**
 * Comma-separated values (RFC 4180): rows end with CR LF, numbers read back as the same number, null is an empty
 * cell, text is guarded.
 */
export const csvText = (rows: readonly (readonly CsvCell[])[]): string => rowsText(rows, guardedText);

/** The same with text as it is, for a table that another program reads: a guarded name would be no file's. */
export const exactCsvText = (rows: readonly (readonly CsvCell[])[]): string => rowsText(rows, (text) => text);

const rowsText = (rows: readonly (readonly CsvCell[])[], safe: (text: string) => string): string =>
  rows.map((row) => `${row.map((cell) => cellText(cell, safe)).join(',')}\r\n`).join('');

function cellText(cell: CsvCell, safe: (text: string) => string): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = safe(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
