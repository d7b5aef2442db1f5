import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CaptureReader } from '../capture-reader.ts';
import { CaptureWriter } from '../capture-writer.ts';
import type { Capture, CaptureFormat } from '../contract/captures.ts';
import { gap, unknownRange } from '../totals.ts';
import { exportCapture } from './export.ts';
import { importCapture } from './import.ts';
import { logicOf, pairsOf } from './ppk2-form.ts';
import { trimCapture } from './trim.ts';
import { ZipReader } from './zip.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-files-'));
  const writer = new CaptureWriter(join(folder, 'one'));
  for (let at = 0; at < count; at++) {
    if (isLost(at)) writer.lost(1);
    else writer.sample(currentAt(at), (at >> 3) & 0xff, at % 5);
  }
  writer.end();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const count = 20_000;
const currentAt = (sample: number): number => Math.fround(1e-6 * (0.3 + (sample % 977) ** 2));
const isLost = (sample: number): boolean => sample >= 5000 && sample < 5010;

const capture = {
  ...{ name: 'Küste', samplesPerSecond: 100_000, millivolts: 3300, startedMs: 1_790_000_000_000 },
  ...{ createdMs: 1_790_000_000_000, from: '/dev/ttyACM0' },
} as Capture;
const share = (): void => undefined;
const fileOf = (format: CaptureFormat): string => join(folder, `written.${format}`);

async function written(format: CaptureFormat, from = 0, to = Infinity): Promise<string> {
  const file = fileOf(format);
  await writeFile(file, '');
  const wish = { folder: join(folder, 'one'), capture, from, to, format, file };
  expect((await exportCapture(wish, share)).rows).toBe(Math.min(to, count) - from);
  return file;
}

const codeOf = (path: string): Promise<unknown> =>
  importCapture({ path, into: join(folder, 'two') }, share).then(
    () => 'read',
    ({ code, message }: { code: string; message: string }) => [code, message],
  );

test.each<[CaptureFormat, boolean]>([
  ['csv', true],
  ['parquet', true],
  ['ppk2', false],
])('a capture that is written as %s and read again is the same', async (format, knowsRanges) => {
  const path = await written(format);
  const { about, samples, lost } = await importCapture({ path, into: join(folder, 'two') }, share);
  expect([samples, lost, about.samplesPerSecond]).toEqual([count, 10, 100_000]);
  if (format === 'parquet') expect(about).toMatchObject({ name: 'Küste', millivolts: 3300 });
  if (format !== 'csv') expect(about.startedMs).toBe(1_790_000_000_000);
  const reader = new CaptureReader(join(folder, 'two'));
  const { currents, logic, ranges } = reader.read(0, count);
  for (let at = 0; at < count; at++) {
    if (isLost(at)) expect(ranges[at]).toBe(gap);
    else {
      expect(Math.abs(currents[at]! / currentAt(at) - 1)).toBeLessThan(2e-7);
      if (logic[at] !== ((at >> 3) & 0xff)) expect.fail(`inputs of sample ${at} are ${logic[at]}`);
      if (ranges[at] !== (knowsRanges ? at % 5 : unknownRange)) expect.fail(`range of ${at}: ${ranges[at]}`);
    }
  }
  reader.close();
});

test('Parquet is what another program reads: its rows, its types, its units', async () => {
  const path = await written('parquet', 4990, 5020);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJS();
  expect(
    await rows(`SELECT count(*)::INTEGER, sum(isnan(current_a)::INTEGER)::INTEGER FROM '${path}'`),
  ).toEqual([[30, 10]]);
  expect(await rows(`SELECT * FROM '${path}' LIMIT 1`)).toEqual([
    [0, currentAt(4990), (4990 >> 3) & 0xff, 0],
  ]);
  expect(await rows(`SELECT column_name, column_type FROM (DESCRIBE FROM '${path}')`)).toEqual([
    ['time_s', 'DOUBLE'],
    ['current_a', 'FLOAT'],
    ['inputs', 'UTINYINT'],
    ['range', 'UTINYINT'],
  ]);
  connection.closeSync();
  instance.closeSync();
});

test('CSV has the columns of the maker’s program, and of a lost sample nothing but its time', async () => {
  const lines = (await readFile(await written('csv', 4999, 5011), 'utf8')).trimEnd().split('\n');
  expect(lines[0]).toBe('Timestamp(ms),Current(uA),D0-D7,Range');
  expect(lines[1]).toMatch(/^0\.00,[\d.]+,00001110,4$/);
  expect(lines[2]).toBe('0.01,,,');
  expect(lines).toHaveLength(13);
});

