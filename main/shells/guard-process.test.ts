import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { takeFaults, type Fault } from '../contract/fault.ts';
import { guardProcess } from './guard-process.ts';

const fakeProcess = () =>
  Object.assign(new EventEmitter(), { stdout: new EventEmitter(), stderr: new EventEmitter() });
const faults: Fault[] = [];
const leave = takeFaults((fault) => faults.push(fault));
afterEach(() => void faults.splice(0));
afterEach(() => vi.useRealTimers());

function guarded(close: () => Promise<void>) {
  const process = fakeProcess();
  const ends: { sentence: string; code: number }[] = [];
  let ended = (): void => undefined;
  const end = new Promise<void>((resolve) => (ended = resolve));
  guardProcess(process, {
    close,
    end(sentence, code) {
      ends.push({ sentence, code });
      ended();
    },
  });
  return { process, ends, end };
}

describe('an exception that nothing caught', () => {
  it('is told, then all is closed, then the process ends with a failure of its own', async () => {
    const order: string[] = [];
    const { process, ends, end } = guarded(async () => void order.push(`close after ${faults.length} fault`));
    const thrown = new Error('timer');
    process.emit('uncaughtException', thrown);
    await end;
    expect(order).toEqual(['close after 1 fault']);
    expect(faults).toEqual([{ thrown, where: null, ending: true }]);
    expect(ends).toEqual([{ sentence: expect.stringContaining('timer') as string, code: 70 }]);
  });

  it('ends the process once, whatever fails while it closes', async () => {
    const { process, ends, end } = guarded(() => Promise.reject(new Error('disk gone')));
    process.emit('uncaughtException', new Error('first'));
    process.emit('uncaughtException', new Error('second'));
    await end;
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(ends).toHaveLength(1);
    expect(faults).toHaveLength(2);
  });

  it('does not wait for ever for what does not close', async () => {
    vi.useFakeTimers();
    const { process, ends } = guarded(() => new Promise<void>(() => undefined));
    process.emit('uncaughtException', new Error('stuck'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ends).toHaveLength(1);
  });

  it('is shown with its stack where no lab is open to write it', async () => {
    leave();
    const { process, ends, end } = guarded(async () => undefined);
    process.emit('uncaughtException', new Error('early'));
    await end;
    expect(ends[0]?.sentence).toContain('guard-process.test.ts');
  });
});

describe('a process that is guarded', () => {
  it('goes on after a rejection that nobody handled, which is told', () => {
    const end = takeFaults((fault) => faults.push(fault));
    const { process, ends } = guarded(async () => undefined);
    process.emit('unhandledRejection', new Error('forgotten'));
    expect(faults.map(({ ending }) => ending)).toEqual([false]);
    expect(ends).toEqual([]);
    end();
  });

  it('goes on when nobody reads what it prints any more', () => {
    const { process, ends } = guarded(async () => undefined);
    process.stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    expect(ends).toEqual([]);
  });
});
