import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCsv } from '../datasets/csv.ts';
import { piecesOf } from '../contract/pieces.ts';
import type { ClassifiedFile, Detection, RecordingNote, TableFrom } from '../contract/types.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { detectionStore } from '../store/detections/detection-store.ts';
import { resultStore } from '../store/result-store.ts';
import type { ResultStore } from '../jobs/classify/result-store.ts';
import { allDetections } from './contract/filter.ts';
import type { DetectionStore } from './detection-store.ts';
import { pieceRows, tablePiece, type TableWish } from './table-piece.ts';
import { testDetection, testFile } from '../../test/fixtures/classified.ts';

const detection = (file: ClassifiedFile, number: number, startS: number, endS: number, label = 'curlew') =>
  testDetection(file, number, { startS, endS, label });

const cut = 'b.wav ends 4 bytes early.';
const cutShort = (text: string): RecordingNote => ({ code: 'cut-short', level: 'damaged', text });
const files = [
  testFile(0, '/card/a.wav', { seconds: 60.5 }),
  testFile(1, '/card/quiet.wav', { seconds: 10 }),
  testFile(2, '/card/b.wav', { seconds: 30, sampleRate: 8_000, notes: [cutShort(cut)] }),
];
const [a, , b] = files as [ClassifiedFile, ClassifiedFile, ClassifiedFile];
const found = [
  [detection(a, 0, 0.48, 1.455), detection(a, 1, 4.8, 5.775, 'rain, heavy')],
  [],
  [detection(b, 0, 0.96, 1.935)],
];

let folder: string;
let store: Store;
let results: ResultStore;
let detections: DetectionStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-exports-'));
  store = await openStore(join(folder, 'lab.duckdb'));
  results = resultStore(store);
  detections = detectionStore(store);
  await keep('job', files, found);
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const piece = (jobId: string, format: TableWish['format'], from?: TableFrom) =>
  tablePiece(detections, { jobId, format, filter: allDetections, roots: ['/card'], from });

async function keep(jobId: string, of: readonly ClassifiedFile[], detections: readonly Detection[][]) {
  await results.list(jobId, of);
  await results.keep(
    jobId,
    of.map((file, i) => ({
      file: { ...file, jobId },
      detections: detections[i]!.map((one) => ({ ...one, jobId })),
      windows: [],
    })),
  );
}

describe('the Raven export', () => {
  let rows: string[][];
  beforeAll(async () => {
    const lines = (await piece('job', 'raven')).text.trimEnd().split('\n').slice(1);
    rows = lines.map((line) => line.split('\t'));
  });

  it('runs begin times on over the files, and gives the offset within each', () => {
    expect(rows.map((row) => [row[3], row[4], row[11], row[10]])).toEqual([
      ['0.48', '1.455', '0.48', '/card/a.wav'],
      ['4.8', '5.775', '4.8', '/card/a.wav'],
      ['71.46', '72.435', '0.96', '/card/b.wav'],
    ]);
  });

  it('counts the length of files that were too short to be heard', async () => {
    const short = { ...testFile(1, '/card/short.wav', { seconds: 0.5 }), state: 'failed' as const };
    const broken = { ...testFile(2, '/card/broken.wav', { seconds: 0 }), state: 'failed' as const };
    const last = testFile(3, '/card/c.wav', { seconds: 5 });
    const of = [
      a,
      short,
      broken,
      last,
      { ...short, fileId: 4, path: '/card/d.wav' },
      { ...last, fileId: 5, path: '/e' },
    ];
    await keep('short', of, [
      [],
      [],
      [],
      [detection(last, 0, 1, 2)],
      [],
      [{ ...detection(last, 0, 1, 2), fileId: 5 }],
    ]);
    const { text } = await piece('short', 'raven');
    const begins = text
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split('\t')[3]);
    expect(begins).toEqual(['62.0', '67.5']);
  });

  it('bounds selections by the band that experts hear and the file holds', () => {
    expect(rows.map((row) => [row[5], row[6]])).toEqual([
      ['125.0', '7500.0'],
      ['125.0', '7500.0'],
      ['125.0', '4000.0'],
    ]);
  });

  it('notes beside each selection what is wrong with its file', () => {
    expect(rows.map((row) => row[12])).toEqual(['', '', cut]);
  });

  it('names the class and its confidence', () => {
    expect(rows.map((row) => [row[8], row[9]])).toEqual([
      ['curlew', '0.625'],
      ['rain, heavy', '0.625'],
      ['curlew', '0.625'],
    ]);
  });
});

