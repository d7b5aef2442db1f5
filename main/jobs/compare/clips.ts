/** The clips that a comparison goes through. */
import { basename } from 'node:path';
import type { Background } from '../../background/background.ts';
import type { Banks } from '../../banks/banks.ts';
import { CurlewError } from '../../contract/error.ts';
import { isLogMelName } from '../../datasets/log-mel-clip.ts';
import { formatsRead } from '../../recordings/contract.ts';
import { findAudio } from '../../recordings/find-audio.ts';
import type { ComparedClip } from './contract/rows.ts';
import type { CompareParams } from './params.ts';

export interface ClipRooms {
  readonly banks: Pick<Banks, 'clips' | 'clipPath'>;
  readonly background: Pick<Background, 'run'>;
  /** Whether a recording found behind a link may be opened. */
  allowed(real: string): Promise<boolean>;
}

type Found = Omit<ComparedClip, 'clip' | 'error'>;

/**
 * So many at most, drawn evenly from all there are.
 * @throws CurlewError as readDataset and findAudio; FOLDER_EMPTY where there is no recording
 */
export async function clipsOf(
  params: CompareParams,
  rooms: ClipRooms,
  signal: AbortSignal,
): Promise<ComparedClip[]> {
  const all = await found(params, rooms, signal);
  if (all.length === 0) {
    throw new CurlewError(
      'FOLDER_EMPTY',
      `There are no recordings (${formatsRead}) under ${params.paths.join(', ')}; choose another folder.`,
    );
  }
  const many = Math.min(params.clips ?? all.length, all.length);
  return Array.from({ length: many }, (_, clip) => ({
    clip,
    ...all[Math.floor((clip * all.length) / many)]!,
    error: null,
  }));
}

async function found(params: CompareParams, rooms: ClipRooms, signal: AbortSignal): Promise<Found[]> {
  const { paths, labelled } = params;
  if (paths.length === 0) {
    return rooms.banks.clips.map(({ id, label }) => {
      const path = rooms.banks.clipPath(id);
      return { path, label, source: path };
    });
  }
  if (labelled === true) return labelledClips(params, rooms);
  if (labelled === null && paths.length === 1) {
    const set = await labelledClips(params, rooms).catch((thrown: unknown) => {
      // Neither a table nor folders of classes, or one file: recordings then.
      const code = thrown instanceof CurlewError ? thrown.code : null;
      if (code === 'FOLDER_EMPTY' || code === 'FILE_DAMAGED') return null;
      throw thrown;
    });
    if (set && set.length > 0) return set;
  }
  const recordings = await findAudio(paths, { signal, allowed: (real) => rooms.allowed(real) });
  return recordings.files.map((path) => ({ path, label: null, source: path }));
}

async function labelledClips(
  { paths, layout, variant, classes: renamed }: CompareParams,
  { background }: ClipRooms,
): Promise<Found[]> {
  const [path = ''] = paths;
  const set = await background.run('labelledClips', path, { ...(layout ? { layout } : {}), variant });
  return set.clips
    .filter(({ name }) => !isLogMelName(name))
    .map(({ path: file, label, source }) => {
      const own = set.classes[label]!;
      const name = Object.hasOwn(renamed, own) ? renamed[own]! : own;
      return { path: file, label: name === '' ? null : name, source: `${basename(path)}/${source}` };
    });
}
