/** Labelled clips of recordings, cut into a labelled set, alone or beside the clips of another one. */
import { createReadStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { csvText, type CsvCell } from '../../models/report/csv.ts';
import type { Background } from '../background/background.ts';
import { toCurlewError, type CurlewError } from '../contract/error.ts';
import { meantBySingle } from '../contract/figures.ts';
import { makeFolds } from '../datasets/folds.ts';
import type { LabelledClips } from '../datasets/labelled-clips.ts';
import type { ListedDetection } from '../detections/contract/rows.ts';
import { requireApart } from '../detections/apart.ts';
import { isOfRecording } from '../detections/clips.ts';
import { FileNames } from '../detections/file-names.ts';
import { microseconds } from '../detections/tables/table.ts';
import { namePart } from '../export-name.ts';
import { allOrNone } from '../all-or-none.ts';
import { Outputs, type OutputFolder } from '../outputs.ts';
import type { LabelledSet } from './contract.ts';

/** Sound of a detection, for one class. */
export interface SetClip {
  detection: Pick<ListedDetection, 'path' | 'channel' | 'startS' | 'endS' | 'label' | 'peak'>;
  /** Of what is cut, within its recording; what lies outside it is not there. */
  startS: number;
  endS: number;
  /** Its class in the set. */
  label: string;
  /** The model that gave the label, where nobody reviewed it. */
  labelledBy: string | null;
  /** Of the columns that this kind of set has of its own. */
  cells: readonly CsvCell[];
  /** A window that a board kept, which is written as it is; else the clip is cut from its recording. */
  window?: Uint8Array;
}

export interface SetWish {
  path: string;
  beside?: string | undefined;
  overwrite: boolean;
}

interface Rooms {
  background: Background;
  /** Files and folders that nothing is written over. */
  keep: readonly string[];
}

interface PlannedClip {
  clip: SetClip;
  folder: string;
  name: string;
}

const columns = ['filename', 'label', 'source', 'labelled by model'];
const ofCut = [
  ...['starts (s)', 'first sample', 'samples', 'sample rate', 'channel', 'detection starts (s)'],
  ...['detection ends (s)', 'detected as', 'peak'],
];
const ofCopied = ['title', 'author', 'url', 'licence'];

/**
 * @param own columns of the clips' own cells
 * @param told how it was made, as JSON
 * @param classified files and folders of the run, in which no clips are put
 * @throws CurlewError of `Outputs` and, of the other set, of readDataset; what is wrong with a recording is told
 */
export async function writeSet(
  { background, keep }: Rooms,
  clips: readonly SetClip[],
  own: readonly string[],
  { path, beside, overwrite }: SetWish,
  told: string,
  classified: readonly string[],
): Promise<Omit<LabelledSet, 'leftOut'>> {
  await requireApart(path, classified);
  const cuts = planned(clips);
  const other = beside === undefined ? null : await background.run('labelledClips', beside);
  const rules = { overwrite, keep: beside === undefined ? keep : [...keep, beside] };
  const tables = new Outputs(rules);
  const recordings = new Outputs({ ...rules, recordings: true });
  return allOrNone(path, [tables, recordings], async () => {
    const top = await tables.folder(path, ['labels.csv', 'run.json']);
    await tables.makeFolder(path);
    const copies = placed(other?.clips ?? [], cuts);
    const folders = await foldersOf([...cuts, ...copies], path, recordings);

    const failed = new Map<string, CurlewError>();
    const rows: { cells: CsvCell[]; label: string; source: string; copied: boolean }[] = [];
    for (const { clip, folder, name } of cuts) {
      const { startS, endS, label, labelledBy, detection } = clip;
      const { path: source, channel } = detection;
      try {
        if (clip.window) {
          await folders.get(folder)!.write(name, clip.window);
          const none = ofCut.map((column) =>
            column === 'detected as'
              ? detection.label
              : column === 'peak'
                ? meantBySingle(detection.peak)
                : null,
          );
          rows.push({
            cells: [`${folder}/${name}`, label, source, labelledBy, ...none, ...clip.cells],
            ...{ label, source, copied: false },
          });
          continue;
        }
        const wish = { startS, endS, channel, format: 'wav' } as const;
        const { file, startSample, samples, sampleRate } = await background.run('cutClip', source, wish);
        await folders.get(folder)!.write(name, file);
        const cells = [
          ...[microseconds(startSample / sampleRate), startSample, samples, sampleRate],
          ...[channel === null ? null : channel + 1, detection.startS, detection.endS, detection.label],
          ...[meantBySingle(detection.peak), ...clip.cells],
        ];
        rows.push({
          cells: [`${folder}/${name}`, label, source, labelledBy, ...cells],
          ...{ label, source, copied: false },
        });
      } catch (thrown) {
        const error = toCurlewError(thrown);
        if (!isOfRecording(error)) throw error;
        if (!failed.has(source)) failed.set(source, error);
      }
    }
    const none = [...ofCut, ...own].map(() => null);
    for (const { clip, folder, name } of copies) {
      const label = other!.classes[clip.label]!;
      await folders.get(folder)!.write(name, createReadStream(clip.path) as AsyncIterable<Uint8Array>);
      const { source, labelledBy, title, author, url, licence } = clip;
      rows.push({
        cells: [`${folder}/${name}`, label, source, labelledBy, ...none, title, author, url, licence],
        ...{ label, source, copied: true },
      });
    }
    const folds = other?.officialFolds ? foldsOf(rows, other.clips) : null;
    const header = [...columns, ...ofCut, ...own, ...(other ? ofCopied : []), ...(folds ? ['fold'] : [])];
    await top.write('labels.csv', [
      csvText([header]),
      ...rows.map(({ cells, copied }, i) =>
        csvText([
          [...cells, ...(other && !copied ? ofCopied.map(() => null) : []), ...(folds ? [folds[i]!] : [])],
        ]),
      ),
    ]);
    await top.write('run.json', told);
    const labels = [...new Set(rows.map(({ label }) => label))].sort();
    return {
      path,
      classes: labels.map((label) => ({ label, clips: rows.filter((row) => row.label === label).length })),
      cut: rows.length - copies.length,
      copied: copies.length,
      failed: [...failed].map(([of, { message }]) => ({ path: of, message })),
    };
  });
}

/** `Curlew/a_12.48s.wav`: its class, its recording, where the detection begins in that. */
function planned(clips: readonly SetClip[]): PlannedClip[] {
  const folders = new FileNames([]);
  const folderOf = new Map<string, string>();
  const names = new FileNames([]);
  return clips.map((clip) => {
    const { path, startS, channel } = clip.detection;
    const folder = folderOf.get(clip.label) ?? folders.free(namePart(clip.label) || 'class');
    folderOf.set(clip.label, folder);
    const of = channel === null ? '' : `_channel${channel + 1}`;
    const name = `${new FileNames([]).of(path)}_${microseconds(startS)}s${of}`;
    return {
      clip,
      folder,
      name: `${names.free(join(folder, name)).slice(folder.length + 1)}.${clip.window ? 'logmel' : 'wav'}`,
    };
  });
}

/** Copies lie as they did, in a folder that no class of what is cut has. */
function placed(clips: LabelledClips['clips'], cut: readonly PlannedClip[]) {
  const names = new FileNames([]);
  for (const folder of new Set(cut.map((clip) => clip.folder))) names.free(folder);
  const top = names.free('other');
  return clips.map((clip) => {
    const below = dirname(clip.name);
    const folder = below === '.' ? top : `${top}/${below}`;
    return { clip, folder, name: clip.name.slice(below === '.' ? 0 : below.length + 1) };
  });
}

async function foldersOf(
  files: readonly { folder: string; name: string }[],
  path: string,
  outputs: Outputs,
): Promise<Map<string, OutputFolder>> {
  const names = new Map<string, string[]>();
  for (const { folder, name } of files) {
    if (!names.has(folder)) names.set(folder, []);
    names.get(folder)!.push(name);
  }
  const folders = new Map<string, OutputFolder>();
  for (const [folder, own] of names) {
    await outputs.makeFolder(dirname(join(path, folder)));
    folders.set(folder, await outputs.folder(join(path, folder), own));
  }
  return folders;
}

/** The other set's stay as they are; a source that it does not have goes, whole, to one of them, even in each class. */
function foldsOf(
  rows: readonly { label: string; source: string }[],
  known: LabelledClips['clips'],
): number[] {
  const foldOf = new Map(known.map(({ source, fold }) => [source, fold]));
  const numbers = [...new Set(known.map(({ fold }) => fold))].sort((a, b) => a - b);
  const fresh = rows.filter(({ source }) => !foldOf.has(source));
  const labels = [...new Set(fresh.map(({ label }) => label))];
  const made = makeFolds(
    fresh.map(({ label, source }) => ({ label: labels.indexOf(label), source })),
    ...([numbers.length, 1] as const),
  );
  fresh.forEach(({ source }, i) => foldOf.set(source, numbers[made[i]! - 1]!));
  return rows.map(({ source }) => foldOf.get(source)!);
}
