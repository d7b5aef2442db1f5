import { describe, expect, it } from 'vitest';
import { TestClock } from '../../devices/protocol/test-clock.ts';
import type { NamedRecord, StoredRecords } from '../contract/types.ts';
import { RecordTeller } from './record-teller.ts';

const record = (sequence: number): NamedRecord => ({ sequence }) as NamedRecord;
const records = (from: number, to: number): NamedRecord[] =>
  Array.from({ length: to - from + 1 }, (_, index) => record(from + index));

describe('pages are told of records', () => {
  it('of a board that answers now and then all of them, soon and in their order', async () => {
    const clock = new TestClock();
    const told: StoredRecords[][] = [];
    const teller = new RecordTeller(clock, (one) => told.push(one));
    teller.stored('a', records(1, 2));
    teller.stored('b', records(7, 7));
    teller.stored('a', records(3, 3));
    await clock.turn(249);
    expect(told).toEqual([]);
    await clock.turn(1);
    expect(told).toEqual([
      [
        { boardId: 'a', stored: 3, records: records(1, 3) },
        { boardId: 'b', stored: 1, records: records(7, 7) },
      ],
    ]);
    await clock.turn(10_000);
    expect(told).toHaveLength(1);
  });

  it('of a thousand boards with ten records a second four times a second, with how many each has', async () => {
    const clock = new TestClock();
    const told: StoredRecords[][] = [];
    const teller = new RecordTeller(clock, (one) => told.push(one));
    for (let tenth = 1; tenth <= 20; tenth++) {
      for (let board = 0; board < 1000; board++) teller.stored(String(board), [record(tenth)]);
      await clock.turn(100);
    }
    await clock.turn(250);
    expect(told.length).toBeLessThanOrEqual(9);
    expect(told.flat().reduce((sum, { stored }) => sum + stored, 0)).toBe(20_000);
    for (const one of told) expect(one.flatMap((board) => board.records).length).toBeLessThanOrEqual(200);
  });

  it('of one that brings what a ring held the newest alone', async () => {
    const clock = new TestClock();
    const told: StoredRecords[][] = [];
    const teller = new RecordTeller(clock, (one) => told.push(one));
    teller.stored('a', records(1, 10_000));
    teller.stored('b', records(1, 1));
    await clock.turn(250);
    expect(told).toEqual([
      [
        { boardId: 'a', stored: 10_000, records: records(9901, 10_000) },
        { boardId: 'b', stored: 1, records: records(1, 1) },
      ],
    ]);
    teller.stored('a', records(10_001, 10_001));
    teller.close();
    await clock.turn(10_000);
    expect(told).toHaveLength(1);
  });
});
