/**
 * Uploads over bad lines to the real firmware: they complete, and not one wrong byte reaches the flash. Board, line and
 * driver share a clock that the test turns, so that a seed gives the same losses on every machine.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import type { NoiseOptions } from '../../boards/noise.ts';
import { simulatedLine, type SimulatedLine } from '../../boards/simulated-line.ts';
import { tappedPort } from '../../boards/tapped-port.ts';
import { VirtualBoard } from '../../boards/virtual/virtual-board.ts';
import { TestClock } from '../../protocol/test-clock.ts';
import type { ByteStream, Port } from '../port.ts';
import { CurlewBoard } from './board.ts';
import type { LinkChange } from './link.ts';

const wasm = readFileSync(new URL('../../boards/virtual/curlew.wasm', import.meta.url));
const data = Uint8Array.from({ length: 60_000 }, (_, i) => (Math.imul(i, 2654435761) >>> 13) & 255);
const sha256 = createHash('sha256').update(data).digest();
const made: VirtualBoard[] = [];

afterEach(() => {
  for (const board of made.splice(0)) board.switchOff();
});

interface Bench {
  clock: TestClock;
  board: CurlewBoard;
  line: SimulatedLine;
  changes: LinkChange[];
  /** Switches the board off and looks whether the data lies in its flash. */
  arrived(): Promise<boolean>;
}

async function bench(
  noise: Omit<NoiseOptions, 'seed'>,
  wrap: (line: SimulatedLine) => Port = (line) => line,
): Promise<Bench> {
  const clock = new TestClock();
  let flash = new Uint8Array(0);
  let boots = 0;
  const virtual = new VirtualBoard({
    wasm,
    name: 'noisy',
    id: new Uint8Array(8),
    baudRate: 921_600,
    nextBootId: () => ++boots,
    saveFlash: (contents) => (flash = Uint8Array.from(contents)),
    clock,
  });
  made.push(virtual);
  const line = simulatedLine(virtual, { baudRate: 921_600, delayMs: 1, noise: { seed: 7, ...noise }, clock });
  const changes: LinkChange[] = [];
  const board = await clock.run(
    CurlewBoard.open(wrap(line), { onLinkChange: (change) => changes.push(change), clock }),
  );
  return {
    clock,
    board,
    line,
    changes,
    async arrived() {
      await clock.run(board.close());
      virtual.switchOff();
      return Buffer.from(flash).includes(Buffer.from(data));
    },
  };
}

describe('an upload arrives unharmed', () => {
  test.each<[string, Omit<NoiseOptions, 'seed'>]>([
    ['with one bit in ten thousand wrong', { bitErrorRate: 1e-4 }],
    ['with bursts', { bursts: { everyBytes: 3000, bytes: 100 }, bitErrorRate: 1e-5 }],
    ['with bytes lost and doubled', { lostBytes: 2e-4, doubledBytes: 2e-4 }],
    [
      'with whole frames lost, doubled and late',
      { lostWrites: 0.05, doubledWrites: 0.05, heldWrites: 0.02, heldMs: 60 },
    ],
  ])('%s', async (_, noise) => {
    const { clock, board, changes, arrived } = await bench(noise);
    await clock.run(board.upload(data, sha256));
    expect(board.framing).toBe('binary');
    expect(changes).toEqual([]);
    expect(await arrived()).toBe(true);
  });

  test('in the console framing where the line keeps XON and XOFF to itself, and says so', async () => {
    const { clock, board, changes, arrived } = await bench({ eaten: [0x11, 0x13], bitErrorRate: 1e-5 });
    await clock.run(board.upload(data, sha256));
    expect(changes).toMatchObject([{ framing: 'console', baud: 921_600 }]);
    expect(await arrived()).toBe(true);
  });

  test('at a slower rate where errors come with the fast one, and says so', async () => {
    const { clock, board, changes, arrived } = await bench({
      bitErrorRate: (baud) => (baud > 500_000 ? 1e-3 : 1e-6),
    });
    await clock.run(board.upload(data, sha256));
    expect(changes.at(-1)).toMatchObject({ baud: 460_800 });
    expect(await arrived()).toBe(true);
  });

  test('over a line that was cut for a while', async () => {
    const { clock, board, line, arrived } = await bench({});
    let cut = false;
    await clock.run(
      board.upload(data, sha256, {
        onProgress: (sent) => {
          if (sent < data.length / 3 || cut) return;
          cut = true;
          line.setCut(true);
          clock.after(1200, () => line.setCut(false));
        },
      }),
    );
    expect(cut).toBe(true);
    expect(await arrived()).toBe(true);
  });

  test('at a board that restarts on the way', async () => {
    const { clock, board, arrived } = await bench({ bitErrorRate: 1e-5 });
    const resets: Promise<void>[] = [];
    await clock.run(
      board.upload(data, sha256, {
        onProgress: (sent) => {
          if (sent > data.length / 2 && resets.length === 0) resets.push(board.reset());
        },
      }),
    );
    await clock.run(Promise.all(resets));
    expect(resets).toHaveLength(1);
    expect(await arrived()).toBe(true);
  });

  test('in a flood of garbage', async () => {
    let tapped = tappedPort({} as Port);
    const { clock, board, arrived } = await bench({}, (line) => (tapped = tappedPort(line)));
    const garbage = data.slice(5000, 5400);
    await clock.run(board.upload(data, sha256, { onProgress: () => void tapped.line.write(garbage) }));
    expect(await arrived()).toBe(true);
  });

  test('over a line that sends back all it gets', async () => {
    const { clock, board, arrived } = await bench({}, echoing);
    await clock.run(board.upload(data, sha256));
    expect(await arrived()).toBe(true);
  });
});

test('a board that restarted at its first rate is found there again', async () => {
  const { clock, board, changes } = await bench({ bitErrorRate: (baud) => (baud > 500_000 ? 1e-3 : 0) });
  await clock.run(board.upload(data, sha256));
  expect(board.baud).toBe(460_800);
  await clock.run(board.reset().catch(() => undefined));
  await clock.run(board.echo('hello'));
  expect(changes.some(({ text }) => text.includes('restarted'))).toBe(true);
  await clock.run(board.close());
});

test('one seed gives the same losses in the same time, however fast the machine is', async () => {
  const upload = async () => {
    const { clock, board } = await bench({ bitErrorRate: 1e-4 });
    await clock.run(board.upload(data, sha256));
    return { ms: clock.nowMs(), ...board.counts };
  };
  const first = await upload();
  expect(first.retries).toBeGreaterThan(0);
  expect(await upload()).toEqual(first);
});

test('a board is left at the rate at which it was found', async () => {
  const { clock, board, line } = await bench({ bitErrorRate: (baud) => (baud > 500_000 ? 1e-3 : 0) });
  await clock.run(board.upload(data, sha256));
  expect(board.baud).toBe(460_800);
  line.setNoise({ seed: 1 });
  await clock.run(board.close());
  const again = await clock.run(CurlewBoard.open(line, { clock }));
  expect(again.baud).toBe(921_600);
  await clock.run(again.close());
});

/** As a line with local echo: what is written comes back, too. */
function echoing(inner: Port): Port {
  return {
    ...inner,
    async open(options): Promise<ByteStream> {
      const stream = await inner.open(options);
      const listeners = new Set<(bytes: Uint8Array) => void>();
      return {
        ...stream,
        async write(bytes) {
          await stream.write(bytes);
          for (const listener of listeners) listener(bytes);
        },
        onData(listener) {
          listeners.add(listener);
          const stop = stream.onData(listener);
          return () => (listeners.delete(listener), stop());
        },
      };
    },
  };
}
