/** What a bank has heard while it was made, and which clips of a data set that is. */
import { basename } from 'node:path';
import type { Manifest } from '../../../../models/bank/bank.ts';
import { CurlewError } from '../../../contract/error.ts';
import type { Clip, Dataset, Problem } from '../../../datasets/dataset.ts';
import { hashOfFile } from '../../../recordings/file.ts';
import { recordingsOf } from '../encoder-choice.ts';

export type TrainedOn = NonNullable<Manifest['trainedOn']>;

/** All that experts and encoder of a bank have heard. */
export interface Heard {
  /** Of its encoders, by their numbers on freesound.org. */
  readonly numbers: ReadonlySet<string>;
  /** As `recordingNames` gives them. */
  readonly recordings: ReadonlySet<string>;
  /** SHA-256 of files. */
  readonly files: ReadonlySet<string>;
}

/**
 * How a clip's recording is known in other data sets: by its number on freesound.org where it has one, and by its
 * source, which names a recording within its own data set alone.
 */
export function recordingNames(folder: string, clip: Clip): string[] {
  const [source, ...numbers] = recordingsOf(clip);
  return [`${basename(folder)}/${source!}`, ...numbers];
}

/** Of the clips that a bank is trained on, early stopping included. @throws CurlewError of files, ABORTED */
export async function trainedOn(
  { folder }: Pick<Dataset, 'folder'>,
  clips: readonly Clip[],
  signal?: AbortSignal,
): Promise<TrainedOn> {
  const files = new Set<string>();
  for (const { path } of clips) files.add(await hashOfFile(path, signal));
  return {
    name: basename(folder),
    recordings: [...new Set(clips.flatMap((clip) => recordingNames(folder, clip)))].sort(),
    files: [...files].sort(),
  };
}

/**
 * Leaves out what a bank has heard: the same bytes, or a clip of the same recording.
 * @returns the other clips; what is left out is among the problems
 * @throws CurlewError ABORTED; a file that cannot be read is left for whoever decodes it
 */
export async function unheard(
  dataset: Dataset,
  { numbers, recordings, files }: Heard,
  signal?: AbortSignal,
): Promise<Dataset> {
  const clips: Clip[] = [];
  const problems: Problem[] = [];
  for (const clip of dataset.clips) {
    const { name, path } = clip;
    const same =
      recordingsOf(clip).some((one) => numbers.has(one)) ||
      recordingNames(dataset.folder, clip).some((one) => recordings.has(one));
    const how = same
      ? 'a clip of its recording'
      : files.size > 0 && files.has(await hashOf(path, signal))
        ? 'the same file'
        : null;
    if (how === null) clips.push(clip);
    else {
      const message = `${name} is left out: the bank was made with ${how}.`;
      problems.push({ kind: 'heard-before', name, message, outcome: 'left-out' });
    }
  }
  return { ...dataset, clips, problems: [...dataset.problems, ...problems] };
}

/** Nothing of a file that cannot be read. */
async function hashOf(path: string, signal?: AbortSignal): Promise<string> {
  try {
    return await hashOfFile(path, signal);
  } catch (thrown) {
    if (thrown instanceof CurlewError && thrown.code.startsWith('FILE_')) return '';
    throw thrown;
  }
}