test('a session of the maker’s program has its three parts, and an overview of no more than 10,000 extremes', async () => {
  const zip = await ZipReader.open(await written('ppk2'));
  const text = async (name: string): Promise<string> => {
    const pieces: Buffer[] = [];
    for await (const piece of zip.pieces(name)) pieces.push(piece);
    return Buffer.concat(pieces).toString('utf8');
  };
  expect(zip.size('session.raw')).toBe(6 * count);
  expect(JSON.parse(await text('metadata.json'))).toEqual({
    metadata: { samplesPerSecond: 100_000, startSystemTime: 1_790_000_000_000 },
    formatVersion: 2,
  });
  const overview = JSON.parse(await text('minimap.raw')) as {
    data: { length: number; min: { y: number }[]; max: { y: number }[] };
    numberOfTimesToFold: number;
  };
  expect(overview).toMatchObject({ numberOfTimesToFold: 4, maxNumberOfElements: 10_000 });
  expect(overview.data.length).toBe(5000);
  expect(overview.data.min[0]!.y).toBeCloseTo(300, 3);
});

test('each input has two bits in a session: high, low, or both where a frame stands for several samples', () => {
  expect(pairsOf[0]).toBe(0b0101_0101_0101_0101);
  expect(pairsOf[0xff]).toBe(0b1010_1010_1010_1010);
  for (let logic = 0; logic < 256; logic++) expect(logicOf(pairsOf[logic]!)).toBe(logic);
  expect(logicOf(0b11)).toBe(1);
});

test('a stretch of a capture is a capture of its own', async () => {
  const wish = { folder: join(folder, 'one'), from: 4500, to: 5500, into: join(folder, 'two') };
  expect(await trimCapture(wish, share)).toMatchObject({ samples: 1000, lost: 10 });
  const reader = new CaptureReader(join(folder, 'two'));
  expect(reader.read(0, 1).currents[0]).toBe(currentAt(4500));
  expect(reader.read(999, 1000).currents[0]).toBe(currentAt(5499));
  reader.close();
});

test('other tables of currents are read: other units, separators, inputs in columns of their own, gaps in time', async () => {
  const path = join(folder, 'other.csv');
  const rows = ['Time (s);Current (mA);D0;D1', '0.0;1.5;1;0', '0.001;2.5;0;1', '0.004;3.5;1;1'];
  await writeFile(path, `\uFEFF${rows.join('\r\n')}\r\n`);
  const { samples, lost, about } = await importCapture({ path, into: join(folder, 'two') }, share);
  expect([samples, lost, about.samplesPerSecond]).toEqual([5, 2, 1000]);
  const reader = new CaptureReader(join(folder, 'two'));
  const { currents, logic, ranges } = reader.read(0, 5);
  expect([...currents].map((one) => Math.round(one * 1e6))).toEqual([1500, 2500, NaN, NaN, 3500]);
  expect([...logic]).toEqual([1, 2, 0, 0, 3]);
  expect([...ranges]).toEqual([unknownRange, unknownRange, gap, gap, unknownRange]);
  reader.close();
});

test.each([
  ['a.csv', 'name,colour\n1,2\n', 'FILE_UNSUPPORTED', /names no time and no current/],
  ['a.csv', 'Timestamp(ms),Current(uA)\n0,1\n0.01,x\n', 'FILE_DAMAGED', /Line 3 .*“x” is no current/],
  ['a.csv', 'Timestamp(ms),Current(uA)\n0,1\n0.01,1\n0.005,1\n', 'FILE_DAMAGED', /Line 3|Line 4/],
  ['a.csv', 'Timestamp(ms),Current(uA)\n', 'FILE_EMPTY', /not one sample/],
  ['a.csv', '', 'FILE_EMPTY', /not one sample/],
  ['a.ppk2', 'PK nothing', 'FILE_UNSUPPORTED', /no zip file/],
  ['a.parquet', 'PAR1', 'FILE_UNSUPPORTED', /cannot be read as a capture/],
  ['a.txt', '', 'FILE_UNSUPPORTED', /none of \.csv, \.parquet, \.ppk2/],
])('%s that holds %j is refused with why', async (name, text, code, message) => {
  const path = join(folder, name);
  await writeFile(path, text);
  expect(await codeOf(path)).toEqual([code, expect.stringMatching(message)]);
});

test('a session that was cut short or changed is told of', async () => {
  const path = await written('ppk2');
  const bytes = await readFile(path);
  bytes[200]! ^= 0xff;
  await writeFile(path, bytes);
  expect(await codeOf(path)).toEqual(['FILE_DAMAGED', expect.any(String)]);
  await truncate(path, 1000);
  expect(await codeOf(path)).toEqual(['FILE_UNSUPPORTED', expect.stringMatching(/cut short/)]);
});
