import { expect, test } from 'vitest';
import { runAll, type Task } from './pool.ts';

/** Tasks that begin when they are started and end when they are told to. */
class Hand {
  readonly begun: string[] = [];
  private readonly ends = new Map<string, (error?: Error) => void>();

  task(name: string, hub: string | null = null, isBusy = () => false): Task<void> {
    return {
      hub,
      isBusy,
      run: () => {
        this.begun.push(name);
        return new Promise((resolve, reject) =>
          this.ends.set(name, (error) => (error ? reject(error) : resolve())),
        );
      },
    };
  }

  async end(name: string, error?: Error): Promise<void> {
    this.ends.get(name)!(error);
    await turns();
  }
}

/** So many turns of the event loop as the pool may need. */
const turns = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
};

test('no more run at once than the machine and the hub carry, and one that is stuck keeps its own place alone', async () => {
  const hand = new Hand();
  const names = ['a1', 'a2', 'a3', 'b1', 'c1', 'c2'];
  const tasks = names.map((name) => hand.task(name, name[0] === 'c' ? null : name[0]));
  const all = runAll(tasks, { all: 4, perHub: 2 });
  await turns();
  expect(hand.begun).toEqual(['a1', 'a2', 'b1', 'c1']);
  await hand.end('b1');
  expect(hand.begun.at(-1)).toBe('c2');
  await hand.end('c1');
  expect(hand.begun).toHaveLength(5);
  await hand.end('a1');
  expect(hand.begun.at(-1)).toBe('a3');
  for (const name of ['c2', 'a3', 'a2']) await hand.end(name);
  await all;
  expect(hand.begun).toHaveLength(6);
});

test('one whose board is busy goes behind the others, and is run all the same', async () => {
  const hand = new Hand();
  const all = runAll([hand.task('busy', null, () => true), hand.task('idle')], { all: 1, perHub: 1 });
  await turns();
  expect(hand.begun).toEqual(['idle']);
  await hand.end('idle');
  expect(hand.begun).toEqual(['idle', 'busy']);
  await hand.end('busy');
  await all;
});

test('nothing is started while it is paused; after a failure what runs ends first, and nothing more begins', async () => {
  const hand = new Hand();
  let go = (): void => undefined;
  const paused = new Promise<void>((resolve) => (go = resolve));
  const all = runAll([hand.task('a'), hand.task('b'), hand.task('c')], { all: 2, perHub: 2 }, () => paused);
  const ended = all.then(
    () => 'resolved',
    (thrown: Error) => thrown.message,
  );
  await turns();
  expect(hand.begun).toEqual([]);
  go();
  await turns();
  expect(hand.begun).toEqual(['a', 'b']);
  await hand.end('a', new Error('gone'));
  expect(hand.begun).toEqual(['a', 'b']);
  await hand.end('b');
  expect(await ended).toBe('gone');
});