describe('the CSV export', () => {
  it('has a row for every detection, and one for a file without any', async () => {
    const rows = parseCsv((await piece('job', 'csv')).text)!;
    const [header, ...cells] = rows.map((row) => [...row.slice(0, 5), row.at(-1)]);
    expect(header).toEqual(['File', 'Start (s)', 'End (s)', 'Label', 'Confidence', 'Notes']);
    expect(cells).toEqual([
      ['/card/a.wav', '0.48', '1.455', 'curlew', '0.625', ''],
      ['/card/a.wav', '4.8', '5.775', 'rain, heavy', '0.625', ''],
      ['/card/quiet.wav', '', '', '', '', ''],
      ['/card/b.wav', '0.96', '1.935', 'curlew', '0.625', cut],
    ]);
  });
});

describe('an export longer than a piece', () => {
  const count = (2 * pieceRows) / 4;
  /** Pieces end within a file, at a file's end, and at a file without any detection. */
  const long = [
    { path: '/long/a.wav', seconds: 0.1, count: pieceRows },
    ...Array.from({ length: count }, (_, i) => ({ path: `/long/${i}.wav`, seconds: 0.1 * i, count: i % 4 })),
    { path: '/long/=z.wav', seconds: 7, count: pieceRows + 3, notes: [cutShort('=cut, “short”')] },
  ].map(({ count: length, path, ...own }, fileId) => {
    const file = testFile(fileId, path, own);
    return {
      file,
      detections: Array.from({ length }, (_, i) => detection(file, i, i * 0.48, i + 1)),
    };
  });
  const pieces = async (format: 'csv' | 'raven') => {
    const texts: string[] = [];
    const ask = async (from: TableFrom | undefined) => ({
      name: '',
      ...(await piece('long', format, from)),
    });
    for await (const { text } of piecesOf(ask)) texts.push(text);
    return texts;
  };
  beforeAll(async () => {
    await keep(
      'long',
      long.map(({ file }) => file),
      long.map(({ detections }) => detections),
    );
  });

  it('as CSV is the table as it would be made at once', async () => {
    const rows = long.flatMap(({ file: { path, notes, seconds }, detections: own }): string[][] => {
      const guarded = notes.map(({ text }) => `'${text}`).join(' ');
      const about = [String(Number(seconds.toFixed(6))), guarded];
      if (own.length === 0) return [[path, '', '', ...about]];
      return own.map(({ startS, endS }) => [path, String(startS), String(endS), ...about]);
    });
    const texts = await pieces('csv');
    const [header, ...cells] = parseCsv(texts.join(''))!;
    const places = ['File', 'Start (s)', 'End (s)', 'File length (s)', 'Notes'].map((name) =>
      header!.indexOf(name),
    );
    expect(cells.map((row) => places.map((place) => row[place]))).toEqual(rows);
    expect(texts.length).toBe(Math.ceil((rows.length + 1) / pieceRows));
  });

  it('for Raven is numbered through, and its times run on from piece to piece', async () => {
    let before = 0;
    const expected = long.flatMap(({ file: { seconds, path }, detections: own }) => {
      const start = before;
      before += seconds;
      return own.map(({ startS }) => [Math.round((start + startS) * 1e6) / 1e6, path]);
    });
    const lines = (await pieces('raven')).join('').trimEnd().split('\n').slice(1);
    const cells = lines.map((line) => line.split('\t'));
    expect(cells.map((row) => Number(row[0]))).toEqual(expected.map((_, index) => index + 1));
    expect(cells.map((row) => [Number(row[3]), row[10]])).toEqual(expected);
  });
});

it.each(['csv', 'json'] as const)('%s tells of files that were not heard, and why', async (format) => {
  const message = '/card/broken.wav is damaged.';
  const broken = {
    ...testFile(1, '/card/broken.wav', { seconds: 0, error: { code: 'FILE_DAMAGED', message } }),
    state: 'failed' as const,
  };
  const copy = {
    ...testFile(2, '/card/again.wav', { seconds: 0, copyOf: '/card/a.wav' }),
    state: 'copy' as const,
  };
  const id = `unheard ${format}`;
  await keep(id, [a, broken, copy], [[detection(a, 0, 1, 2)], [], []]);
  const { text } = await piece(id, format);
  expect(text).toContain(message);
  expect(text).toContain('/card/again.wav');
  expect(text.trimEnd().split('\n')).toHaveLength(format === 'csv' ? 4 : 3);
  const filter = { ...allDetections, least: 0.01 };
  const filtered = await tablePiece(detections, { jobId: id, format, filter, roots: [] });
  expect(filtered.text).not.toContain(message);
});
