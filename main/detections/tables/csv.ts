import { csvText, type CsvCell } from '../../../models/report/csv.ts';
import { meantBySingle } from '../../contract/figures.ts';
import { microseconds, notesOf, type Table, type TableRow } from './table.ts';
import { localTime } from './times.ts';

type Column = readonly [name: string, cell: (row: TableRow) => CsvCell | undefined];

const single = (value: number | null | undefined): CsvCell =>
  value === null || value === undefined ? null : meantBySingle(value);

/** All that is known of a detection, then of its file. */
const columns: readonly Column[] = [
  ['File', ({ file }) => file.path],
  ['Start (s)', ({ detection }) => detection?.startS],
  ['End (s)', ({ detection }) => detection?.endS],
  ['Label', ({ detection }) => detection?.label],
  ['Confidence', ({ detection }) => single(detection?.confidence)],
  ['Peak', ({ detection }) => single(detection?.peak)],
  ['Peak at (s)', ({ detection }) => detection?.peakS],
  ['Windows detected', ({ detection }) => detection?.windows],
  ['Calls', ({ detection }) => detection?.calls],
  ['Channel', ({ detection }) => (detection && detection.channel !== null ? detection.channel + 1 : null)],
  ['Begins (UTC)', ({ detection }) => localTime(detection?.atMs ?? null, 0)],
  ['Begins (local)', ({ file, detection }) => localTime(detection?.atMs ?? null, file.offsetMinutes)],
  ['Expert', ({ detection }) => detection?.expert],
  ['Curiosity', ({ detection }) => single(detection?.curiosity)],
  ['Entropy (nats)', ({ detection }) => single(detection?.entropy)],
  ['Verdict', ({ detection }) => detection?.verdict],
  ['Corrected label', ({ detection }) => detection?.correctedLabel],
  ['File label', ({ file }) => file.label],
  ['File probability', ({ file }) => single(file.probability)],
  ['File length (s)', ({ file }) => microseconds(file.seconds)],
  ['Windows', ({ file }) => file.windows],
  ['File begins (UTC)', ({ file }) => localTime(file.startMs, 0)],
  ['UTC offset (min)', ({ file }) => file.offsetMinutes],
  ['Time source', ({ file }) => file.timeSource],
  ['Site', ({ file }) => file.site],
  ['Latitude', ({ file }) => file.latitude],
  ['Longitude', ({ file }) => file.longitude],
  ['Format', ({ file }) => file.format],
  ['Sample rate (Hz)', ({ file }) => file.sampleRate],
  ['Channels', ({ file }) => file.channels],
  ['Bytes', ({ file }) => file.bytes],
  ['SHA-256', ({ file }) => file.sha256],
  ['Recorder', ({ file }) => (file.recorder === null ? null : JSON.stringify(file.recorder))],
  ['Notes', ({ file }) => notesOf(file)],
];

/** One row a detection; a file without any, or that was not heard, has one row with the detection's cells empty. */
export const detectionsCsv: Table = {
  ending: '.csv',
  mime: 'text/csv',
  unheard: true,
  header: csvText([columns.map(([name]) => name)]),
  lines: (rows) => csvText(rows.map((row) => columns.map(([, cell]) => cell(row) ?? null))),
};
