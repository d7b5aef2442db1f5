/** Reviewed detections cut into a labelled set, alone or beside the clips of another one. */
import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { csvText, type CsvCell } from '../../models/report/csv.ts';
import type { Background } from '../background/background.ts';
import { CurlewError, toCurlewError } from '../contract/error.ts';
import { meantBySingle } from '../contract/figures.ts';
import { makeFolds } from '../datasets/folds.ts';
import type { LabelledClips } from '../datasets/labelled-clips.ts';
import { isOfRecording } from '../detections/clips.ts';
import { FileNames } from '../detections/file-names.ts';
import { microseconds } from '../detections/tables/table.ts';
import { namePart } from '../export-name.ts';
import { Outputs, writeFailure, type OutputFolder } from '../outputs.ts';
import type { LabelledSet } from './contract/labelled-set.ts';
import type { ReviewItem } from './contract/rows.ts';
import { setLabelOf } from './set-labels.ts';

export interface LabelledSetWish {
  path: string;
  marginS: number;
  background?: string | undefined;
  beside?: string | undefined;
  overwrite: boolean;
}

interface Rooms {
  background: Background;
  /** Files and folders that nothing is written over. */
  keep: readonly string[];
}

interface PlannedClip {
  item: ReviewItem;
  label: string;
  folder: string;
  name: string;
}

const columns = ['filename', 'label', 'source'];
const ofCut = [
  ...['starts (s)', 'first sample', 'samples', 'sample rate', 'channel', 'detection starts (s)'],
  ...['detection ends (s)', 'detected as', 'peak', 'reviewer', 'decided'],
];
const ofCopied = ['title', 'author', 'url', 'licence'];

/**
 * @param told how it was made, as JSON
 * @throws CurlewError REQUEST_INVALID where nothing was decided to be of a class; of `Outputs` and, of the other set, of
 *   readDataset; what is wrong with a recording is told
 */
export async function writeLabelledSet(
  { background, keep }: Rooms,
  items: readonly ReviewItem[],
  { path, marginS, background: none, beside, overwrite }: LabelledSetWish,
  told: string,
): Promise<LabelledSet> {
  const decided = items.filter(({ decisions }) => decisions.length > 0);
  const clips = planned(decided, none ?? null);
  if (clips.length === 0)
    throw new CurlewError(
      'REQUEST_INVALID',
      'Nothing of this sample was decided to be of a class yet: there is nothing to train on.',
      { decided: decided.length },
    );
  const other = beside === undefined ? null : await background.run('labelledClips', beside);
  const rules = { overwrite, keep: beside === undefined ? keep : [...keep, beside] };
  const tables = new Outputs(rules);
  const recordings = new Outputs({ ...rules, recordings: true });
  const top = await tables.folder(path, ['labels.csv', 'run.json']);
  const copies = placed(other?.clips ?? [], clips);
  const folders = await foldersOf([...clips, ...copies], path, recordings);

  const failed = new Map<string, CurlewError>();
  const rows: { cells: CsvCell[]; label: string; source: string; copied: boolean }[] = [];
  for (const { item, label, folder, name } of clips) {
    const { path: source, channel, startS, endS, label: detected, peak } = item.detection;
    try {
      const wish = { startS: startS - marginS, endS: endS + marginS, channel };
      const { wav, startSample, samples, sampleRate } = await background.run('cutClip', source, wish);
      await folders.get(folder)!.write(name, wav);
      const cells = [
        ...[microseconds(startSample / sampleRate), startSample, samples, sampleRate],
        ...[channel === null ? null : channel + 1, startS, endS, detected, meantBySingle(peak)],
        item.decisions.map(({ reviewer }) => reviewer).join(', '),
        new Date(Math.max(...item.decisions.map(({ atMs }) => atMs))).toISOString(),
      ];
      rows.push({ cells: [`${folder}/${name}`, label, source, ...cells], label, source, copied: false });
    } catch (thrown) {
      const error = toCurlewError(thrown);
      if (!isOfRecording(error)) throw error;
      if (!failed.has(source)) failed.set(source, error);
    }
  }
  for (const { clip, folder, name } of copies) {
    const label = other!.classes[clip.label]!;
    await folders.get(folder)!.write(name, createReadStream(clip.path) as AsyncIterable<Uint8Array>);
    const cells = [...ofCut.map(() => null), clip.title, clip.author, clip.url, clip.licence];
    rows.push({
      ...{ cells: [`${folder}/${name}`, label, clip.source, ...cells], label },
      ...{ source: clip.source, copied: true },
    });
  }
  const folds = other?.officialFolds ? foldsOf(rows, other.clips) : null;
  const header = [...columns, ...ofCut, ...(other ? ofCopied : []), ...(folds ? ['fold'] : [])];
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
    leftOut: decided.length - clips.length,
    failed: [...failed].map(([of, { message }]) => ({ path: of, message })),
  };
}

/** `Curlew/a_12.48s.wav`: its class, its recording, where the detection begins in that. */
function planned(items: readonly ReviewItem[], none: string | null): PlannedClip[] {
  const folders = new FileNames([]);
  const folderOf = new Map<string, string>();
  const names = new FileNames([]);
  return items.flatMap((item) => {
    const { path, label: detected, startS, channel } = item.detection;
    const label = setLabelOf(detected, item.decisions, none);
    if (label === null) return [];
    const folder = folderOf.get(label) ?? folders.free(namePart(label) || 'class');
    folderOf.set(label, folder);
    const of = channel === null ? '' : `_channel${channel + 1}`;
    const name = `${new FileNames([]).of(path)}_${microseconds(startS)}s${of}`;
    return [{ item, label, folder, name: `${names.free(join(folder, name)).slice(folder.length + 1)}.wav` }];
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
    await mkdir(dirname(join(path, folder)), { recursive: true }).catch((thrown: unknown) => {
      throw writeFailure(path, thrown);
    });
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
