import { beforeEach, describe, expect, test } from 'vitest';
import { TestClock } from '../devices/protocol/test-clock.ts';
import type { LogLine } from './contract/types.ts';
import { createLog, type Log } from './log.ts';

let clock: TestClock;
let told: LogLine[];
let log: Log;
beforeEach(() => {
  clock = new TestClock();
  told = [];
  log = createLog((line) => told.push(line), clock);
});

describe('the log', () => {
  test('has one line with a count for what comes again, and tells it once a second', async () => {
    log.add('error', 'a', 'it broke');
    log.add('info', 'b', 'another board');
    for (let i = 1; i < 1000; i++) log.add('error', 'a', 'it broke');
    expect(log.lines(10).map(({ text, count }) => [text, count])).toEqual([
      ['another board', 1],
      ['it broke', 1000],
    ]);
    expect(told).toHaveLength(2);
    await clock.turn(1000);
    expect(told.slice(2)).toMatchObject([{ number: 1, count: 1000, text: 'it broke' }]);
  });

  test('keeps two lines that take turns as two', () => {
    for (let i = 0; i < 50; i++) log.add('info', 'a', i % 2 ? 'came' : 'went');
    expect(log.lines(10)).toMatchObject([{ count: 25 }, { count: 25 }]);
  });

  test('leaves out what one subject says beyond measure, says so, and hears the others', async () => {
    for (let i = 0; i < 5000; i++) log.add('warning', 'babbler', `noise ${i}`);
    log.add('info', 'quiet', 'still here');
    const lines = log.lines(5000);
    expect(lines.filter((line) => line.subject === 'babbler').length).toBeLessThan(40);
    expect(lines.find((line) => line.text.startsWith('More was told'))?.count).toBeGreaterThan(4900);
    expect(lines.at(-1)?.text).toBe('still here');
    await clock.turn(10_000);
    log.add('warning', 'babbler', 'later');
    expect(log.lines(1)[0]?.text).toBe('later');
  });

  test('cuts a line that is longer than anybody reads', () => {
    log.add('info', null, 'x'.repeat(100_000));
    expect(log.lines(1)[0]?.text).toHaveLength(500);
  });
});
