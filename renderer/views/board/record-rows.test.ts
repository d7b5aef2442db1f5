import { describe, expect, it } from 'vitest';
import { record } from '../../test/lab-double.ts';
import { rowsOf } from './record-rows.ts';

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
