import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { smallDisk } from '../../test/fixtures/small-disk.ts';
import { openBackground, type Background } from '../background/background.ts';
import { readDataset } from '../datasets/read-dataset.ts';
import { readTable } from '../datasets/table.ts';
import { writeSet } from '../labelled-sets/write-set.ts';
import { noise, wavBytes } from '../recordings/testing.ts';
import type { ReviewDecision, ReviewItem } from './contract/rows.ts';
import { reviewColumns, reviewedClips } from './labelled-set.ts';

vi.mock('node:fs/promises', async (original) =>
  (await import('../../test/fixtures/small-disk.ts')).onSmallDisk(await original()),
);

const rate = 48_000;
let folder: string;
let background: Background;
let sound: Float32Array;
let out: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-labelled-'));
  sound = noise(4 * rate).map((value) => Math.round(value * 32_768) / 32_768);
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f'])
    await writeFile(join(folder, `${name}.wav`), wavBytes([sound, sound.toReversed()], { sampleRate: rate }));
  background = openBackground({ permits: async () => true });
});
afterAll(async () => {
  background.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  out = join(await mkdtemp(join(folder, 'out-')), 'set');
});

const said = (verdict: ReviewDecision['verdict'], label: string | null = null, reviewer = 'Ada') => ({
  ...{ reviewer, verdict, label, atMs: 1_790_000_000_000 },
});
let next = 0;
const itemOf = (
  name: string,
  startS: number,
  label: string,
  decisions: ReviewDecision[],
  channel: number | null = null,
): ReviewItem => ({
  ...{ number: next++, stratum: 0, decisions, file: { seconds: 4, sampleRate: rate, channels: 2 } },
  detection: {
    ...{ fileId: 0, number: 0, path: join(folder, name), channel, startS, endS: startS + 0.975 },
    ...{ atMs: null, label, peak: Math.fround(0.9), peakS: startS },
  },
});

const make = async (
  items: ReviewItem[],
  own: { path?: string; beside?: string; overwrite?: boolean; background?: string } = {},
) => {
  const { clips, leftOut } = reviewedClips(items, 0.25, own.background ?? null);
  const wish = { path: out, overwrite: false, ...own };
  return { ...(await writeSet({ background, keep: [] }, clips, reviewColumns, wish, '{}\n', [])), leftOut };
};
const table = async () => {
  const read = await readTable(join(out, 'labels.csv'));
  return read.rows.map((row) => (name: string) => read.column(name)!(row));
};

/** Of six recordings, each with a curlew and rain. */
const reviewed = () =>
  ['a.wav', 'b.wav', 'c.wav', 'd.wav', 'e.wav', 'f.wav'].flatMap((name) => [
    itemOf(name, 0.5, 'curlew', [said('yes')]),
    itemOf(name, 2, 'curlew', [said('other', 'rain')]),
  ]);

describe('a labelled set of what was reviewed', () => {
  it('is read by what trains experts, with no recording in two folds', async () => {
    const made = await make(reviewed());
    expect(made).toMatchObject({ cut: 12, copied: 0, leftOut: 0, failed: [] });
    expect(made.classes).toEqual([
      { label: 'curlew', clips: 6 },
      { label: 'rain', clips: 6 },
    ]);
    const read = await readDataset(out);
    expect([read.layout, read.classes, read.clips.length]).toEqual(['table', ['curlew', 'rain'], 12]);
    expect(read.problems).toEqual([]);
    expect(read.folds.length).toBeGreaterThan(1);
    const foldsOf = new Map<string, Set<number>>();
    for (const { source, fold } of read.clips)
      foldsOf.set(source, (foldsOf.get(source) ?? new Set()).add(fold));
    expect([...foldsOf.keys()].sort()).toEqual(
      ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => join(folder, `${name}.wav`)),
    );
    for (const folds of foldsOf.values()) expect(folds.size).toBe(1);
  });

  it('has clips of the very samples, with their margin, of the channel that was heard, and says where they were', async () => {
    await make([
      itemOf('a.wav', 1, 'curlew', [said('yes'), said('yes', null, 'Bo')]),
      itemOf('a.wav', 0.1, 'curlew', [said('yes')], 1),
    ]);
    const [first, second] = await table();
    expect(['filename', 'source', 'first sample', 'samples', 'detected as', 'reviewer'].map(first!)).toEqual([
      ...['curlew/a_1s.wav', join(folder, 'a.wav'), '36000', String(1.475 * rate), 'curlew', 'Ada, Bo'],
    ]);
    const both = new Int16Array((await readFile(join(out, 'curlew', 'a_1s.wav'))).buffer.slice(44));
    expect(both.length).toBe(2 * 1.475 * rate);
    expect(both[0]).toBe(sound[36_000]! * 32_768);
    // Nothing lies before the beginning.
    expect(['filename', 'first sample', 'channel'].map(second!)).toEqual([
      ...['curlew/a_0.1s_channel2.wav', '0', '2'],
    ]);
    const one = new Int16Array((await readFile(join(out, 'curlew', 'a_0.1s_channel2.wav'))).buffer.slice(44));
    expect(one[0]).toBe(sound.at(-1)! * 32_768);
    expect(await readFile(join(out, 'run.json'), 'utf8')).toBe('{}\n');
  });

  it('has a class for what is none where it is named, and leaves out what nobody can tell', async () => {
    const items = [
      itemOf('a.wav', 1, 'curlew', [said('no')]),
      itemOf('b.wav', 1, 'curlew', [said('yes')]),
      itemOf('c.wav', 1, 'curlew', [said('unsure')]),
      itemOf('d.wav', 1, 'curlew', []),
    ];
    expect(await make(items)).toMatchObject({ classes: [{ label: 'curlew', clips: 1 }], leftOut: 2 });
    const path = `${out}-2`;
    expect(await make(items, { background: 'no bird', path })).toMatchObject({
      classes: [
        { label: 'curlew', clips: 1 },
        { label: 'no bird', clips: 1 },
      ],
      leftOut: 1,
    });
    await expect(make(items.slice(2), { path: `${out}-3` })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
    expect(await readdir(join(out, '..'))).not.toContain('set-3');
  });

  it('tells of recordings that are gone, and replaces nothing unless it is told to', async () => {
    const items = [itemOf('a.wav', 1, 'curlew', [said('yes')]), itemOf('gone.wav', 1, 'rain', [said('yes')])];
    expect(await make(items)).toMatchObject({ cut: 1, failed: [{ path: join(folder, 'gone.wav') }] });
    await expect(make(items)).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    expect((await readDataset(out)).clips).toHaveLength(1);
  });
});

