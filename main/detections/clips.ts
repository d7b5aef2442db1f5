/** Clips of detections: a folder a class, and a table of where each was cut. */
import { join } from 'node:path';
import { csvText } from '../../models/report/csv.ts';
import type { Background } from '../background/background.ts';
import { CurlewError, toCurlewError } from '../contract/error.ts';
import { meantBySingle } from '../contract/figures.ts';
import type { ClipSettings, WrittenDetections } from '../contract/types.ts';
import { namePart } from '../export-name.ts';
import type { OutputFolder, Outputs } from '../outputs.ts';
import type { ClipRow, DetectionStore } from './detection-store.ts';
import { FileNames } from './file-names.ts';
import { microseconds } from './tables/table.ts';
import type { Written } from './write.ts';

const header = ['Clip', 'File', 'Clip starts (s)', 'First sample', 'Samples', 'Sample rate (Hz)', 'Channel'];
const ofDetection = ['Start (s)', 'End (s)', 'Label', 'Peak'];

interface PlannedClip extends ClipRow {
  folder: string;
  name: string;
}

/**
 * @param tables may write tables, `outputs` recordings
 * @throws CurlewError FILE_PROTECTED, FILE_EXISTS, FILE_UNWRITABLE, STORE_FAILED; what is wrong with a recording is told
 */
export async function writeClips(
  { detections, background }: { detections: Pick<DetectionStore, 'drawn'>; background: Background },
  run: Written,
  { marginS, most, seed, format }: ClipSettings,
  path: string,
  { tables, recordings }: { tables: Outputs; recordings: Outputs },
): Promise<WrittenDetections> {
  const clips = planned(await detections.drawn(run.jobId, run.filter, { most, seed }), run.roots, format);
  if (clips.length === 0) return { path, files: 0, detections: 0, failed: [] };
  const top = await tables.folder(path, ['clips.csv', 'run.json']);
  await tables.makeFolder(path);
  const folders = new Map<string, OutputFolder>();
  for (const folder of new Set(clips.map((clip) => clip.folder))) {
    const names = clips.filter((clip) => clip.folder === folder).map(({ name }) => name);
    folders.set(folder, await recordings.folder(join(path, folder), names));
  }
  const failed = new Map<string, CurlewError>();
  const lines = [csvText([[...header, ...ofDetection]])];
  for (const clip of clips) {
    const { folder, name, channel, startS, endS, label, peak } = clip;
    try {
      const wish = { startS: startS - marginS, endS: endS + marginS, channel, format };
      const { file, startSample, samples, sampleRate } = await background.run('cutClip', clip.path, wish);
      await folders.get(folder)!.write(name, file);
      lines.push(
        csvText([
          [
            ...[join(folder, name), clip.path, microseconds(startSample / sampleRate), startSample, samples],
            ...[sampleRate, channel === null ? null : channel + 1, startS, endS, label, meantBySingle(peak)],
          ],
        ]),
      );
    } catch (thrown) {
      const error = toCurlewError(thrown);
      if (!isOfRecording(error)) throw error;
      if (!failed.has(clip.path)) failed.set(clip.path, error);
    }
  }
  await top.write('clips.csv', lines);
  await top.write('run.json', run.provenance);
  return {
    path,
    files: lines.length - 1,
    detections: lines.length - 1,
    failed: [...failed].map(([of, { message }]) => ({ path: of, message })),
  };
}

/** What befalls a recording since it was classified; anything else ends the writing. */
export const isOfRecording = ({ code }: CurlewError): boolean => ofRecording.has(code);
const ofRecording = new Set<string>([
  ...[
    'FILE_NOT_FOUND',
    'FILE_UNREADABLE',
    'FILE_EMPTY',
    'FILE_NOT_AUDIO',
    'FILE_UNSUPPORTED',
    'FILE_DAMAGED',
  ],
  ...['FILE_TOO_SHORT', 'REQUEST_INVALID'],
]);

/** `Curlew/Pond_a_12.48s_0.873.wav`: its class, its recording, where the detection begins in that, its peak. */
function planned(
  rows: readonly ClipRow[],
  roots: readonly string[],
  format: ClipSettings['format'],
): PlannedClip[] {
  const sources = new FileNames(roots);
  const sourceOf = new Map<number, string>();
  const folders = new FileNames([]);
  const folderOf = new Map<string, string>();
  const names = new FileNames([]);
  return rows.map((row) => {
    const source = sourceOf.get(row.fileId) ?? sources.of(row.path);
    sourceOf.set(row.fileId, source);
    const folder = folderOf.get(row.label) ?? folders.free(namePart(row.label) || 'class');
    folderOf.set(row.label, folder);
    const channel = row.channel === null ? '' : `_channel${row.channel + 1}`;
    const name = `${source}_${microseconds(row.startS)}s${channel}_${row.peak.toFixed(3)}`;
    return { ...row, folder, name: `${names.free(join(folder, name)).slice(folder.length + 1)}.${format}` };
  });
}
