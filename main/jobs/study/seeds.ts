/** The trainings of a study that differ in nothing but their seed. */
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { StudyParams } from './params.ts';

/** One after the other, from the study's own seed on. */
export const seedsOf = ({ seed, seeds }: Pick<StudyParams, 'seed' | 'seeds'>): number[] =>
  Array.from({ length: seeds }, (_, i) => seed + i);

/** Where a seed's folds are trained, and kept for whoever takes the study up again. */
export const seedFolder = (folder: string, seed: number): string => join(folder, `seed-${seed}`);

/** Earlier labs trained one seed, its folds right in the study's folder: they are taken as that seed's. */
export async function takeUpEarlier(folder: string, seed: number): Promise<void> {
  const folds = (await readdir(folder)).filter((name) => /^fold-\d+$/.test(name));
  if (folds.length === 0) return;
  await mkdir(seedFolder(folder, seed), { recursive: true });
  for (const name of folds) await rename(join(folder, name), join(seedFolder(folder, seed), name));
}