describe('beside another set', () => {
  let beside: string;
  beforeEach(async () => {
    beside = await mkdtemp(join(folder, 'old-'));
    await mkdir(join(beside, 'audio'));
    const rows = [1, 2, 3].flatMap((fold) =>
      ['curlew', 'wind'].map((label) => `audio/${label}-${fold}.wav,${label},${fold}`),
    );
    const clip = wavBytes([sound.subarray(0, rate)], { sampleRate: rate });
    for (const row of rows) await writeFile(join(beside, row.split(',')[0]!), clip);
    const sources = [join(folder, 'a.wav'), 's2', 's3', 's4', 's5', 's6'];
    const lines = rows.map((row, i) => `${row},${sources[i]},Marsh,Ada,CC0`);
    await writeFile(
      join(beside, 'labels.csv'),
      ['filename,label,fold,source,title,author,licence', ...lines].join('\n'),
    );
  });

  it('holds its clips too, byte for byte, with their folds, sources and credits; the new ones join them by source', async () => {
    const made = await make(reviewed(), { beside });
    expect(made).toMatchObject({ cut: 12, copied: 6 });
    expect(made.classes.map(({ label, clips }) => [label, clips])).toEqual([
      ['curlew', 9],
      ['rain', 6],
      ['wind', 3],
    ]);
    const [old, read] = [await readDataset(beside), await readDataset(out)];
    expect([read.officialFolds, read.folds]).toEqual([true, [1, 2, 3]]);
    expect(read.problems).toEqual([]);
    for (const clip of old.clips) {
      const copy = read.clips.find(({ name }) => name === `other/${clip.name}`)!;
      const { fold, source, title, author, licence } = clip;
      expect(copy).toMatchObject({ fold, source, title, author, licence });
      expect(read.classes[copy.label]).toBe(old.classes[clip.label]);
      expect(await readFile(copy.path)).toEqual(await readFile(clip.path));
    }
    // The recording of which the other set has a clip already is in that clip's fold.
    const ofA = read.clips.filter(({ source }) => source === join(folder, 'a.wav'));
    expect(ofA.map(({ fold }) => fold)).toEqual([1, 1, 1]);
  });

  it('is made of a folder a class as well, where folds are made anew', async () => {
    await rm(join(beside, 'labels.csv'));
    await make(reviewed(), { beside });
    const read = await readDataset(out);
    expect([read.officialFolds, read.clips.length]).toEqual([false, 18]);
  });

  it('is never written over', async () => {
    await expect(make(reviewed(), { beside, path: beside, overwrite: true })).rejects.toMatchObject({
      code: 'FILE_PROTECTED',
    });
  });
});

describe('a labelled set on a disk that is full', () => {
  afterEach(() => void (smallDisk.left = Infinity));

  it('leaves nothing, wherever the disk fills, and is written once there is room', async () => {
    const items = [itemOf('a.wav', 0.5, 'curlew', [said('yes')]), itemOf('b.wav', 1, 'rain', [said('yes')])];
    smallDisk.left = 1e9;
    await make(items);
    const bytes = 1e9 - smallDisk.left;
    await rm(out, { recursive: true });
    for (const room of [0, Math.floor(bytes / 2), bytes - 1]) {
      smallDisk.left = room;
      await expect(make(items)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
      await expect(readdir(out)).rejects.toMatchObject({ code: 'ENOENT' });
    }
    smallDisk.left = bytes;
    expect(await make(items)).toMatchObject({ cut: 2, failed: [] });
  });
});
