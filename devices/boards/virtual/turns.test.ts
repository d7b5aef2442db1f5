import { describe, expect, test } from 'vitest';
import { TestClock } from '../../protocol/test-clock.ts';
import { Turns } from './turns.ts';

describe('boards that share a thread', () => {
  test('have their turns one at a time, those that somebody waits for first', async () => {
    const clock = new TestClock();
    const turns = new Turns(clock);
    const done: string[] = [];
    const work = { a: () => done.push('a'), b: () => done.push('b'), c: () => done.push('c') };
    turns.want(work.a, false);
    turns.want(work.b, false);
    turns.want(work.b, false);
    turns.want(work.c, true);
    expect(done).toEqual([]);
    await clock.turn(1);
    expect(done).toEqual(['c', 'a', 'b']);
  });

  test('may ask for the next turn in their turn, behind the others', async () => {
    const clock = new TestClock();
    const turns = new Turns(clock);
    const done: string[] = [];
    const once = () => done.push('once');
    const again = (): void => {
      if (done.push('again') < 5) turns.want(again, false);
    };
    turns.want(again, false);
    turns.want(once, false);
    await clock.turn(1);
    expect(done).toEqual(['again', 'once', 'again', 'again', 'again']);
  });

  test('lose no turn to a board that fails in its own', async () => {
    const clock = new TestClock();
    const turns = new Turns(clock);
    let done = false;
    turns.want(() => {
      throw new Error('broken');
    }, true);
    turns.want(() => (done = true), false);
    await expect(clock.turn(1)).rejects.toThrow('broken');
    await clock.turn(1);
    expect(done).toBe(true);
  });
});
