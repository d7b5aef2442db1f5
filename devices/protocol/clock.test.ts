import { describe, expect, test } from 'vitest';
import { realClock } from './clock.ts';
import { TestClock } from './test-clock.ts';

describe('a clock that a test turns', () => {
  test('stands still until it is turned, and fires what is due in order of time', async () => {
    const clock = new TestClock(100);
    const seen: [string, number][] = [];
    const note = (what: string) => () => void seen.push([what, clock.nowMs()]);
    clock.after(30, note('late'));
    clock.after(10, note('early'));
    clock.after(10, note('early, set later'));
    clock.after(31, note('after the end'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual([]);
    await clock.turn(30);
    expect(seen).toEqual([
      ['early', 110],
      ['early, set later', 110],
      ['late', 130],
    ]);
    expect(clock.nowMs()).toBe(130);
  });

  test('lets all that follows from one timer happen before the next', async () => {
    const clock = new TestClock();
    const seen: string[] = [];
    clock.after(1, () => {
      void (async () => {
        for (let i = 0; i < 20; i++) await Promise.resolve();
        seen.push('followed');
        clock.after(0, () => void seen.push('at the same time'));
      })();
    });
    clock.after(2, () => void seen.push('next'));
    await clock.turn(2);
    expect(seen).toEqual(['followed', 'at the same time', 'next']);
  });

  test('calls again and again, until that is taken back', async () => {
    const clock = new TestClock();
    let calls = 0;
    const stop = clock.every(20, () => void (++calls === 3 && stop()));
    await clock.turn(1000);
    expect(calls).toBe(3);
  });

  test('runs a work for as long as it takes, and passes on how it ends', async () => {
    const clock = new TestClock();
    const work = async (): Promise<string> => {
      await clock.sleep(86_400_000);
      return 'done';
    };
    expect(await clock.run(work())).toBe('done');
    expect(clock.nowMs()).toBe(86_400_000);
    await expect(clock.run(Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  });
});

describe.each([
  ['the real clock', realClock],
  ['a test clock', new TestClock()],
])('on %s', (_, clock) => {
  const run = <T>(work: Promise<T>): Promise<T> => (clock instanceof TestClock ? clock.run(work) : work);

  test('a sleep takes its time', async () => {
    const began = clock.nowMs();
    await run(clock.sleep(5));
    // Timers may fire a moment early.
    expect(clock.nowMs() - began).toBeGreaterThan(4);
  });

  test('a sleep ends when its signal aborts, before and meanwhile', async () => {
    const abort = new AbortController();
    const sleeping = clock.sleep(1e9, abort.signal);
    abort.abort();
    await expect(run(sleeping)).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(run(clock.sleep(1e9, abort.signal))).rejects.toMatchObject({ code: 'ABORTED' });
  });

  test('what is taken back does not happen', async () => {
    const seen: string[] = [];
    const takeBack = [
      clock.after(0, () => seen.push('0')),
      clock.after(1, () => seen.push('1')),
      clock.every(1, () => seen.push('every')),
    ];
    for (const one of takeBack) one();
    await run(clock.sleep(5));
    expect(seen).toEqual([]);
  });
});
