/** The readers on real data: ESC-10 in the folder CURLEW_ESC10, else in shared/data/esc10 beside the repository. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as ort from 'onnxruntime-web';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { frontEndModel } from '../../models/features/front-end.ts';
import { patchCount } from '../../models/features/log-mel.ts';
import { hex, sha256 } from '../../models/packing/sha256.ts';
import { scratchFolder } from '../recordings/testing.ts';
import { clipCounts, type Dataset } from './dataset.ts';
import { embedDataset } from './embed-dataset.ts';
import { sharedSources } from './folds.ts';
import { readDataset } from './read-dataset.ts';
import { sourcesFromNames } from './sources.ts';

const folder =
  process.env['CURLEW_ESC10'] ?? fileURLToPath(new URL('../../../shared/data/esc10', import.meta.url));
const present = existsSync(join(folder, 'meta', 'esc50.csv'));
if (!present)
  console.warn(`ESC-10 is not at ${folder}: its tests are skipped. Set CURLEW_ESC10 to its folder.`);

describe.skipIf(!present)('ESC-10, folds 1 to 4', () => {
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  let dataset: Dataset;
  beforeAll(async () => {
    scratch = await scratchFolder();
    dataset = await readDataset(folder);
  });
  afterAll(() => scratch.remove());

  it('has 320 clips in ten classes and four official folds, 8 of a class in each, and nothing wrong', () => {
    expect(dataset).toMatchObject({
      layout: 'esc50',
      officialFolds: true,
      folds: [1, 2, 3, 4],
      problems: [],
    });
    expect(dataset.classes).toEqual([
      'dog',
      'rooster',
      'rain',
      'sea waves',
      'crackling fire',
      'crying baby',
      'sneezing',
      'clock tick',
      'helicopter',
      'chainsaw',
    ]);
    for (const fold of dataset.folds) {
      for (const label of dataset.classes.keys()) {
        expect(dataset.clips.filter((clip) => clip.fold === fold && clip.label === label)).toHaveLength(8);
      }
    }
    expect(sharedSources(dataset.clips)).toEqual([]);
    expect(dataset.clips.every(({ author, licence }) => author !== '' && licence.startsWith('CC'))).toBe(
      true,
    );
  });

  it('is its own ESC-10 variant, and has clips in all five groups', async () => {
    expect((await readDataset(folder, { variant: 'esc10' })).clips).toEqual(dataset.clips);
    const groups = await readDataset(folder, { variant: 'groups' });
    expect(groups.classes).toEqual(['animals', 'natural soundscapes', 'human', 'interior', 'exterior']);
    const counts = groups.classes.map(
      (_, label) => groups.clips.filter((clip) => clip.label === label).length,
    );
    expect(counts).toEqual([64, 96, 64, 32, 64]);
  });

  it('gets from its files’ names the very sources of its table', () => {
    const clips = dataset.clips.map(({ name, label }) => ({ name, className: dataset.classes[label]! }));
    expect(sourcesFromNames(clips)).toEqual(dataset.clips.map(({ source }) => source));
  });

  it('embeds fold 2: every window of every clip, one clip noted as clipped, all again from the cache', async () => {
    const graph = frontEndModel();
    ort.env.wasm.numThreads = 1;
    const session = await ort.InferenceSession.create(graph);
    const options = {
      embed: async (pcm: Float32Array) => {
        const input = new ort.Tensor('float32', pcm, [pcm.length]);
        const { embedding } = await session.run({ pcm: input }, ['embedding']);
        return { embeddings: embedding!.data as Float32Array, patches: embedding!.dims[0]! };
      },
      identity: hex(sha256(graph)),
      cacheFolder: join(scratch.folder, 'cache'),
    };
    const fold = { ...dataset, clips: dataset.clips.filter((clip) => clip.fold === 2), found: 80 };
    const embedded = await embedDataset(fold, options);
    expect(clipCounts(embedded)).toMatchObject({ found: 80, used: 80, usedWithNote: 1, leftOut: 0 });
    expect(embedded.problems.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'clipped audio/2-107351-B-20.ogg',
    ]);
    expect(embedded.size).toBe(384);
    expect(embedded.clips.every(({ samples, patches }) => patches === patchCount(samples))).toBe(true);
    expect(embedded.clips.every(({ embeddings }) => embeddings.every(Number.isFinite))).toBe(true);
    const again = await embedDataset(fold, options);
    expect(again.cache).toEqual({ hits: 80, computed: 0, broken: 0, failure: null });
    expect(again.clips).toEqual(embedded.clips);
    await session.release();
    await rm(options.cacheFolder, { recursive: true });
  });
});
