/** The tables of a classification, a piece at a time: CSV, and selections for Raven. */
import type { FilePiece, TableFrom } from '../../contract/types.ts';
import { detectionsCsv } from './detections-csv.ts';
import { ravenTable } from './raven-table.ts';
import type { ClassifiedRow, ResultStore } from './result-store.ts';
import type { Table, TableRow } from './table.ts';

const tables = { csv: detectionsCsv, raven: ravenTable } as const satisfies Record<string, Table>;
export type TableFormat = keyof typeof tables;

/** A few milliseconds' work, for the store's answer and for the text of it. */
export const pieceRows = 500;

/**
 * @param from as the piece before named it; left out: the first piece, which has the header
 * @throws CurlewError STORE_FAILED; REQUEST_INVALID where `from` names a file of another job
 */
export async function tablePiece(
  results: Pick<ResultStore, 'rows'>,
  jobId: string,
  format: TableFormat,
  from?: TableFrom,
): Promise<Omit<FilePiece<TableFrom>, 'name'> & { ending: string }> {
  const { ending, mime, header, lines } = tables[format];
  const found = await results.rows(jobId, { after: from, limit: pieceRows });
  const rows = placed(found, from);
  const text = lines(rows, from?.selections ?? 0);
  const last = rows.length < pieceRows ? undefined : rows.at(-1);
  const next = last && {
    fileId: last.file.fileId,
    number: last.detection?.number ?? null,
    seconds: last.file.seconds,
    secondsBefore: last.secondsBefore,
    selections: (from?.selections ?? 0) + rows.filter(({ detection }) => detection !== null).length,
  };
  return { ending, mime, text: from ? text : header + text, next: next ?? null };
}

function placed(rows: readonly ClassifiedRow[], from?: TableFrom): TableRow[] {
  let before: { fileId: number | null; seconds: number; secondsBefore: number } = from ?? {
    fileId: null,
    seconds: 0,
    secondsBefore: 0,
  };
  return rows.map(({ file, detection }) => {
    if (file.fileId !== before.fileId) {
      before = {
        fileId: file.fileId,
        seconds: file.seconds,
        secondsBefore: before.secondsBefore + before.seconds,
      };
    }
    return { file, detection, secondsBefore: before.secondsBefore };
  });
}
