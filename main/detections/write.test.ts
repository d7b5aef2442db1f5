import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { smallDisk } from '../../test/fixtures/small-disk.ts';
import { testDetection, testFile } from '../../test/fixtures/classified.ts';
import { openBackground, type Background } from '../background/background.ts';
import type { ClassifiedFile, Detection, Job, TableFormat } from '../contract/types.ts';
import { usualSettings } from '../jobs/classify/contract/settings.ts';
import { noise, wavBytes } from '../recordings/testing.ts';
import { detectionStore } from '../store/detections/detection-store.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { resultStore } from '../store/result-store.ts';
import { reviewStore } from '../store/review-store.ts';
import { allDetections } from './contract/filter.ts';
import { openRecording } from '../recordings/decode.ts';
import { usualClips } from './contract/writing.ts';
import { Detections } from './detections.ts';

vi.mock('node:fs/promises', async (original) =>
  (await import('../../test/fixtures/small-disk.ts')).onSmallDisk(await original()),
);

const rate = 48_000;
const strange = 'Turdus merula_Amsel, “die” \t"alte"';
let folder: string;
let card: string;
let store: Store;
let background: Background;
let detections: Detections;
let reader: DuckDBConnection;
let files: ClassifiedFile[];
let found: Detection[][];
let sound: Float32Array;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-write-'));
  card = join(folder, 'card');
  await mkdir(join(card, 'Pond'), { recursive: true });
  sound = noise(3 * rate).map((value) => Math.round(value * 32_768) / 32_768);
  await writeFile(join(card, 'Pond', 'a "b",\tc.wav'), wavBytes([sound], { sampleRate: rate }));
  await writeFile(join(card, '=d.wav'), wavBytes([sound, sound.toReversed()], { sampleRate: rate }));
  const startMs = Date.UTC(2026, 4, 2, 21, 30, 0, 250);
  const notes = [{ code: 'cut-short' as const, level: 'damaged' as const, text: '=It ends\nearly.' }];
  files = [
    testFile(0, join(card, 'Pond', 'a "b",\tc.wav'), {
      ...{ seconds: 3, startMs, offsetMinutes: 120, timeSource: 'name', site: 'Pond', notes },
      ...{ latitude: 54.5, longitude: -8.25, recorder: { id: 'AM1' }, sha256: 'ab'.repeat(32) },
    }),
    testFile(1, join(card, 'short.wav'), { seconds: 0.1 + 0.2, sampleRate: 8000 }),
    testFile(2, join(card, '=d.wav'), { seconds: 3, channels: 2 }),
    testFile(3, join(card, 'gone.wav'), { seconds: 3 }),
  ];
  const [a, , d, gone] = files as [ClassifiedFile, ClassifiedFile, ClassifiedFile, ClassifiedFile];
  found = [
    [
      testDetection(a, 0, {
        startS: 0.01,
        endS: 0.985,
        atMs: startMs + 10,
        label: strange,
        peak: Math.fround(0.7),
      }),
      testDetection(a, 1, {
        startS: 1.44,
        endS: 2.415,
        atMs: startMs + 1440,
        label: '=curlew',
      }),
    ],
    [],
    [testDetection(d, 0, { startS: 1, endS: 2, channel: 1, label: '=curlew', peak: Math.fround(0.91) })],
    [testDetection(gone, 0, { startS: 0.5, endS: 1, label: '=curlew' })],
  ];
  store = await openStore(join(folder, 'lab.duckdb'));
  const results = resultStore(store);
  await results.list('job', files);
  await results.keep(
    'job',
    files.map((file, i) => ({ file, detections: found[i]!, windows: [] })),
  );
  background = openBackground({ permits: async () => true });
  const job = { id: 'job', kind: 'classify', title: 'Classify', createdMs: startMs, finishedMs: null } as Job;
  detections = new Detections({
    jobs: { get: () => job, params: () => ({ paths: [card], modelId: 'night', settings: usualSettings }) },
    ...{ detections: detectionStore(store), background, keep: [], version: '1.2.3' },
    applied: reviewStore(store).applied,
  });
  reader = await (await DuckDBInstance.create(':memory:')).connect();
});
afterAll(async () => {
  background.close();
  reader.closeSync();
  await store.close();
  await rm(folder, { recursive: true });
});

