import { describe, expect, it } from 'vitest';
import type { ClassifiedFile, Detection } from '../../contract/types.ts';
import { tablePiece } from './table-piece.ts';
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
    expect(rows.map((row) => [row[3], row[4], row[10], row[9]])).toEqual([
      ['0.48', '1.455', '0.48', '/card/a.wav'],
      ['4.8', '5.775', '4.8', '/card/a.wav'],
      ['71.46', '72.435', '0.96', '/card/b.wav'],
    ]);
  });

  it('bounds selections by the band that experts hear and the file holds', () => {
    expect(rows.map((row) => [row[5], row[6]])).toEqual([
      ['125', '7500'],
      ['125', '7500'],
      ['125', '4000'],
    ]);
  });

  it('notes beside each selection what is wrong with its file', () => {
    expect(rows.map((row) => row[11])).toEqual(['', '', cut]);
  });

  it('names the class and its confidence', () => {
    expect(rows.map((row) => [row[7], row[8]])).toEqual([
      ['curlew', '0.625'],
      ['rain, heavy', '0.625'],
      ['curlew', '0.625'],
    ]);
  });
});

describe('the CSV export', () => {
  it('has a row for every detection, and one for a file without any', async () => {
    expect((await tablePiece(results, 'job', 'csv')).text.trimEnd().split('\r\n')).toEqual([
      'File,Start (s),End (s),Label,Confidence,File label,File probability,File seconds,Windows,Damage',
      '/card/a.wav,0.48,1.455,curlew,0.625,curlew,0.75,60.5,9,',
      '/card/a.wav,4.8,5.775,"rain, heavy",0.625,curlew,0.75,60.5,9,',
      '/card/quiet.wav,,,,,curlew,0.75,10,9,',
      `/card/b.wav,0.96,1.935,curlew,0.625,curlew,0.75,30,9,${cut}`,
    ]);
  });
});
