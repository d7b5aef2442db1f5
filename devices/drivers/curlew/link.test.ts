/** Uploads over bad lines to the real firmware: they complete, and not one wrong byte reaches the flash. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import type { NoiseOptions } from '../../boards/noise.ts';
import { simulatedLine, type SimulatedLine } from '../../boards/simulated-line.ts';
import { tappedPort } from '../../boards/tapped-port.ts';
import { VirtualBoard } from '../../boards/virtual/virtual-board.ts';
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
  let flash = new Uint8Array(0);
  const virtual = new VirtualBoard({
    wasm,
    name: 'noisy',
    id: new Uint8Array(8),
    baudRate: 921_600,
    saveFlash: (contents) => (flash = Uint8Array.from(contents)),
  });
  made.push(virtual);
  const line = simulatedLine(virtual, { baudRate: 921_600, delayMs: 1, noise: { seed: 7, ...noise } });
  const changes: LinkChange[] = [];
  const board = await CurlewBoard.open(wrap(line), { onLinkChange: (change) => changes.push(change) });
  return {
    board,
    line,
    changes,
    async arrived() {
      await board.close();
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
    const { board, changes, arrived } = await bench(noise);
    await board.upload(data, sha256);
    expect(board.framing).toBe('binary');
    expect(changes).toEqual([]);
    expect(await arrived()).toBe(true);
  });

  test('in the console framing where the line keeps XON and XOFF to itself, and says so', async () => {
    const { board, changes, arrived } = await bench({ eaten: [0x11, 0x13], bitErrorRate: 1e-5 });
    await board.upload(data, sha256);
    expect(changes).toMatchObject([{ framing: 'console', baud: 921_600 }]);
    expect(await arrived()).toBe(true);
  });

  test('at a slower rate where errors come with the fast one, and says so', async () => {
    const { board, changes, arrived } = await bench({
      bitErrorRate: (baud) => (baud > 500_000 ? 1e-3 : 1e-6),
    });
    await board.upload(data, sha256);
    expect(changes.at(-1)).toMatchObject({ baud: 460_800 });
    expect(await arrived()).toBe(true);
  });

  test('over a line that was cut for a while', async () => {
    const { board, line, arrived } = await bench({});
    let cut = false;
    await board.upload(data, sha256, {
      onProgress: (sent) => {
        if (sent < data.length / 3 || cut) return;
        cut = true;
        line.setCut(true);
        setTimeout(() => line.setCut(false), 1200);
      },
    });
    expect(cut).toBe(true);
    expect(await arrived()).toBe(true);
  });

  test('at a board that restarts on the way', async () => {
    const { board, arrived } = await bench({ bitErrorRate: 1e-5 });
    let reset: Promise<void> | null = null;
    await board.upload(data, sha256, {
      onProgress: (sent) => {
        if (sent > data.length / 2) reset ??= board.reset();
      },
    });
    expect(reset).not.toBeNull();
    await (reset as Promise<void> | null);
    expect(await arrived()).toBe(true);
  });

  test('in a flood of garbage', async () => {
    let tapped = tappedPort({} as Port);
    const { board, arrived } = await bench({}, (line) => (tapped = tappedPort(line)));
    const garbage = data.slice(5000, 5400);
    await board.upload(data, sha256, { onProgress: () => void tapped.line.write(garbage) });
    expect(await arrived()).toBe(true);
  });

  test('over a line that sends back all it gets', async () => {
    const { board, arrived } = await bench({}, echoing);
    await board.upload(data, sha256);
    expect(await arrived()).toBe(true);
  });
});

test('a board that restarted at its first rate is found there again', async () => {
  const { board, changes } = await bench({ bitErrorRate: (baud) => (baud > 500_000 ? 1e-3 : 0) });
  await board.upload(data, sha256);
  expect(board.baud).toBe(460_800);
  await board.reset().catch(() => undefined);
  await board.echo('hello');
  expect(changes.some(({ text }) => text.includes('restarted'))).toBe(true);
  await board.close();
});

test('a board is left at the rate at which it was found', async () => {
  const { board, line } = await bench({ bitErrorRate: (baud) => (baud > 500_000 ? 1e-3 : 0) });
  await board.upload(data, sha256);
  expect(board.baud).toBe(460_800);
  line.setNoise({ seed: 1 });
  await board.close();
  const again = await CurlewBoard.open(line);
  expect(again.baud).toBe(921_600);
  await again.close();
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
