/** Detections into files: tables, a table for each recording, clips; each whole or not at all. */
import { pageLimit, pagesOf, textsOf } from '../contract/pieces.ts';
import type { DetectionFilter, TableFrom, WriteFormat, WrittenDetections } from '../contract/types.ts';
import type { Outputs } from '../outputs.ts';
import type { DetectionStore } from './detection-store.ts';
import { FileNames } from './file-names.ts';
import { tablePiece, type TableWish } from './table-piece.ts';

/** The run that is written, and how it was made, as JSON, which can be taken once. */
export interface Written {
  jobId: string;
  filter: DetectionFilter;
  /** Files and folders that were classified. */
  roots: readonly string[];
  provenance: AsyncIterable<string>;
}

type Store = Pick<DetectionStore, 'entries' | 'filesHeard' | 'writeParquet'>;

/** Beside a table; two tables that differ only in their ending have each its own. */
export const runPath = (path: string): string => `${path}.run.json`;

/** @throws CurlewError of `Outputs`, and STORE_FAILED */
export async function writeTable(
  detections: Store,
  run: Written,
  format: Extract<WriteFormat, TableWish['format']> | 'parquet',
  path: string,
  outputs: Outputs,
): Promise<WrittenDetections> {
  const output = await outputs.file(path);
  const beside = await outputs.file(runPath(path));
  let written = 0;
  if (format === 'parquet')
    written = await output.fill((file) => detections.writeParquet(run.jobId, run.filter, file));
  else
    await output.write(
      textsOf<TableFrom>(async (from) => {
        const piece = await tablePiece(detections, { ...run, format, from });
        written = piece.selections;
        return { name: '', ...piece };
      }),
    );
  await beside.write(run.provenance);
  return { path, files: 1, detections: written, failed: [] };
}

const ofEach = {
  ravenFiles: { format: 'ravenFile', ending: '.selections.txt' },
  audacityFiles: { format: 'audacity', ending: '.labels.txt' },
} as const;

/** A table for each recording in which the filter leaves a detection, named after it. @throws as writeTable */
export async function writeTables(
  detections: Store,
  run: Written,
  kind: keyof typeof ofEach,
  path: string,
  outputs: Outputs,
): Promise<WrittenDetections> {
  const { format, ending } = ofEach[kind];
  const names = new FileNames(run.roots);
  const files: { fileId: number; name: string }[] = [];
  for await (const page of pagesOf<{ fileId: number; path: string }>((last) =>
    detections.filesHeard(run.jobId, run.filter, { after: last?.fileId, limit: pageLimit }),
  ))
    for (const { fileId, path: of } of page) files.push({ fileId, name: `${names.of(of)}${ending}` });
  if (files.length === 0) return { path, files: 0, detections: 0, failed: [] };
  const folder = await outputs.folder(path, [...files.map(({ name }) => name), 'run.json']);
  let written = 0;
  for (const { fileId, name } of files) {
    const filter = { ...run.filter, fileId };
    let own = 0;
    await folder.write(
      name,
      textsOf<TableFrom>(async (from) => {
        const piece = await tablePiece(detections, { ...run, filter, format, from });
        own = piece.selections;
        return { name, ...piece };
      }),
    );
    written += own;
  }
  await folder.write('run.json', run.provenance);
  return { path, files: files.length, detections: written, failed: [] };
}
