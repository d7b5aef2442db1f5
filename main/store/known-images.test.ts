import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { knownImages, type KnownImage } from './known-images.ts';
import { openStore, type Store } from './open-store.ts';

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-images-'));
  store = await openStore(join(folder, 'lab.duckdb'));
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const image = (changes: Partial<KnownImage> = {}): KnownImage => ({
  kind: 'expert',
  sha256: 'ab'.repeat(32),
  name: 'Night birds',
  version: 3,
  labels: ['owl', 'nightjar'],
  topK: null,
  ...changes,
});

it('names a record by the image that answered it, also in a later lab', async () => {
  await (await knownImages(store)).keep([image()]);
  const images = await knownImages(store);
  const expert = 'ab'.repeat(8);
  expect(images.namesOf({ expert, classIndex: 1 })).toEqual({
    expertName: 'Night birds',
    className: 'nightjar',
  });
  expect(images.namesOf({ expert, classIndex: -1 })).toMatchObject({ className: null });
  const strange = { expertName: null, className: null };
  expect(images.namesOf({ expert: '00'.repeat(8), classIndex: 0 })).toEqual(strange);
});

it('keeps classes that were told once where a board tells of the image without them', async () => {
  const images = await knownImages(store);
  await images.keep([image({ labels: null }), image({ kind: 'router', sha256: 'cd'.repeat(32), topK: 2 })]);
  expect(images.of('ab'.repeat(32))?.labels).toBeNull();
  await images.keep([image()]);
  await images.keep([image({ labels: null }), image({ kind: 'router', sha256: 'cd'.repeat(32) })]);
  for (const known of [images, await knownImages(store)]) {
    expect(known.of('ab'.repeat(32))).toEqual(image());
    expect(known.of('cd'.repeat(32))?.topK).toBe(2);
  }
});
