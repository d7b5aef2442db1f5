import { guardedText } from '../../models/report/csv.ts';

/** Raven selection tables: tab-separated, one selection a line, in Raven's own columns and one of notes. */
export interface Selection {
  /** Seconds; in a combined table they run on over the files. */
  beginS: number;
  endS: number;
  lowHz: number;
  highHz: number;
  commonName: string;
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
  'Common Name',
  'Confidence',
  'Begin Path',
  'File Offset (s)',
  'Notes',
];

export const selectionHeader = line(columns);

/**
 * The lines below the header. Numbers read back as the same number; text is guarded as in CSV files, since spreadsheets open these as well. The
 * format has no quoting: tabs and line ends in text become spaces.
 * @param before how many selections stand above these: the lines are numbered
 */
export function selectionLines(selections: readonly Selection[], before: number): string {
  const rows = selections.map((selection, index) => [
    before + index + 1,
    'Spectrogram 1',
    1,
    selection.beginS,
    selection.endS,
    selection.lowHz,
    selection.highHz,
    selection.commonName,
    selection.confidence,
    selection.beginPath,
    selection.fileOffsetS,
    selection.notes,
  ]);
  return rows.map(line).join('');
}

function line(cells: readonly (string | number)[]): string {
  const texts = cells.map((cell) =>
    typeof cell === 'number' ? String(cell) : guardedText(cell).replaceAll(/[\t\r\n]/g, ' '),
  );
  return `${texts.join('\t')}\n`;
}
