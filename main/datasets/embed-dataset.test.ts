import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as ort from 'onnxruntime-web';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { frontEndModel } from '../../models/features/front-end.ts';
import { statisticsSize } from '../../models/features/graph.ts';
import { patchCount } from '../../models/features/log-mel.ts';
import { hex, sha256 } from '../../models/packing/sha256.ts';
import { audioFixture, noise, scratchFolder, tone, wavBytes } from '../recordings/testing.ts';
import { readAudio } from './audio.ts';
import { clipCounts, type Dataset } from './dataset.ts';
import { checkAudio, embedDataset, type Embed } from './embed-dataset.ts';
import { readDataset } from './read-dataset.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let session: ort.InferenceSession;
let made = 0;
const graph = frontEndModel();
const identity = hex(sha256(graph));
beforeAll(async () => {
  scratch = await scratchFolder();
  ort.env.wasm.numThreads = 1;
  session = await ort.InferenceSession.create(graph);
});
afterAll(async () => {
  await session.release();
  await scratch.remove();
});

let embedded = 0;
const embed: Embed = async (pcm) => {
  embedded++;
  const { embedding } = await session.run({ pcm: new ort.Tensor('float32', pcm, [pcm.length]) }, [
    'embedding',
  ]);
  return { embeddings: embedding!.data as Float32Array, patches: embedding!.dims[0]! };
};
const freshFolder = () => join(scratch.folder, `${made++}`);

async function datasetOf(files: Record<string, Uint8Array | string>): Promise<Dataset> {
  const folder = freshFolder();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return readDataset(folder);
}

const good = (seed: number) => wavBytes([noise(20_000, seed)]);
const kinds = (dataset: Dataset) =>
  dataset.problems.filter(({ outcome }) => outcome !== null).map(({ kind, name }) => `${kind} ${name}`);

describe('recordings that are not as they should be', () => {
  const files = {
    'a/1.wav': good(1),
    'a/2-cut.wav': good(2).subarray(0, 35_000),
    'a/3-text.wav': 'This is no sound.\n'.repeat(100),
    'a/4-empty.wav': '',
    'a/5-header.wav': good(5).subarray(0, 44),
    'b/1-silent.wav': wavBytes([new Float32Array(20_000)]),
    'b/2-loud.wav': wavBytes([tone(1.5, 16_000, 440, 2)]),
    'b/3-short.wav': wavBytes([noise(4_000, 3)]),
    'b/4-same.wav': good(1),
    'c/1-text.mp3': 'Neither is this.',
  };
  const expected = [
    'damaged-file a/2-cut.wav',
    'unreadable-file a/3-text.wav',
    'unreadable-file a/4-empty.wav',
    'unreadable-file a/5-header.wav',
    'silent b/1-silent.wav',
    'clipped b/2-loud.wav',
    'too-short b/3-short.wav',
    'same-content b/4-same.wav',
    'unreadable-file c/1-text.mp3',
  ];

  it('are told by name, and used or left out', async () => {
    const dataset = await datasetOf(files);
    let done = 0;
    const checked = await checkAudio(dataset, { onProgress: (clips) => (done = clips) });
    expect(done).toBe(10);
    expect(kinds(checked)).toEqual(expected);
    expect(clipCounts(checked)).toEqual({
      found: 10,
      outsideVariant: 0,
      used: 6,
      usedWithNote: 5,
      leftOut: 4,
    });
    for (const { name, message, outcome } of checked.problems) {
      expect(message).not.toContain(dataset.folder);
      if (outcome !== null) expect(message.startsWith(name)).toBe(true);
    }
  });

  it('leave a class out that has no other', async () => {
    const checked = await checkAudio(await datasetOf({ ...files, 'd/1.wav': good(7) }));
    expect(checked.classes).toEqual(['a', 'b', 'd']);
    expect(checked.clips.at(-1)).toMatchObject({ name: 'd/1.wav', label: 2 });
    expect(checked.problems).toContainEqual(expect.objectContaining({ kind: 'empty-class', name: 'c' }));
  });

  it('are told the same whether their features come from the cache or not', async () => {
    const dataset = await datasetOf(files);
    const options = { embed, identity, cacheFolder: freshFolder() };
    const first = await embedDataset(dataset, options);
    const second = await embedDataset(dataset, options);
    expect(kinds(first)).toEqual(expected);
    expect(second.problems).toEqual(first.problems);
    expect(second.clips).toEqual(first.clips);
    // The cut file is decoded each time, and the two files of the same bytes share an entry.
    expect(first.cache).toEqual({ hits: 1, computed: 5, broken: 0, failure: null });
    expect(second.cache).toEqual({ hits: 5, computed: 1, broken: 0, failure: null });
  });

  it('that vanish after the data set was read are left out', async () => {
    const dataset = await datasetOf({ 'a/1.wav': good(1), 'b/1.wav': good(2) });
    await rm(dataset.folder, { recursive: true });
    const checked = await checkAudio(dataset);
    expect(kinds(checked)).toEqual(['unreadable-file a/1.wav', 'unreadable-file b/1.wav']);
    expect(checked).toMatchObject({ classes: [], clips: [], folds: [] });
  });
});

