/** The tables of a run, a piece at a time. */
import type { DetectionFilter, FilePiece, TableFormat, TableFrom } from '../contract/types.ts';
import type { DetectionStore, TableEntry } from './detection-store.ts';
import { audacityLabels } from './tables/audacity.ts';
import { birdnetCsv } from './tables/birdnet.ts';
import { detectionsCsv } from './tables/csv.ts';
import { jsonLines } from './tables/json-lines.ts';
import { kaleidoscopeCsv } from './tables/kaleidoscope.ts';
import { ravenFileTable, ravenTable } from './tables/raven.ts';
import type { Table, TableRow } from './tables/table.ts';

const tables = {
  csv: detectionsCsv,
  json: jsonLines,
  raven: ravenTable,
  birdnet: birdnetCsv,
  kaleidoscope: kaleidoscopeCsv,
  audacity: audacityLabels,
  ravenFile: ravenFileTable,
} as const satisfies Record<TableFormat | 'ravenFile', Table>;

/** A few milliseconds' work, for the store's answer and for the text of it. */
export const pieceRows = 1000;

export interface TableWish {
  jobId: string;
  format: keyof typeof tables;
  filter: DetectionFilter;
  /** Files and folders that were classified. */
  roots: readonly string[];
  /** As the piece before named it; left out: the first piece, which has the header. */
  from?: TableFrom | undefined;
}

/** @returns with `selections`: how many detections stand in it and above it @throws CurlewError STORE_FAILED */
export async function tablePiece(
  detections: Pick<DetectionStore, 'entries'>,
  { jobId, format, filter, roots, from }: TableWish,
): Promise<Omit<FilePiece<TableFrom>, 'name'> & { ending: string; selections: number }> {
  const table: Table = tables[format];
  const { ending, mime, header } = table;
  const page = { after: from, limit: pieceRows, unheard: table.unheard ?? false };
  const rows = placed(await detections.entries(jobId, filter, page), from);
  const selections = from?.selections ?? 0;
  // A file that the filter leaves nothing of may hold detections: a row would say that it has none.
  const told = hidesSome(filter) ? rows.filter(({ detection }) => detection !== null) : rows;
  const text = table.lines(told, { selections, roots });
  const last = rows.length < pieceRows ? undefined : rows.at(-1);
  const soFar = selections + rows.filter(({ detection }) => detection !== null).length;
  const next = last && {
    fileId: last.file.fileId,
    number: last.detection?.number ?? null,
    seconds: last.file.seconds,
    secondsBefore: last.secondsBefore,
    selections: soFar,
  };
  return { ending, mime, text: from ? text : header + text, next: next ?? null, selections: soFar };
}

/** Whether it may leave out detections of a file that it leaves. */
const hidesSome = (filter: DetectionFilter): boolean =>
  ofDetections.some((name) => filter[name] !== undefined);
const ofDetections = [
  ...(['labels', 'least', 'most', 'fromMs', 'toMs', 'experts', 'reviewed', 'applied'] as const),
];

function placed(entries: readonly TableEntry[], from?: TableFrom): TableRow[] {
  let before: { fileId: number | null; seconds: number; secondsBefore: number } = from ?? {
    fileId: null,
    seconds: 0,
    secondsBefore: 0,
  };
  return entries.map((entry) => {
    const { fileId, seconds } = entry.file;
    if (fileId !== before.fileId) {
      const secondsBefore = before.secondsBefore + before.seconds + entry.skippedS;
      before = { fileId, seconds, secondsBefore };
    }
    return { ...entry, secondsBefore: before.secondsBefore };
  });
}
