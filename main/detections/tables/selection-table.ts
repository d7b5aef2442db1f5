import { guardedText } from '../../../models/report/csv.ts';

/**
 * Raven selection tables: tab-separated, one selection a line, in Raven's own columns and one of notes. What a
 * selection is called stands in two columns: readers of annotations look for “Annotation”, those of species for
 * “Common Name”.
 */
export interface Selection {
  /** Counted from 1. */
  channel: number;
  /** Seconds; in a combined table they run on over the files. */
  beginS: number;
  endS: number;
  lowHz: number;
  highHz: number;
  name: string;
  /** 0 … 1 */
  confidence: number;
  /** The sound file. */
  beginPath: string;
  /** Seconds into the sound file. */
  fileOffsetS: number;
  /** What a person should know of the sound file; '' for nothing. */
  notes: string;
}

const columns = [
  'Selection',
  'View',
  'Channel',
  'Begin Time (s)',
  'End Time (s)',
  'Low Freq (Hz)',
  'High Freq (Hz)',
  'Annotation',
  'Common Name',
  'Confidence',
  'Begin Path',
  'File Offset (s)',
  'Notes',
];

export const selectionHeader = tabbed(columns);

/**
 * The lines below the header. Measures read back as the same number and always have a decimal point: readers tell by it
 * that a column holds no whole numbers. Text is guarded as in CSV files, since spreadsheets open these as well. The
 * format has no quoting: tabs and line ends in text become spaces.
 * @param before how many selections stand above these: the lines are numbered
 */
export function selectionLines(selections: readonly Selection[], before: number): string {
  const rows = selections.map((selection, index) => [
    String(before + index + 1),
    'Spectrogram 1',
    String(selection.channel),
    selection.beginS,
    selection.endS,
    selection.lowHz,
    selection.highHz,
    selection.name,
    selection.name,
    selection.confidence,
    selection.beginPath,
    selection.fileOffsetS,
    selection.notes,
  ]);
  return rows.map(tabbed).join('');
}

/** A line of cells with tabs between them, which text has none of. */
export function tabbed(cells: readonly (string | number)[]): string {
  const texts = cells.map((cell) =>
    typeof cell === 'number' ? decimal(cell) : guardedText(cell).replaceAll(/[\t\r\n]/g, ' '),
  );
  return `${texts.join('\t')}\n`;
}

/** With a decimal point and without an exponent, as far as JavaScript writes numbers out. */
function decimal(value: number): string {
  const text = String(value);
  if (/^-?\d+$/.test(text)) return `${text}.0`;
  const [, sign = '', whole = '', fraction = '', exponent = ''] =
    /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text) ?? [];
  if (exponent === '') return text;
  const digits = whole + fraction;
  const places = Number(exponent);
  return places < 0
    ? `${sign}0.${'0'.repeat(-places - 1)}${digits}`
    : `${sign}${digits.padEnd(places + 1, '0')}.0`;
}
