import { describe, expect, test } from 'vitest';
import { BoardTime } from './board-time.ts';

/** A board that was started at `started` and whose clock runs `rate` times as fast as the lab's. */
function world(started: number, rate = 1) {
  const time = new BoardTime();
  const uptimeAt = (ms: number): number => (ms - started) * rate;
  return {
    time,
    uptimeAt,
    /** An answer that the board wrote at `ms`, `out` after the question and `back` before it came. */
    answer: (ms: number, out: number, back: number) =>
      time.read({ answeredMs: ms + back, roundTripMs: out + back, uptimeMs: uptimeAt(ms) }),
  };
}

/** What says the same every time, so that a failure can be looked into. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

describe('the time of a record', () => {
  test('is its own, however late and however many at once they are read', () => {
    const { time, answer, uptimeAt } = world(1_000_000);
    answer(1_014_000, 2, 2);
    const times = Array.from({ length: 31 }, (_, i) => time.timeOf(uptimeAt(1_000_000 + 450 * i)).atMs);
    expect(times).toEqual(Array.from({ length: 31 }, (_, i) => 1_000_000 + 450 * i));
  });

  test('is off by no more than it says, whatever the line delays', () => {
    const random = numbers(1);
    const { time, answer, uptimeAt } = world(5_000);
    for (let now = 10_000; now < 400_000; now += 500) {
      answer(now, 300 * random(), 300 * random());
      const kept = now - 400 * random();
      const { atMs, errorMs } = time.timeOf(uptimeAt(kept));
      expect(Math.abs(atMs - kept)).toBeLessThanOrEqual(errorMs + 1e-6);
      expect(errorMs).toBeLessThanOrEqual(601);
    }
  });

  test.each([1 + 1e-4, 1 - 1e-4])(
    'follows a clock that runs %d times as fast, and never goes back',
    (rate) => {
      const random = numbers(2);
      const { time, answer, uptimeAt } = world(0, rate);
      let last = -Infinity;
      for (let now = 1000; now < 3 * 86_400_000; now += 200_000) {
        answer(now, 10 * random(), 10 * random());
        for (const age of [300, 200, 100]) {
          const { atMs, errorMs } = time.timeOf(uptimeAt(now - age));
          expect(atMs).toBeGreaterThanOrEqual(last);
          expect(Math.abs(atMs - (now - age))).toBeLessThanOrEqual(errorMs + 1e-3);
          last = atMs;
        }
      }
    },
  );

  test('goes on growing where the lab’s clock is set back, and says how far it is off meanwhile', () => {
    const { time, answer, uptimeAt } = world(0);
    answer(100_000, 1, 1);
    const before = time.timeOf(uptimeAt(99_900)).atMs;
    let last = before;
    for (let now = 101_000; now < 200_000; now += 1000) {
      // The same board; the lab's clock says five seconds less.
      time.read({ answeredMs: now - 5000 + 1, roundTripMs: 2, uptimeMs: uptimeAt(now) });
      const { atMs, errorMs } = time.timeOf(uptimeAt(now - 50));
      expect(atMs).toBeGreaterThan(last);
      expect(Math.abs(atMs - (now - 50 - 5000))).toBeLessThanOrEqual(errorMs + 1e-6);
      last = atMs;
    }
    expect(last).toBeCloseTo(199_000 - 50 - 5000, -1);
  });

  test('of a record from the future is now, and none is earlier than one that was given before', () => {
    const time = new BoardTime(50_000);
    time.read({ answeredMs: 40_000, roundTripMs: 0, uptimeMs: 1000 });
    expect(time.timeOf(9_999_999)).toEqual({ atMs: 50_000, errorMs: 10_000 });
  });
});

describe('the time of records of an unattended month', () => {
  const day = 86_400_000;
  const month = 31 * day;
  /** Ten records a day, each with how far its time is off. */
  const errorsOf = (time: BoardTime, uptimeAt: (ms: number) => number): [offMs: number, errorMs: number][] =>
    Array.from({ length: 310 }, (_, i) => {
      const kept = 1000 + (i * day) / 10;
      const { atMs, errorMs } = time.timeOf(uptimeAt(kept));
      return [Math.abs(atMs - kept), errorMs];
    });

  test.each([1 + 5e-5, 1 - 5e-5])(
    'is right to the millisecond where its clock ran %d times as fast',
    (rate) => {
      const { time, answer, uptimeAt } = world(0, rate);
      answer(1000, 2, 2);
      answer(month, 2, 2);
      for (const [offMs, errorMs] of errorsOf(time, uptimeAt)) {
        expect(offMs).toBeLessThan(3);
        expect(offMs).toBeLessThanOrEqual(errorMs + 1e-3);
      }
    },
  );

  test('is told from when its clock was set where this lab asks it for the first time', () => {
    const started = -5 * day;
    const uptimeAt = (ms: number): number => (ms - started) * (1 + 2e-5);
    // Set 300 ms late.
    const time = new BoardTime(undefined, { wallMs: 300, uptimeMs: uptimeAt(0) });
    time.read({ answeredMs: month + 2, roundTripMs: 4, uptimeMs: uptimeAt(month) });
    for (const [offMs, errorMs] of errorsOf(time, uptimeAt)) {
      expect(offMs).toBeLessThan(310);
      expect(offMs).toBeLessThanOrEqual(errorMs);
    }
    // What it kept before that is no surer than without.
    const early = new BoardTime(undefined, { wallMs: 300, uptimeMs: uptimeAt(0) });
    early.read({ answeredMs: month + 2, roundTripMs: 4, uptimeMs: uptimeAt(month) });
    expect(early.timeOf(uptimeAt(-day)).errorMs).toBeGreaterThan(32 * day * 1e-4);
  });

  test('is off by no more than it says where the clock ran fast, then slow, as far as clocks may', () => {
    const turn = month / 3;
    const uptimeAt = (ms: number): number =>
      ms <= turn ? ms * (1 + 1e-4) : turn * (1 + 1e-4) + (ms - turn) * (1 - 1e-4);
    const time = new BoardTime();
    time.read({ answeredMs: 1002, roundTripMs: 4, uptimeMs: uptimeAt(1000) });
    time.read({ answeredMs: month + 2, roundTripMs: 4, uptimeMs: uptimeAt(month) });
    for (const [offMs, errorMs] of errorsOf(time, uptimeAt))
      expect(offMs).toBeLessThanOrEqual(errorMs + 1e-3);
  });

  test('is counted back from the answer alone where one of the clocks was set wrong', () => {
    const time = new BoardTime(undefined, { wallMs: 7_200_000, uptimeMs: 0 });
    time.read({ answeredMs: month + 2, roundTripMs: 4, uptimeMs: month });
    const { atMs, errorMs } = time.timeOf(day);
    expect([atMs, Math.round(errorMs)]).toEqual([day, Math.round(30 * day * 1e-4) + 2]);
  });

  test('stays so for page after page of records, each of which is answered a little later', () => {
    const { time, answer, uptimeAt } = world(0, 1 + 5e-5);
    answer(1000, 2, 2);
    for (let page = 0; page < 31; page++) {
      answer(month + 50 * page, 2, 2);
      const kept = 2000 + page * day;
      expect(Math.abs(time.timeOf(uptimeAt(kept)).atMs - kept)).toBeLessThan(3);
    }
  });
});
