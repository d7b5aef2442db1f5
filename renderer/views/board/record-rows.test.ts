import { describe, expect, it } from 'vitest';
import { record } from '../../test/lab-double.ts';
import { heardIn, levelText, rowsOf, stagesText } from './record-rows.ts';

const read = (rows: ReturnType<typeof rowsOf>) =>
  rows.map((row) => (row.kind === 'record' ? row.record.sequence : row.text.split(' ')[0]));

describe('rows of the records table', () => {
  it('stand newest first, with a row of its own for what is missing', () => {
    expect(read(rowsOf([record(1), record(2), record(5)]))).toEqual([5, '2', 2, 1]);
  });

  it('tell of a restart, and of what was lost after it', () => {
    const rows = rowsOf([record(40, { bootId: 1 }), record(1, { bootId: 2 }), record(3, { bootId: 3 })]);
    expect(read(rows)).toEqual([3, '2', 'The', 1, 'The', 40]);
  });
});

describe('a row between records', () => {
  it('tells where the board’s clock was set, and nothing where it just runs or was not known', () => {
    const at = (sequence: number, wallMs: number | null) =>
      record(sequence, { wallMs, uptimeMs: 500 * sequence });
    const rows = rowsOf([
      at(1, null),
      at(2, 1_001_000),
      at(3, 1_001_500),
      at(4, 1_004_300),
      at(5, 1_004_000),
    ]);
    expect(rows.flatMap((row) => (row.kind === 'between' ? [row.text] : []))).toEqual([
      'The board’s clock was set 0.8 s back.',
      'The board’s clock was set 2.3 s forward.',
    ]);
  });
});

describe('what a record says of the sound', () => {
  it('is its level, with a true minus, or that nothing was heard at all', () => {
    expect([levelText(-38.25), levelText(0), levelText(3.01), levelText(-129.23)]).toEqual([
      '−38.3 dB',
      '0.0 dB',
      '3.0 dB',
      '−129.2 dB',
    ]);
    expect([levelText(-200), levelText(null)]).toEqual(['silent', '–']);
  });

  it('tells which stages ran, and of windows that were skipped', () => {
    expect([null, 0, 1, 0b101].map(stagesText)).toEqual(['–', '–', '1', '1, 3']);
    const rows = rowsOf([record(1, { skippedWindows: 2 }), record(2, { skippedWindows: 5 })]);
    expect(rows.map((row) => (row.kind === 'between' ? row.text : row.record.sequence))).toEqual([
      2,
      '3 windows were skipped: the board was behind what it heard.',
      1,
    ]);
  });

  it('tells of the noise floor, and of clipping where there is any', () => {
    expect(heardIn(record(1))).toBe('Noise floor −61.5 dB: nine tenths of the window are louder.');
    expect(heardIn(record(1, { clippedShare: 0.125 }))).toContain('12.5 % of the samples are clipped.');
    expect(heardIn(record(1, { levelDb: -200, noiseFloorDb: -200 }))).toContain('alike');
    expect(heardIn(record(1, { levelDb: null }))).toContain('does not tell');
  });
});
