import { beforeAll, describe, expect, it } from 'vitest';
import { csvText, type CsvCell } from '../../../models/report/csv.ts';
import { piecesOf } from '../../contract/pieces.ts';
import type { ClassifiedFile, Detection, TableFrom } from '../../contract/types.ts';
import { pieceRows, tablePiece } from './table-piece.ts';
import { MemoryResultStore } from './testing.ts';

const file = (path: string, seconds: number, sampleRate = 48_000): ClassifiedFile => ({
  jobId: 'job',
  path,
  seconds,
  sampleRate,
  channels: 1,
  windows: 9,
  classIndex: 0,
  label: 'curlew',
  probability: 0.75,
  damage: null,
});
const detection = (path: string, startS: number, endS: number, label = 'curlew'): Detection => ({
  jobId: 'job',
  path,
  startS,
  endS,
  label,
  confidence: 0.625,
});

const cut = 'b.wav ends 4 bytes early.';
const files = [
  file('/card/a.wav', 60.5),
  file('/card/quiet.wav', 10),
  { ...file('/card/b.wav', 30, 8_000), damage: cut },
];
const detections = [
  detection('/card/a.wav', 0.48, 1.455),
  detection('/card/a.wav', 4.8, 5.775, 'rain, heavy'),
  detection('/card/b.wav', 0.96, 1.935),
];

const results = new MemoryResultStore();
for (const one of files) {
  const own = detections.filter(({ path }) => path === one.path);
  await results.putFile(one, own);
}

describe('the Raven export', async () => {
  const rows = (await tablePiece(results, 'job', 'raven')).text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'));

  it('runs begin times on over the files, and gives the offset within each', () => {
    expect(rows.map((row) => [row[3], row[4], row[11], row[10]])).toEqual([
      ['0.48', '1.455', '0.48', '/card/a.wav'],
      ['4.8', '5.775', '4.8', '/card/a.wav'],
      ['71.46', '72.435', '0.96', '/card/b.wav'],
    ]);
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
    expect((await tablePiece(results, 'job', 'csv')).text.trimEnd().split('\r\n')).toEqual([
      'File,Start (s),End (s),Label,Confidence,File label,File probability,File length (s),Windows,Damage',
      '/card/a.wav,0.48,1.455,curlew,0.625,curlew,0.75,60.5,9,',
      '/card/a.wav,4.8,5.775,"rain, heavy",0.625,curlew,0.75,60.5,9,',
      '/card/quiet.wav,,,,,curlew,0.75,10,9,',
      `/card/b.wav,0.96,1.935,curlew,0.625,curlew,0.75,30,9,${cut}`,
    ]);
  });
});

describe('an export longer than a piece', () => {
  const count = (2 * pieceRows) / 4;
  /** Pieces end within a file, at a file's end, and at a file without any detection. */
  const long = [
    { file: file('/long/a.wav', 0.1), count: pieceRows },
    ...Array.from({ length: count }, (_, i) => ({ file: file(`/long/${i}.wav`, 0.1 * i), count: i % 4 })),
    { file: { ...file('/long/=z.wav', 7), damage: '=cut, “short”' }, count: pieceRows + 3 },
  ].map((one) => ({
    ...one,
    detections: Array.from({ length: one.count }, (_, i) => detection(one.file.path, i * 0.48, i + 1)),
  }));
  const stored = new MemoryResultStore();
  const pieces = async (format: 'csv' | 'raven') => {
    const texts: string[] = [];
    const ask = async (from: TableFrom | undefined) => ({
      name: '',
      ...(await tablePiece(stored, 'job', format, from)),
    });
    for await (const { text } of piecesOf(ask)) texts.push(text);
    return texts;
  };
  beforeAll(async () => {
    for (const one of long) await stored.putFile(one.file, one.detections);
  });

  it('as CSV is the table as it would be made at once', async () => {
    const rows = long.flatMap(({ file: { path, damage, seconds }, detections: own }): CsvCell[][] => {
      const about = ['curlew', 0.75, Number(seconds.toFixed(6)), 9, damage];
      if (own.length === 0) return [[path, null, null, null, null, ...about]];
      return own.map(({ startS, endS }) => [path, startS, endS, 'curlew', 0.625, ...about]);
    });
    const texts = await pieces('csv');
    const [header, ...lines] = texts.join('').split(/(?<=\n)/);
    expect(header).toMatch(/^File,.*,Damage\r\n$/);
    expect(lines.join('')).toBe(csvText(rows));
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
