import { appendFile, mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CurlewError } from '../contract/error.ts';
import { scratchFolder, wavBytes } from './testing.ts';
import { watchAudio } from './watch-audio.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let folder: string;
beforeEach(async () => {
  scratch = await scratchFolder();
  folder = join(scratch.folder, 'card');
  await mkdir(folder);
});
afterEach(() => {
  vi.restoreAllMocks();
  return scratch.remove();
});

const at = (name: string) => join(folder, name);

/** What each look tells of; before the second look and each later one a step is taken, and after the steps one more. */
async function looks(...steps: (() => Promise<unknown>)[]): Promise<string[][]> {
  const told: string[][] = [[]];
  let taken = 0;
  const next = async () => {
    await steps[taken]!();
    return ++taken < steps.length;
  };
  for await (const one of watchAudio([folder], { next })) {
    if (one === null) told.push([]);
    else told.at(-1)!.push('error' in one ? one.error.code : basename(one.path));
  }
  return told.slice(0, -1);
}
const nothing = () => Promise.resolve();

const hourAgo = Date.now() / 1000 - 3600;
/** Of an hour ago: whatever is in it, nobody writes to it any more. */
async function writeOld(name: string, text: string): Promise<void> {
  await writeFile(at(name), text);
  await utimes(at(name), hourAgo, hourAgo);
}

const second = wavBytes([new Float32Array(16_000)]);

test('a file is told of once it has stopped growing, and never again', async () => {
  await writeOld('a.wav', 'whole');
  const grow = async () => {
    await appendFile(at('b.wav'), 'more');
    await utimes(at('b.wav'), hourAgo, hourAgo);
  };
  expect(await looks(nothing, grow, grow, nothing, nothing)).toEqual([[], ['a.wav'], [], [], ['b.wav'], []]);
});

test('a file whose date changes is still being written, whatever its size', async () => {
  await writeOld('a.wav', 'whole');
  const touch = (seconds: number) => () => utimes(at('a.wav'), seconds, seconds);
  expect(await looks(touch(1), touch(2), nothing, nothing)).toEqual([[], [], [], ['a.wav'], []]);
});

test('a file whose header promises more than is there waits, however long a copy pauses', async () => {
  await writeFile(at('a.wav'), second.subarray(0, 9000));
  const rest = () => writeFile(at('a.wav'), second);
  expect(await looks(nothing, nothing, rest, nothing)).toEqual([[], [], [], [], ['a.wav']]);
});

test('one that is cut short is told of once its date is a minute old, or when it has not changed for one', async () => {
  await writeFile(at('a.wav'), second.subarray(0, 9000));
  await writeFile(at('b.wav'), second.subarray(0, 9000));
  const ahead = Date.now() / 1000 + 3600;
  await utimes(at('b.wav'), ahead, ahead);
  const age = () => utimes(at('a.wav'), hourAgo, hourAgo);
  const now = performance.now.bind(performance);
  const later = () => {
    vi.spyOn(performance, 'now').mockImplementation(() => now() + 61_000);
    return Promise.resolve();
  };
  expect(await looks(nothing, age, nothing, later, nothing)).toEqual([
    ...[[], [], []],
    ...[['a.wav'], ['b.wav'], []],
  ]);
});

test('one that may still be written when watching ends is told as such', async () => {
  await writeFile(at('a.wav'), second.subarray(0, 9000));
  expect(await looks(nothing, nothing)).toEqual([[], [], ['FILE_UNREADABLE']]);
});

test('an empty file has only begun, until watching ends', async () => {
  await writeFile(at('a.wav'), '');
  expect(await looks(nothing, nothing)).toEqual([[], [], ['a.wav']]);
});

test('a file that is still growing when watching ends is told as such', async () => {
  const grow = () => appendFile(at('a.wav'), 'more');
  expect(await looks(grow, grow)).toEqual([[], [], ['FILE_UNREADABLE']]);
});

test('folders that come later are looked into, and files that go again are forgotten', async () => {
  await writeFile(at('gone.wav'), 'sound');
  const come = async () => {
    await rm(at('gone.wav'));
    await mkdir(at('night'));
    await writeOld('night/.part', 'sound');
    await rename(at('night/.part'), at('night/b.wav'));
  };
  expect(await looks(come, nothing, nothing)).toEqual([[], [], ['b.wav'], []]);
});

test('what is left out or cannot be looked into is told at once, and once', async () => {
  await writeFile(at('a.wma'), 'sound');
  expect(await looks(nothing, () => rm(folder, { recursive: true }), nothing)).toEqual([
    ['a.wma'],
    [],
    ['FILE_NOT_FOUND'],
    [],
  ]);
});

test('watching that is aborted ends', async () => {
  const stop = new AbortController();
  const next = async () => (stop.abort(), true);
  const all = async () => {
    for await (const _ of watchAudio([folder], { next, signal: stop.signal }));
  };
  await expect(all()).rejects.toMatchObject({ code: 'ABORTED' } satisfies Partial<CurlewError>);
});
