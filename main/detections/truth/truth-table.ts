/** Tables with labels, read: Raven's, of one recording or combined, and Audacity's. */
import { basename } from 'node:path';
import { CurlewError } from '../../contract/error.ts';

/** A line of a table. */
export interface Mark {
  line: number;
  label: string;
  /** Seconds within the recording. */
  startS: number;
  endS: number;
  /** The recording that it names; null: the one that its table belongs to. */
  path: string | null;
}

const labelColumns = ['Annotation', 'Common Name', 'Species', 'Label', 'Tags'];

/** @param path for sentences @throws CurlewError FILE_DAMAGED, naming the line */
export function readTruth(path: string, text: string): Mark[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  return lines[0]!.split('\t').includes('Begin Time (s)')
    ? readRaven(path, lines)
    : readAudacity(path, lines);
}

function readRaven(path: string, lines: readonly string[]): Mark[] {
  const header = lines[0]!.split('\t').map((name) => name.trim());
  const labels = labelColumns.filter((name) => header.includes(name));
  if (labels.length === 0)
    throw damaged(path, 1, `it has no column for labels, which one of ${labelColumns.join(', ')} would be`);
  const marks: Mark[] = [];
  const seen = new Map<string, string>();
  lines.slice(1).forEach((text, index) => {
    if (text.trim() === '') return;
    const line = index + 2;
    const cells = text.split('\t');
    const cell = (name: string): string => cells[header.indexOf(name)] ?? '';
    // Raven writes a selection once for each of its views.
    const [selection, view] = [cell('Selection'), cell('View')];
    if (selection !== '') {
      const first = seen.get(selection);
      if (first !== undefined && first !== view) return;
      seen.set(selection, view);
    }
    const label = unguarded(labels.map(cell).find((one) => one.trim() !== '') ?? '').trim();
    if (label === '') throw damaged(path, line, 'its label is empty');
    const beginS = number(path, line, 'Begin Time (s)', cell('Begin Time (s)'));
    const lengthS = number(path, line, 'End Time (s)', cell('End Time (s)')) - beginS;
    if (lengthS < 0) throw damaged(path, line, 'it ends before it begins');
    const offset = cell('File Offset (s)');
    const startS = offset.trim() === '' ? beginS : number(path, line, 'File Offset (s)', offset);
    const named = unguarded(cell('Begin Path') || cell('Begin File')).trim();
    marks.push({ line, label, startS, endS: startS + lengthS, path: named === '' ? null : named });
  });
  return marks;
}

function readAudacity(path: string, lines: readonly string[]): Mark[] {
  const marks: Mark[] = [];
  lines.forEach((text, index) => {
    // A line that begins with a backslash holds the frequencies of the one before.
    if (text.trim() === '' || text.startsWith('\\')) return;
    const line = index + 1;
    const [from = '', to = '', ...rest] = text.split('\t');
    const startS = number(path, line, 'beginning', from);
    const endS = number(path, line, 'end', to);
    if (endS < startS) throw damaged(path, line, 'it ends before it begins');
    const label = unguarded(rest.join(' ')).trim();
    if (label === '') throw damaged(path, line, 'its label is empty');
    marks.push({ line, label, startS, endS, path: null });
  });
  return marks;
}

/** What `guardedText` put before a text that a spreadsheet would run. */
const unguarded = (text: string): string => (/^'+[=+\-@ ]/.test(text) ? text.slice(1) : text);

function number(path: string, line: number, what: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw damaged(path, line, `its ${what} is no number: “${text}”`);
}

export const damaged = (path: string, line: number, what: string): CurlewError =>
  new CurlewError('FILE_DAMAGED', `${path}, line ${line}: ${what}. Correct the table, or leave it out.`, {
    path,
    line,
  });

/** The recording that a table of one belongs to, by its name: `a` of a.Table.1.selections.txt, a.wav.labels.txt. */
export const recordingNameOf = (path: string): string =>
  basename(path)
    .replace(/\.(txt|tsv|csv)$/i, '')
    .replace(/\.(selections|labels)$/i, '')
    .replace(/\.Table\.\d+$/i, '');
