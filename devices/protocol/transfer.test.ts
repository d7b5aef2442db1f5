import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CurlewError } from '../../main/contract/error.ts';
import { transfer, type Pace, type TransferAnswer } from './transfer.ts';

const silence = () => new CurlewError('BOARD_SILENT', 'nothing');
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error as CurlewError).code,
  );

const steady = (pieceBytes: number, window: number): Pace => ({
  pieceBytes,
  window,
  taken: () => undefined,
  lost: () => undefined,
  kept: () => undefined,
});

/** A receiver that takes only the next byte wanted; `fate` says what happens to the n-th piece. */
function receiver(length: number, fate: (n: number) => 'arrives' | 'lost' | 'reply lost') {
  const got = new Uint8Array(length);
  let wanted = 0;
  let n = 0;
  return {
    got,
    async send(offset: number, piece: Uint8Array): Promise<TransferAnswer> {
      const what = fate(n++);
      await Promise.resolve();
      if (what === 'lost') throw silence();
      if (offset === wanted) {
        got.set(piece, offset);
        wanted += piece.length;
      }
      if (what === 'reply lost') throw silence();
      return { wanted };
    },
  };
}

describe('a transfer', () => {
  test('delivers every byte once, whatever is lost on the way', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 400 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.constantFrom('arrives', 'arrives', 'arrives', 'lost', 'reply lost'), {
          minLength: 1,
          maxLength: 30,
        }),
        async (data, pieceBytes, window, fates) => {
          let misses = 0;
          const peer = receiver(data.length, (n) => {
            const fate = fates[n % fates.length] as 'arrives' | 'lost' | 'reply lost';
            // Never so many misses in a row that giving up would be right.
            misses = fate === 'arrives' ? 0 : misses + 1;
            return misses > 2 ? ((misses = 0), 'arrives') : fate;
          });
          await transfer({ data, from: 0, pace: steady(pieceBytes, window), send: peer.send });
          expect(peer.got).toEqual(data);
        },
      ),
    );
  });

  test('sends only what was lost again to a receiver that keeps what comes early', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 7 }),
        fc.infiniteStream(fc.nat(9)),
        async (window, fates) => {
          const data = Uint8Array.from({ length: 2000 }, (_, i) => i & 255);
          const got = new Map<number, Uint8Array>();
          const answers: (() => void)[] = [];
          let wanted = 0;
          let taken = 0;
          let asked = 0;
          await transfer({
            data,
            from: 0,
            pace: steady(50, window),
            send: (offset, piece) =>
              new Promise((resolve, reject) => {
                if ((fates.next().value as number) === 0 && asked++ < 40) {
                  // Shown by a later answer, or by silence where there is none.
                  answers.push(() => reject(silence()));
                } else {
                  taken += piece.length;
                  got.set(offset, piece);
                  for (let next = got.get(wanted); next; next = got.get(wanted)) wanted += next.length;
                  const answer = { wanted, kept: offset > wanted };
                  answers.push(() => resolve(answer));
                }
                setImmediate(() => answers.shift()?.());
              }),
          });
          expect(Buffer.concat([...got].sort(([a], [b]) => a - b).map(([, piece]) => piece))).toEqual(
            Buffer.from(data),
          );
          // Twice only where silence hid what had arrived.
          expect(taken).toBeLessThanOrEqual(data.length + asked * window * 50);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('goes back where a receiver that restarted wants bytes again', async () => {
    const data = Uint8Array.from({ length: 500 }, (_, i) => i & 255);
    let wanted = 100;
    let restarted = false;
    const got = new Uint8Array(500);
    await transfer({
      data,
      from: 100,
      pace: steady(20, 3),
      send: async (offset, piece) => {
        if (offset === 300 && !restarted) {
          restarted = true;
          wanted = 60;
        }
        if (offset === wanted) {
          got.set(piece, offset);
          wanted += piece.length;
        }
        return { wanted };
      },
    });
    expect(got.subarray(60)).toEqual(data.subarray(60));
  });

  test('goes on from where the receiver stands', async () => {
    const data = Uint8Array.from({ length: 100 }, (_, i) => i);
    const offsets: number[] = [];
    let wanted = 40;
    await transfer({
      data,
      from: 40,
      pace: steady(30, 1),
      send: async (offset, piece) => (offsets.push(offset), { wanted: (wanted += piece.length) }),
    });
    expect(offsets).toEqual([40, 70]);
  });

  test('reports progress that only grows, and ends at the whole length', async () => {
    const seen: number[] = [];
    const peer = receiver(1000, (n) => (n % 4 === 1 ? 'lost' : 'arrives'));
    await transfer({
      data: new Uint8Array(1000),
      from: 0,
      pace: steady(64, 3),
      send: peer.send,
      onProgress: (at) => seen.push(at),
    });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1000);
  });

  test('gives up on a receiver that is silent, or takes nothing more', async () => {
    const task = { data: new Uint8Array(100), from: 0, pace: steady(10, 3) };
    expect(await codeOf(transfer({ ...task, send: () => Promise.reject(silence()) }))).toBe('BOARD_SILENT');
    expect(await codeOf(transfer({ ...task, send: async () => ({ wanted: 0 }) }))).toBe('BOARD_REFUSED');
  });

  test('ends on abort', async () => {
    const abort = new AbortController();
    const send = async (offset: number) => (abort.abort(), { wanted: offset + 1 });
    expect(
      await codeOf(
        transfer({ data: new Uint8Array(9), from: 0, pace: steady(1, 1), send, signal: abort.signal }),
      ),
    ).toBe('ABORTED');
  });
});
