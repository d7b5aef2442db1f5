/** A run scored against tables of marks. */
import type { Background } from '../../background/background.ts';
import { CurlewError } from '../../contract/error.ts';
import { pageLimit, pagesOf } from '../../contract/pieces.ts';
import type { RunScore } from '../../contract/types.ts';
import { readWhole } from '../../regular-file.ts';
import type { DetectionStore, ScoredRow } from '../detection-store.ts';
import { ruleOf, type Stretch } from './match.ts';
import { RunFiles } from './run-files.ts';
import { readTruth, recordingNameOf, type Mark } from './truth-table.ts';

/** Of a table: more lines than anyone marks. */
const mostBytes = 64 * 1024 * 1024;

export interface ScoreRooms {
  detections: Pick<DetectionStore, 'classified' | 'scored'>;
  background: Background;
}

/**
 * @param paths of tables that may be read
 * @throws CurlewError FILE_DAMAGED for a line that cannot be read; FILE_NOT_FOUND for a table that is not there, and for
 *   one of a recording that the run did not classify; STORE_FAILED
 */
export async function scoreRun(
  { detections, background }: ScoreRooms,
  jobId: string,
  { paths, overlap, files }: { paths: readonly string[]; overlap: number; files: 'marked' | 'all' },
): Promise<RunScore> {
  const known = new RunFiles();
  for await (const page of pagesOf<{ fileId: number; path: string }>((last) =>
    detections.classified(jobId, { after: last?.fileId, limit: pageLimit }),
  ))
    page.forEach((one) => known.add(one));
  const searched = new Set<number>();
  const marks = new Map<string, Stretch[]>();
  const all = new Map<string, ScoredRow[]>();
  for (const path of paths) {
    const found = readTruth(path, (await readWhole(path, mostBytes, 'a table')).toString('utf8'));
    // An empty one says that nothing is to be heard in its recording.
    if (found.length === 0) searched.add(known.ofName(recordingNameOf(path), path));
    for (const mark of found) {
      const fileId = fileOf(known, path, mark);
      searched.add(fileId);
      put(marks, mark.label, { fileId, startS: mark.startS, endS: mark.endS });
    }
  }
  for await (const page of pagesOf<ScoredRow>((last) =>
    detections.scored(jobId, files === 'all' ? null : [...searched], {
      after: last && { fileId: last.fileId, number: last.number },
      limit: pageLimit,
    }),
  ))
    page.forEach((one) => put(all, one.label, one));
  const classes: RunScore['classes'] = [];
  for (const label of [...new Set([...marks.keys(), ...all.keys()])].sort()) {
    const own = (marks.get(label) ?? []).sort((a, b) => a.fileId - b.fileId || a.startS - b.startS);
    const curve = await background.run('scoreClass', all.get(label) ?? [], own, overlap);
    classes.push({ label, marks: own.length, curve });
  }
  const scored = files === 'all' ? known.count : searched.size;
  return {
    ...{ rule: ruleOf(overlap), overlap, files: scored, filesLeftOut: known.count - scored, classes },
    marks: classes.reduce((sum, one) => sum + one.marks, 0),
  };
}

function fileOf(known: RunFiles, table: string, { path, line }: Mark): number {
  if (path === null) return known.ofName(recordingNameOf(table), table);
  const fileId = known.ofPath(path);
  if (fileId !== null) return fileId;
  throw new CurlewError(
    'FILE_NOT_FOUND',
    `${table}, line ${line}: the run classified no recording ${path}, or several of that name. Leave the line out, or correct its path.`,
    { path: table, line },
  );
}

function put<T>(map: Map<string, T[]>, label: string, one: T): void {
  const own = map.get(label);
  if (own) own.push(one);
  else map.set(label, [one]);
}
