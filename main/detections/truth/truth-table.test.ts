import { describe, expect, it } from 'vitest';
import { selectionHeader, selectionLines } from '../tables/selection-table.ts';
import { RunFiles } from './run-files.ts';
import { readTruth, recordingNameOf } from './truth-table.ts';

const table = (...lines: string[][]) => lines.map((cells) => cells.join('\t')).join('\r\n');
const header = [
  'Selection',
  'View',
  'Channel',
  'Begin Time (s)',
  'End Time (s)',
  'Begin Path',
  'File Offset (s)',
  'Species',
];

describe('a table of marks', () => {
  it('of Raven, combined, gives times within each file, and each selection once whatever its views', () => {
    const text = table(
      header,
      ['1', 'Waveform 1', '1', '3600.5', '3602', 'C:\\card\\b.wav', '0.5', 'curlew'],
      ['1', 'Spectrogram 1', '1', '3600.5', '3602', 'C:\\card\\b.wav', '0.5', 'curlew'],
      ['2', 'Spectrogram 1', '1', '1', '2', '', '', 'rain'],
    );
    expect(readTruth('t.txt', text)).toEqual([
      { line: 2, label: 'curlew', startS: 0.5, endS: 2, path: 'C:\\card\\b.wav' },
      { line: 4, label: 'rain', startS: 1, endS: 2, path: null },
    ]);
  });

  it('that was written here comes back, a guarded label as it was', () => {
    const written = selectionLines(
      [
        {
          ...{ channel: 1, beginS: 61.5, endS: 62, lowHz: 1, highHz: 2, name: '=curlew', confidence: 1 },
          ...{ beginPath: '/card/a.wav', fileOffsetS: 1.5, notes: '' },
        },
      ],
      0,
    );
    expect(readTruth('t.txt', selectionHeader + written)).toEqual([
      { line: 2, label: '=curlew', startS: 1.5, endS: 2, path: '/card/a.wav' },
    ]);
  });

  it('of Audacity is read without its lines of frequencies', () => {
    expect(readTruth('t.txt', '0.5\t1.5\tcurlew\n\\\t125.0\t7500.0\n2\t2\train\n')).toEqual([
      { line: 1, label: 'curlew', startS: 0.5, endS: 1.5, path: null },
      { line: 3, label: 'rain', startS: 2, endS: 2, path: null },
    ]);
  });

  it.each([
    [table(header, ['1', 'S', '1', 'x', '2', '', '', 'rain']), 2],
    [table(header, ['1', 'S', '1', '1', '2', '', '', 'rain'], ['2', 'S', '1', '3', '2', '', '', 'rain']), 3],
    [table(header, ['1', 'S', '1', '1', '2', '', '', ' ']), 2],
    [table(header.slice(0, 5), ['1', 'S', '1', '1', '2']), 1],
    ['0\t1\tcurlew\nnothing\n', 2],
    ['1\t0\tcurlew\n', 1],
  ])('that cannot be read is told with its line', (text, line) => {
    expect(() => readTruth('t.txt', text)).toThrow(
      expect.objectContaining({ code: 'FILE_DAMAGED', context: { path: 't.txt', line } }),
    );
  });

  it('names its recording', () => {
    for (const name of ['a.Table.1.selections.txt', 'a.selections.txt', 'a.labels.txt', 'a.txt'])
      expect(recordingNameOf(`/t/${name}`)).toBe('a');
  });
});

describe('recordings of a run', () => {
  const files = new RunFiles();
  ['/card/Pond/a.wav', '/card/Ridge/a.wav', '/card/b.WAV'].forEach((path, fileId) =>
    files.add({ fileId, path }),
  );

  it('are found by as much of their path as tells them apart, on whatever machine', () => {
    expect(files.ofPath('/card/Ridge/a.wav')).toBe(1);
    expect(files.ofPath('D:\\season\\Pond\\A.WAV')).toBe(0);
    expect(files.ofPath('a.wav')).toBeNull();
    expect(files.ofPath('c.wav')).toBeNull();
  });

  it('are found by name, with its ending or without, where there is one', () => {
    expect(files.ofName('b', 't')).toBe(2);
    expect(files.ofName('b.wav', 't')).toBe(2);
    for (const name of ['a', 'c'])
      expect(() => files.ofName(name, 't')).toThrow(expect.objectContaining({ code: 'FILE_NOT_FOUND' }));
  });
});
