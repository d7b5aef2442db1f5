/** The clips of a labelled set, told without its sounds. */
import type { Clip, Dataset } from './dataset.ts';
import { readDataset, type ReadOptions } from './read-dataset.ts';

export interface LabelledClips extends Pick<Dataset, 'classes' | 'officialFolds'> {
  clips: readonly Clip[];
}

/** @throws CurlewError as readDataset */
export async function labelledClips(path: string, options: ReadOptions = {}): Promise<LabelledClips> {
  const { classes, clips, officialFolds } = await readDataset(path, options);
  return { classes, clips, officialFolds };
}
