/** Reading comma-separated values; models/report/csv.ts writes them. */

/**
 * RFC 4180: quoted fields may hold separators, doubled quotes and line ends. More than it says is read too: line ends
 * of any kind, and quotes within a field that does not start with one. Empty lines are no rows.
 * @returns null if a quoted field is not closed, or goes on after its closing quote
 */
export function parseCsv(text: string, separator = ','): string[][] | null {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    let field: string;
    if (text[at] === '"') {
      const close = closingQuote(text, at);
      if (close < 0) return null;
      field = text.slice(at + 1, close).replaceAll('""', '"');
      at = close + 1;
      if (at < text.length && text[at] !== separator && !isLineEnd(text[at])) return null;
    } else {
      const start = at;
      while (at < text.length && text[at] !== separator && !isLineEnd(text[at])) at++;
      field = text.slice(start, at);
      if (field === '' && row.length === 0 && text[at] !== separator) {
        at++;
        continue;
      }
    }
    row.push(field);
    if (text[at] === separator) {
      at++;
      if (at < text.length) continue;
      row.push('');
    }
    rows.push(row);
    row = [];
    at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1;
  }
  return rows;
}

const isLineEnd = (character: string | undefined) => character === '\n' || character === '\r';

/** @returns where the quoted field that opens at `open` is closed, or -1 */
function closingQuote(text: string, open: number): number {
  let at = text.indexOf('"', open + 1);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}
