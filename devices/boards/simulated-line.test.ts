import { beforeEach, describe, expect, test } from 'vitest';
import { CurlewError } from '../../main/contract/error.ts';
import type { ByteStream, Port } from '../drivers/port.ts';
import { TestClock } from '../protocol/test-clock.ts';
import { simulatedLine } from './simulated-line.ts';

let clock: TestClock;
beforeEach(() => {
  clock = new TestClock();
});

/** A board that sends back all it gets. */
function echoPort(uartBaud: number | null = null): Port & { written: Uint8Array[]; uartBaud: number | null } {
  const written: Uint8Array[] = [];
  return {
    id: 'virtual:echo',
    kind: 'virtual',
    written,
    uartBaud,
    open() {
      const listeners = new Set<(bytes: Uint8Array) => void>();
      const closing = new Set<(reason: Error | undefined) => void>();
      const stream: ByteStream = {
        write(bytes) {
          written.push(bytes);
          for (const listener of listeners) listener(bytes);
          return Promise.resolve();
        },
        onData: (listener) => (listeners.add(listener), () => listeners.delete(listener)),
        onClose: (listener) => (closing.add(listener), () => closing.delete(listener)),
        close() {
          for (const listener of closing) listener(undefined);
          return Promise.resolve();
        },
      };
      return Promise.resolve(stream);
    },
  };
}

const pattern = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 7) % 251);

async function roundTrip(
  length: number,
  baudRate: number,
  delayMs: number,
): Promise<{ ms: number; bytes: number[] }> {
  const stream = await simulatedLine(echoPort(), { baudRate, delayMs, clock }).open();
  const bytes: number[] = [];
  const start = clock.nowMs();
  const whole = new Promise<void>((resolve) => {
    stream.onData((part) => {
      bytes.push(...part);
      if (bytes.length >= length) resolve();
    });
  });
  for (let at = 0; at < length; at += 1000)
    await clock.run(stream.write(pattern(length).subarray(at, Math.min(at + 1000, length))));
  await clock.run(whole);
  return { ms: clock.nowMs() - start, bytes };
}

describe('a simulated serial line', () => {
  test('carries every byte in order both ways', async () => {
    const { bytes } = await roundTrip(20_000, 921_600, 1);
    expect(bytes).toEqual([...pattern(20_000)]);
  });

  test('takes as long as its baud rate and delays say', async () => {
    const { ms } = await roundTrip(10_000, 921_600, 2);
    const least = (10_000 * 10) / 921.6 + 4;
    expect(ms).toBeGreaterThanOrEqual(least);
    // Each way looks once a millisecond at what has arrived.
    expect(ms).toBeLessThanOrEqual(least + 4);
  });

  test('holds a writer back instead of taking everything at once', async () => {
    const port = echoPort();
    const stream = await simulatedLine(port, { baudRate: 115_200, clock }).open();
    await clock.run(stream.write(pattern(6000)));
    const arrived = port.written.reduce((sum, part) => sum + part.length, 0);
    expect(arrived).toBeGreaterThanOrEqual(6000 - 4096);
    expect(arrived).toBeLessThan(6000);
    await stream.close();
  });

  test('rejects what waits and what comes after a close with PORT_LOST', async () => {
    const stream = await simulatedLine(echoPort(), { baudRate: 300, clock }).open();
    const waiting = stream.write(pattern(50_000)).then(
      () => 'written',
      (error: unknown) => (error instanceof CurlewError ? error.code : 'other'),
    );
    await stream.close();
    expect(await waiting).toBe('PORT_LOST');
    await expect(stream.write(pattern(1))).rejects.toMatchObject({ code: 'PORT_LOST' });
  });

  test('carries nothing of sense between two ends at different rates', async () => {
    const port = echoPort(115_200);
    const stream = await simulatedLine(port, { baudRate: 921_600, clock }).open();
    const back: number[] = [];
    stream.onData((bytes) => back.push(...bytes));
    const exchange = async (bytes: Uint8Array): Promise<void> => {
      await stream.write(bytes);
      await clock.turn(60);
    };
    await exchange(pattern(200));
    expect(port.written.flatMap((part) => [...part])).not.toEqual([...pattern(200)]);
    port.written.length = 0;
    back.length = 0;
    await stream.rate?.set(115_200);
    await exchange(pattern(200));
    expect(port.written.flatMap((part) => [...part])).toEqual([...pattern(200)]);
    expect(back).toEqual([...pattern(200)]);
    await stream.close();
  });

  test('disturbs both ways, and nothing gets through a cut', async () => {
    const port = echoPort();
    const line = simulatedLine(port, { baudRate: 921_600, noise: { seed: 4, bitErrorRate: 1e-2 }, clock });
    const stream = await line.open();
    const back: number[] = [];
    stream.onData((bytes) => back.push(...bytes));
    const exchange = async (): Promise<number[]> => {
      port.written.length = 0;
      back.length = 0;
      await stream.write(pattern(1000));
      await clock.turn(60);
      return port.written.flatMap((part) => [...part]);
    };
    const there = await exchange();
    expect(there).not.toEqual([...pattern(1000)]);
    expect(back).not.toEqual(there);
    line.setCut(true);
    expect(await exchange()).toEqual([]);
    line.setCut(false);
    line.setNoise({ seed: 4 });
    expect(await exchange()).toEqual([...pattern(1000)]);
    expect(back).toEqual([...pattern(1000)]);
    await stream.close();
  });
});
