/**
 * A classification of 200 recordings, killed by `kill -9` at 30 random moments and gone on with each time: runs whose
 * exports are not those of an unbroken run, byte for byte.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { resources } from '../../main/resources.ts';
import { killedRuns } from '../e2e/killed-runs.ts';
import { removeFolder, temporaryFolder } from '../e2e/lab-process.ts';
import type { Bench } from './run.ts';

export const bench: Bench = async (say) => {
  if (!existsSync(join(resources.root, 'out', 'main', 'cli.js'))) throw new Error('Run npm run build first.');
  const folder = await temporaryFolder();
  try {
    const { kills, runs, differing, filesClassified } = await killedRuns(folder, {
      ...{ files: 200, kills: 30, seed: 20261127, say },
    });
    return { kills, runs, runs_differing: differing, files_classified: filesClassified };
  } finally {
    await removeFolder(folder);
  }
};