describe('embeddings', () => {
  it('are the front end’s own, of recordings of every format and rate', async () => {
    const folder = freshFolder();
    const names = ['mono-16k.flac', 'mono-16k.ogg', 'stereo-44k1.mp3', 'stereo-44k1-24bit.flac'];
    for (const name of names) {
      await mkdir(join(folder, name.replaceAll('.', '-')), { recursive: true });
      await copyFile(audioFixture(name), join(folder, name.replaceAll('.', '-'), name.toUpperCase()));
    }
    const dataset = await embedDataset(await readDataset(folder), {
      embed,
      identity,
      cacheFolder: freshFolder(),
    });
    expect(dataset.clips).toHaveLength(names.length);
    expect(dataset.size).toBe(statisticsSize);
    for (const clip of dataset.clips) {
      const { pcm, sound } = await readAudio(clip.path);
      expect(clip.samples).toBe(sound.samples);
      expect(clip.patches).toBe(patchCount(pcm.length));
      expect(clip.embeddings).toEqual((await embed(pcm, clip)).embeddings);
    }
  });

  it('are computed anew under another identity, for another content, and where the cache is broken', async () => {
    const dataset = await datasetOf({ 'a/1.wav': good(1), 'b/1.wav': good(2) });
    const cacheFolder = freshFolder();
    const run = async (own: string) =>
      (await embedDataset(dataset, { embed, identity: own, cacheFolder })).cache;
    expect(await run('x')).toMatchObject({ hits: 0, computed: 2 });
    expect(await run('y')).toMatchObject({ hits: 0, computed: 2 });
    expect(await run('x')).toMatchObject({ hits: 2, computed: 0 });
    const identityOf = async ({ name }: { name: string }) => `with ${name}`;
    const ofClips = async (of: typeof identityOf) =>
      (await embedDataset(dataset, { embed, identity: 'x', identityOf: of, cacheFolder })).cache;
    expect(await ofClips(identityOf)).toMatchObject({ hits: 0, computed: 2 });
    expect(
      await ofClips(async ({ name }) => (name.startsWith('a') ? 'other' : identityOf({ name }))),
    ).toMatchObject({
      hits: 1,
      computed: 1,
    });
    await writeFile(dataset.clips[0]!.path, good(3));
    expect(await run('x')).toMatchObject({ hits: 1, computed: 1 });
    for (const name of await readdir(cacheFolder)) await writeFile(join(cacheFolder, name), 'broken');
    expect(await run('x')).toEqual({ hits: 0, computed: 2, broken: 2, failure: null });
    expect(await run('x')).toMatchObject({ hits: 2, broken: 0 });
  });

  it('follow a recording that is moved or renamed', async () => {
    const cacheFolder = freshFolder();
    await embedDataset(await datasetOf({ 'a/1.wav': good(1) }), { embed, identity, cacheFolder });
    const moved = await datasetOf({ 'other/name.wav': good(1) });
    expect((await embedDataset(moved, { embed, identity, cacheFolder })).cache.hits).toBe(1);
  });

  it('go on after a cancel where they were', async () => {
    const dataset = await datasetOf({ 'a/1.wav': good(1), 'a/2.wav': good(2), 'b/3.wav': good(3) });
    const abort = new AbortController();
    const options = { embed, identity, cacheFolder: freshFolder() };
    const cancelled = embedDataset(dataset, {
      ...options,
      signal: abort.signal,
      onProgress: (done) => {
        if (done === 2) abort.abort();
      },
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'ABORTED' });
    const before = embedded;
    const resumed = await embedDataset(dataset, options);
    expect(resumed.cache).toMatchObject({ hits: 2, computed: 1 });
    expect(embedded - before).toBe(1);
  });

  it('are made without a cache where its folder cannot be written, which is told', async () => {
    const dataset = await datasetOf({ 'a/1.wav': good(1), 'b/1.wav': good(2) });
    const cacheFolder = await scratch.write('no-folder', 'a file');
    const result = await embedDataset(dataset, { embed, identity, cacheFolder });
    expect(result.clips).toHaveLength(2);
    expect(result.cache.failure).toContain('EEXIST');
  });

  it('of different lengths are refused, and what the graph throws comes through', async () => {
    const dataset = await datasetOf({ 'a/1.wav': good(1), 'b/1.wav': good(2) });
    let size = 3;
    const growing: Embed = async () => ({ embeddings: new Float32Array(size++), patches: 1 });
    const cacheFolder = freshFolder();
    await expect(embedDataset(dataset, { embed: growing, identity: 'g', cacheFolder })).rejects.toMatchObject(
      {
        code: 'INTERNAL',
      },
    );
    const failing: Embed = () => Promise.reject(new RangeError('no such graph'));
    await expect(embedDataset(dataset, { embed: failing, identity: 'f', cacheFolder })).rejects.toThrow(
      RangeError,
    );
  });

  it('computed by two runs at once are the same', async () => {
    const dataset = await datasetOf({ 'a/1.wav': good(1), 'b/1.wav': good(2) });
    const cacheFolder = freshFolder();
    const slow: Embed = async (pcm) => ({ embeddings: Float32Array.from(pcm.subarray(0, 10)), patches: 1 });
    const runs = await Promise.all(
      [1, 2, 3].map(() => embedDataset(dataset, { embed: slow, identity: 's', cacheFolder })),
    );
    for (const { clips, cache } of runs) {
      expect(clips).toEqual(runs[0]!.clips);
      expect(cache.broken).toBe(0);
    }
    expect(await readdir(cacheFolder)).toHaveLength(2);
  });
});
