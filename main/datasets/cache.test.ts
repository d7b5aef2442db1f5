import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scratchFolder } from '../recordings/testing.ts';
import { cacheKey, FeatureCache } from './cache.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let made = 0;
beforeAll(async () => {
  scratch = await scratchFolder();
});
afterAll(() => scratch.remove());

const freshFolder = () => join(scratch.folder, `cache${made++}`);
const key = (name: string) => cacheKey(name, 'test');
const entry = (values: number, seed = 0) => ({
  facts: { patches: 2, seed },
  values: Float32Array.from({ length: values }, (_, i) => Math.fround(Math.sin(i + seed))),
});
const fileOf = (folder: string, name: string) => join(folder, `${key(name)}.features`);

test('what is put is got, by another cache on the same folder too', async () => {
  const folder = freshFolder();
  const cache = new FeatureCache(folder);
  expect(await cache.get(key('a'))).toBeNull();
  await cache.put(key('a'), entry(1000));
  await cache.put(key('b'), entry(0));
  expect(await new FeatureCache(folder).get(key('a'))).toEqual(entry(1000));
  expect(await cache.get(key('b'))).toEqual(entry(0));
  expect(await readdir(folder)).toHaveLength(2);
});

test('the key depends on the content and on the identity, and not on where one ends', () => {
  expect(cacheKey('ab', 'c')).not.toBe(cacheKey('a', 'bc'));
  expect(cacheKey('ab', 'c')).not.toBe(cacheKey('ab', 'd'));
});

test('a file with any byte changed, or cut anywhere, is dropped', async () => {
  const folder = freshFolder();
  const cache = new FeatureCache(folder);
  await cache.put(key('a'), entry(5));
  const whole = await readFile(fileOf(folder, 'a'));
  let broken = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.nat(whole.length - 1),
      fc.integer({ min: 1, max: 255 }),
      fc.boolean(),
      async (at, flip, cut) => {
        const bytes = Buffer.from(whole);
        bytes[at]! ^= flip;
        await writeFile(fileOf(folder, 'a'), cut ? whole.subarray(0, at) : bytes);
        expect(await cache.get(key('a'))).toBeNull();
        expect(await readdir(folder)).toEqual([]);
        expect(cache.broken).toBe(++broken);
      },
    ),
    { numRuns: 200 },
  );
  await cache.put(key('a'), entry(5));
  expect(await cache.get(key('a'))).toEqual(entry(5));
});

test('a file under another’s name is not taken for it', async () => {
  const folder = freshFolder();
  const cache = new FeatureCache(folder);
  await cache.put(key('a'), entry(5));
  await writeFile(fileOf(folder, 'b'), await readFile(fileOf(folder, 'a')));
  expect(await cache.get(key('b'))).toBeNull();
});

test('beyond the limit the longest unused go, and a get counts as use', async () => {
  const folder = freshFolder();
  const first = new FeatureCache(folder);
  for (const name of ['a', 'b', 'c', 'd']) await first.put(key(name), entry(1000));
  const { size } = await stat(fileOf(folder, 'a'));
  // Long ago, so that the get below is later whatever the clock's steps.
  for (const [i, name] of ['a', 'b', 'c', 'd'].entries()) {
    await utimes(fileOf(folder, name), 1_000_000 + i, 1_000_000 + i);
  }
  const cache = new FeatureCache(folder, 4 * size);
  await cache.get(key('a'));
  await cache.put(key('e'), entry(1000));
  // Five files are too many for four; a tenth of the limit is left free, so that three stay.
  expect((await readdir(folder)).sort()).toEqual(
    ['a', 'd', 'e'].map((name) => `${key(name)}.features`).sort(),
  );
  expect(await cache.get(key('b'))).toBeNull();
  expect(await cache.get(key('a'))).toEqual(entry(1000));
});

test('what a dead lab left half-written is cleared away, what a living one writes is not', async () => {
  const folder = freshFolder();
  await mkdir(folder);
  await writeFile(join(folder, 'old.tmp'), 'x');
  await utimes(join(folder, 'old.tmp'), 1_000_000, 1_000_000);
  await writeFile(join(folder, 'new.tmp'), 'x');
  await new FeatureCache(folder).put(key('a'), entry(1));
  expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual(['new.tmp']);
});

test('many caches may put, get and prune in one folder at once', async () => {
  const folder = freshFolder();
  const names = Array.from({ length: 20 }, (_, i) => `${i}`);
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      // Room for about half of them.
      const cache = new FeatureCache(folder, 45_000);
      for (const name of names) {
        const found = await cache.get(key(name));
        if (found) expect(found).toEqual(entry(1000, Number(name)));
        else await cache.put(key(name), entry(1000, Number(name)));
      }
      expect(cache.broken).toBe(0);
    }),
  );
  const left = await readdir(folder);
  expect(left.length).toBeGreaterThan(0);
  expect(left.every((name) => name.endsWith('.features'))).toBe(true);
});

test('a put that fails says so and leaves nothing', async () => {
  const folder = freshFolder();
  await writeFile(folder, 'a file where the folder should be');
  const cache = new FeatureCache(folder);
  await expect(cache.put(key('a'), entry(1))).rejects.toMatchObject({ code: 'EEXIST' });
  expect(await cache.get(key('a'))).toBeNull();
});