let out: string;
beforeEach(async () => {
  out = await mkdtemp(join(folder, 'out-'));
});

const usual = { filter: allDetections, overwrite: false, clips: usualClips };
async function written(format: TableFormat | 'parquet', name: string, own: object = {}): Promise<string> {
  const path = join(out, name);
  await detections.write('job', { ...usual, format, path, ...own });
  return path;
}
const rowsOf = async (sql: string) => (await reader.runAndReadAll(sql)).getRowObjectsJS();
const csvRows = (path: string) =>
  rowsOf(
    `SELECT * FROM read_csv('${path}', header = true, all_varchar = true, quote = '"', escape = '"', nullstr = 'none at all')`,
  );
const all = () => found.flat();

describe('a table that is read back by another program', () => {
  it('as CSV is the same to the digit, and starts nothing in a spreadsheet', async () => {
    const rows = await csvRows(await written('csv', 'a.csv'));
    expect(rows.map((row) => [row['File'], row['Start (s)'], row['End (s)'], row['Label']])).toEqual([
      [files[0]!.path, '0.01', '0.985', strange],
      [files[0]!.path, '1.44', '2.415', "'=curlew"],
      [files[1]!.path, '', '', ''],
      [files[2]!.path, '1', '2', "'=curlew"],
      [files[3]!.path, '0.5', '1', "'=curlew"],
    ]);
    expect(rows[0]).toMatchObject({
      ...{
        Peak: '0.7',
        'Begins (UTC)': '2026-05-02T21:30:00.260Z',
        'Begins (local)': '2026-05-02T23:30:00.260+02:00',
      },
      ...{
        Site: 'Pond',
        Latitude: '54.5',
        'Time source': 'name',
        Notes: "'=It ends\nearly.",
        Recorder: '{"id":"AM1"}',
      },
    });
    expect(rows[1]).toMatchObject({ 'File length (s)': '3', Channel: '' });
    expect(rows[2]).toMatchObject({ 'File length (s)': '0.3' });
    expect(rows[3]).toMatchObject({ Channel: '2', 'Begins (UTC)': '' });
  });

  it('as CSV has no row for a file of which a filter may have left something out', async () => {
    const rows = await csvRows(
      await written('csv', 'b.csv', { filter: { ...allDetections, labels: [strange] } }),
    );
    expect(rows.map((row) => row['Start (s)'])).toEqual(['0.01']);
  });

  it('as JSON has a detection a line, and a line for a file in which there is none', async () => {
    const rows = await rowsOf(
      `SELECT * FROM read_json('${await written('json', 'a.jsonl')}', format = 'newline_delimited')`,
    );
    const [silent, ...others] = rows.filter(({ label }) => label === null);
    expect([silent?.['file'], others]).toEqual([expect.objectContaining({ path: files[1]!.path }), []]);
    expect(
      rows
        .filter(({ label }) => label !== null)
        .map(({ label, startS, endS, peak }) => ({ label, startS, endS, peak })),
    ).toEqual(
      all().map(({ label, startS, endS, peak }) => ({
        label,
        startS,
        endS,
        peak: Number(peak.toPrecision(6)),
      })),
    );
    // What differs from run to run is told beside.
    const names = [...Object.keys(rows[0]!), ...Object.keys(rows[0]!['file'] as object)];
    expect(names.filter((name) => /^(jobId|readMs|modelMs)$/.test(name))).toEqual([]);
    expect(rows[0]!['file']).toMatchObject({ path: files[0]!.path, site: 'Pond', offsetMinutes: 120n });
  });

  it('as Parquet has every column of its type', async () => {
    const path = await written('parquet', 'a.parquet');
    const rows = await rowsOf(
      `SELECT * REPLACE (epoch_ms(begins_utc)::DOUBLE AS begins_utc) FROM read_parquet('${path}')`,
    );
    expect(
      rows.map((row) => [
        row['path'],
        row['start_s'],
        row['end_s'],
        row['label'],
        row['peak'],
        row['begins_utc'],
      ]),
    ).toEqual(
      all().map(({ path: of, startS, endS, label, peak, atMs }) => [of, startS, endS, label, peak, atMs]),
    );
    const types = await rowsOf(
      `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet('${path}'))`,
    );
    expect(Object.fromEntries(types.map((one) => [one['column_name'], one['column_type']]))).toMatchObject({
      ...{ start_s: 'DOUBLE', peak: 'FLOAT', begins_utc: 'TIMESTAMP', channel: 'UTINYINT', notes: 'VARCHAR' },
    });
  });

  it('for BirdNET takes its own labels apart, and gives others twice', async () => {
    const rows = await csvRows(await written('birdnet', 'a.csv'));
    expect(Object.keys(rows[0]!)).toEqual([
      ...['Start (s)', 'End (s)', 'Scientific name', 'Common name', 'Confidence', 'File'],
    ]);
    expect(rows.slice(0, 2).map((row) => Object.values(row))).toEqual([
      ['0.01', '0.985', 'Turdus merula', 'Amsel, “die” \t"alte"', '0.625', files[0]!.path],
      ['1.44', '2.415', '=curlew', '=curlew', '0.625', files[0]!.path],
    ]);
  });

  it('for Kaleidoscope names folder, file, offset and length', async () => {
    const rows = await csvRows(await written('kaleidoscope', 'a.csv'));
    expect(Object.keys(rows[0]!)).toEqual([
      'INDIR',
      'FOLDER',
      'IN FILE',
      'OFFSET',
      'DURATION',
      'TOP1MATCH',
      'TOP1DIST',
    ]);
    expect(
      rows.map((row) => [
        row['INDIR'],
        row['FOLDER'],
        row['IN FILE'],
        row['OFFSET'],
        row['DURATION'],
        row['TOP1DIST'],
      ]),
    ).toEqual([
      [card, 'Pond', 'a "b",\tc.wav', '0.01', '0.975', '0.375'],
      [card, 'Pond', 'a "b",\tc.wav', '1.44', '0.975', '0.375'],
      // Exactly as the file is called, since Kaleidoscope opens it.
      [card, '', '=d.wav', '1', '1', '0.375'],
      [card, '', 'gone.wav', '0.5', '0.5', '0.375'],
    ]);
  });

  it('for Raven runs on over all files, the short one without a detection too, and tells the offset in each', async () => {
    const lines = (await readFile(await written('raven', 'a.txt'), 'utf8')).split('\n');
    const header = lines[0]!.split('\t');
    const rows = lines.slice(1, -1).map((line) => {
      const cells = line.split('\t');
      expect(cells).toHaveLength(header.length);
      return Object.fromEntries(header.map((name, i) => [name, cells[i]!]));
    });
    // 3 s and 0.3 s stand before the third file.
    expect(
      rows.map((row) => [row['Begin Time (s)'], row['End Time (s)'], row['File Offset (s)'], row['Channel']]),
    ).toEqual([
      ['0.01', '0.985', '0.01', '1'],
      ['1.44', '2.415', '1.44', '1'],
      ['4.3', '5.3', '1.0', '2'],
      ['6.8', '7.3', '0.5', '1'],
    ]);
    expect(rows[0]!['Begin Path']).toBe(files[0]!.path.replace('\t', ' '));
  });

  it('for Audacity has two lines a label, of the recording that is named', async () => {
    await expect(written('audacity', 'a.txt')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    const path = await written('audacity', 'a.txt', { filter: { ...allDetections, fileId: 0 } });
    expect((await readFile(path, 'utf8')).split('\n').map((line) => line.split('\t'))).toEqual([
      ['0.01', '0.985', strange.replace('\t', ' ')],
      ['\\', '125.0', '7500.0'],
      ['1.44', '2.415', "'=curlew"],
      ['\\', '125.0', '7500.0'],
      [''],
    ]);
  });

  it('stands beside how the run was made', async () => {
    await written('csv', 'a.b.csv');
    expect((await readdir(out)).sort()).toEqual(['a.b.csv', 'a.b.csv.run.json']);
    expect(JSON.parse(await readFile(join(out, 'a.b.csv.run.json'), 'utf8'))).toMatchObject({
      ...{ writtenBy: 'Curlew 1.2.3', jobId: 'job' },
      run: { paths: [card], modelId: 'night', settings: usualSettings },
      inputs: (await resultStore(store).files('job', { limit: 9 })).map(
        ({ fileId, path, state, bytes, modifiedMs, sha256, copyOf, notes, error }) => ({
          ...{ fileId, path, state, bytes, modifiedMs, sha256, copyOf, notes, error },
        }),
      ),
    });
  });

  it('replaces nothing unless it is told to', async () => {
    const path = await written('csv', 'a.csv');
    await writeFile(path, 'mine');
    await expect(written('csv', 'a.csv')).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    expect(await readFile(path, 'utf8')).toBe('mine');
    await written('csv', 'a.csv', { overwrite: true });
    expect(await readFile(path, 'utf8')).toMatch(/^File,/);
    await expect(written('csv', '../card/=d.wav', { overwrite: true })).rejects.toMatchObject({
      code: 'FILE_PROTECTED',
    });
  });
});

describe('what thresholds leave', () => {
  const filter = { ...allDetections, applied: true as const };
  const page = { sort: { by: 'file' as const, descending: false }, offset: 0, limit: 9 };
  afterEach(() => reviewStore(store).apply('job', null));

  it('is refused of a run to which none were applied, in lists and in files', async () => {
    const asked = [
      () => detections.list('job', filter, page),
      () => detections.summary('job', filter),
      () => detections.timeline('job', filter, { by: 'day', limit: 1 }),
      () => detections.export('job', { format: 'csv', filter }),
      () => written('csv', 'applied.csv', { filter }),
    ];
    for (const ask of asked) await expect(ask()).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    expect(await readdir(out)).toEqual([]);
  });

  it('is told once they are', async () => {
    const classes = [{ label: '=curlew', least: 0.9 }];
    await reviewStore(store).apply('job', {
      ...{ jobId: 'job', setId: 'set', atMs: 1, precision: 0.9, rule: 'fit', classes },
    });
    expect((await detections.list('job', filter, page)).total).toBe(2);
    expect(await csvRows(await written('csv', 'applied.csv', { filter }))).toHaveLength(2);
  });
});

describe('a table for each recording', () => {
  it('is written for those with a detection, named after them, times their own', async () => {
    const path = join(out, 'raven');
    expect(await detections.write('job', { ...usual, format: 'ravenFiles', path })).toEqual({
      ...{ path, files: 3, detections: 4, failed: [] },
    });
    expect((await readdir(path)).sort()).toEqual([
      ...['=d.selections.txt', 'Pond_a "b",\tc.selections.txt', 'gone.selections.txt', 'run.json'],
    ]);
    const [, row] = (await readFile(join(path, '=d.selections.txt'), 'utf8')).split('\n');
    expect(row!.split('\t').slice(0, 5)).toEqual(['1', 'Spectrogram 1', '2', '1.0', '2.0']);
  });

  it('of Audacity’s labels too', async () => {
    const path = join(out, 'labels');
    await detections.write('job', { ...usual, format: 'audacityFiles', path });
    expect(await readFile(join(path, 'gone.labels.txt'), 'utf8')).toBe(
      "0.5\t1.0\t'=curlew\n\\\t125.0\t7500.0\n",
    );
  });

  it('makes no folder where there is nothing to write', async () => {
    const path = join(out, 'none');
    const filter = { ...allDetections, labels: [] };
    expect(await detections.write('job', { ...usual, format: 'ravenFiles', path, filter })).toMatchObject({
      files: 0,
    });
    expect(await readdir(out)).toEqual([]);
  });
});

describe('clips', () => {
  const clips = (own: object = {}) =>
    detections.write('job', { ...usual, format: 'clips', path: join(out, 'clips'), ...own });
  /** The samples behind a header of 44 bytes. */
  const samplesOf = async (path: string) => {
    const bytes = await readFile(path);
    return Array.from({ length: (bytes.length - 44) / 2 }, (_, i) => bytes.readInt16LE(44 + 2 * i));
  };

  it('are the recording’s own samples with a margin, in a folder a class, and what cannot be cut is told', async () => {
    const { files: count, failed } = await clips({ clips: { ...usualClips, marginS: 0.25 } });
    expect([count, failed.map(({ path }) => path)]).toEqual([3, [join(card, 'gone.wav')]]);
    const [amsel, curlew] = ['Turdus-merula-Amsel-die-alte', 'curlew'];
    expect((await readdir(join(out, 'clips'))).sort()).toEqual([amsel, 'clips.csv', curlew, 'run.json']);
    expect((await readdir(join(out, 'clips', curlew))).sort()).toEqual([
      ...['=d_1s_channel2_0.910.wav', 'Pond_a "b",\tc_1.44s_0.750.wav'],
    ]);
    const as16 = (from: number, to: number) => [...sound.slice(from, to)].map((value) => value * 32_768 + 0);
    expect(await samplesOf(join(out, 'clips', amsel, 'Pond_a "b",\tc_0.01s_0.700.wav'))).toEqual(
      as16(0, Math.round(1.235 * rate)),
    );
    const second = [...sound.toReversed().slice(0.75 * rate, 2.25 * rate)].map((value) => value * 32_768 + 0);
    expect(await samplesOf(join(out, 'clips', curlew, '=d_1s_channel2_0.910.wav'))).toEqual(second);
    const table = await csvRows(join(out, 'clips', 'clips.csv'));
    expect(
      table.map((row) => [row['Clip starts (s)'], row['First sample'], row['Samples'], row['Start (s)']]),
    ).toEqual([
      ['0', '0', '59280', '0.01'],
      ['1.19', '57120', '70800', '1.44'],
      ['0.75', '36000', '72000', '1'],
    ]);
  });

  it('are so many of each class and tenth of probability at most, drawn by the seed', async () => {
    const drawn = async (seed: number, most: number) =>
      (await detectionStore(store).drawn('job', allDetections, { most, seed })).map(
        ({ fileId, number }) => `${fileId}/${number}`,
      );
    expect(await drawn(1, 2)).toEqual(['0/0', '0/1', '2/0', '3/0']);
    const draws = await Promise.all(Array.from({ length: 40 }, (_, seed) => drawn(seed, 1)));
    // Two of one class have the same tenth: one of them goes, and which one the seed says.
    expect(new Set(draws.map(String))).toEqual(new Set(['0/0,0/1,2/0', '0/0,2/0,3/0']));
    expect(await drawn(7, 1)).toEqual(draws[7]);
  });

  it('are FLAC where that is asked for, of the same samples', async () => {
    await clips({ clips: { ...usualClips, marginS: 0.25, format: 'flac' } });
    const path = join(out, 'clips', 'curlew', '=d_1s_channel2_0.910.flac');
    const heard: number[] = [];
    for await (const { channels } of (await openRecording(path)).chunks()) heard.push(...channels[0]!);
    expect(heard).toEqual(Array.from(sound.toReversed().slice(0.75 * rate, 2.25 * rate), (one) => one + 0));
  });

  it('do not go into the folder that was classified, nor below it', async () => {
    for (const path of [card, join(card, 'Pond', 'clips')])
      await expect(clips({ path })).rejects.toMatchObject({ code: 'FILE_PROTECTED' });
    expect((await readdir(card)).sort()).toEqual(['=d.wav', 'Pond']);
  });

  it('replace no recording, not even if they are told to', async () => {
    await clips();
    await expect(clips({ overwrite: true })).rejects.toMatchObject({ code: 'FILE_PROTECTED' });
  });
});

describe('on a disk that is full', () => {
  afterEach(() => void (smallDisk.left = Infinity));
  /** Every file below a folder, with its bytes. */
  const all = async (folder: string): Promise<Record<string, string>> => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((one) => join(one.parentPath, one.name));
    const texts = await Promise.all(files.map((file) => readFile(file, 'latin1')));
    return Object.fromEntries(files.map((file, i) => [file, texts[i]!]));
  };

  it.each(['csv', 'parquet', 'ravenFiles', 'clips'] as const)(
    '%s is written wholly or not at all, wherever it fills, and the same once there is room',
    async (format) => {
      const write = () => detections.write('job', { ...usual, format, path: join(out, 'found') });
      smallDisk.left = 1e9;
      await write();
      const bytes = 1e9 - smallDisk.left;
      const whole = await all(out);
      expect(Object.keys(whole).length).toBeGreaterThan(1);
      await rm(out, { recursive: true });
      await mkdir(out);
      for (const room of [0, 1, Math.floor(bytes / 2), bytes - 1]) {
        smallDisk.left = room;
        await expect(write()).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
        expect(await readdir(out, { recursive: true })).toEqual([]);
      }
      smallDisk.left = bytes;
      await write();
      expect(await all(out)).toEqual(whole);
    },
  );
});
