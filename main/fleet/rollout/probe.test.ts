import { describe, expect, test } from 'vitest';
import { CurlewError } from '../../contract/error.ts';
import type { Session } from '../session.ts';
import { playProbe } from './probe.ts';

/** A board that answers class 1, and what it was told. */
function boardThat({ listening, breaks = false }: { listening: boolean; breaks?: boolean }) {
  const said: string[] = [];
  const board = {
    readInfo: () => Promise.resolve({ listening }),
    listen: (on: boolean) => Promise.resolve(void said.push(on ? 'listen' : 'stop')),
    infer: (_pcm: Int16Array, { keep }: { keep: boolean }) => {
      said.push(keep ? 'answer kept' : 'answer');
      if (breaks) throw new CurlewError('BOARD_BAD_REPLY', 'It babbles.');
      return Promise.resolve({ classIndex: 1 });
    },
  };
  const session = {
    exclusive: (work: (of: typeof board) => Promise<unknown>) => work(board),
    pull: () => Promise.resolve(),
  } as unknown as Session;
  return { said, session };
}

const windows = [1, 0].map((answer) => ({ pcm: new Int16Array(4), answer }));
const { signal } = new AbortController();

describe('the probe set', () => {
  test('is played to a board that listens in a pause of its listening, and none of it is kept', async () => {
    const { said, session } = boardThat({ listening: true });
    expect(await playProbe(session, windows, { listens: false, signal })).toEqual({ windows: 2, agreed: 1 });
    expect(said).toEqual(['stop', 'answer', 'answer', 'listen']);
  });

  test('leaves a board that does not listen as it is, but where it did before its bank was changed', async () => {
    const quiet = boardThat({ listening: false });
    await playProbe(quiet.session, windows, { listens: false, signal });
    expect(quiet.said).toEqual(['answer', 'answer']);
    const stopped = boardThat({ listening: false });
    await playProbe(stopped.session, windows, { listens: true, signal });
    expect(stopped.said).toEqual(['answer', 'answer', 'listen']);
  });

  test('that fails in the middle leaves the board listening', async () => {
    const { said, session } = boardThat({ listening: true, breaks: true });
    await expect(playProbe(session, windows, { listens: false, signal })).rejects.toMatchObject({
      code: 'BOARD_BAD_REPLY',
    });
    expect(said.at(-1)).toBe('listen');
  });
});
