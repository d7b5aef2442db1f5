import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { CurlewError } from '../contract/error.ts';
import { Peer, type Calls } from './peer.ts';

const open: MessageChannel[] = [];
afterEach(() => open.splice(0).forEach(({ port1 }) => port1.close()));

function pair<Left extends Calls, Right extends Calls>(left: Left, right: Right) {
  const channel = new MessageChannel();
  open.push(channel);
  return { left: new Peer<Right>(channel.port1, left), right: new Peer<Left>(channel.port2, right) };
}

describe('two threads that call each other', () => {
  it('get what the other’s function gives, many calls at a time and in any order', async () => {
    let release = (): void => undefined;
    const late = new Promise<void>((resolve) => (release = resolve));
    const { left, right } = pair(
      { twice: (value: number) => 2 * value },
      {
        bytes: async (count: number) => {
          if (count === 3) await late;
          else release();
          return new Uint8Array(count).fill(7);
        },
      },
    );
    const answers = await Promise.all([
      left.call('bytes', 3),
      left.call('bytes', 1),
      right.call('twice', 21),
    ]);
    expect(answers).toEqual([Uint8Array.of(7, 7, 7), Uint8Array.of(7), 42]);
  });

  it('get its errors with code, sentence and context', async () => {
    const { left } = pair(
      {},
      {
        fail: () => {
          throw new CurlewError('FILE_EMPTY', 'It is empty.', { path: '/x' });
        },
        crash: () => Promise.reject(new RangeError('deep')),
      },
    );
    await expect(left.call('fail')).rejects.toMatchObject({
      code: 'FILE_EMPTY',
      message: 'It is empty.',
      context: { path: '/x' },
    });
    await expect(left.call('crash')).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect((left as Peer<Calls>).call('nothing')).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('are told why when the other is gone', async () => {
    const { left } = pair({}, { never: () => new Promise(() => undefined) });
    const asked = left.call('never');
    left.lose(new CurlewError('ABORTED', 'It was stopped.'));
    await expect(asked).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(left.call('never')).rejects.toMatchObject({ code: 'ABORTED' });
    left.tell('never');
  });
});
