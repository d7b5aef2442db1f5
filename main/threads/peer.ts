/**
 * Two threads that call each other's functions: each hands out a table of its own and calls the other's by name, many
 * at a time. Arguments and results are what a structured clone carries.
 */
import { CurlewError, toCurlewError } from '../contract/error.ts';
import { reportFault } from '../contract/fault.ts';
import { plain, revive, type WorkerError } from './worker-thread.ts';

/** What one end offers; methods take and give plain data. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the arguments of every method there can be
export type Calls = Record<string, (...given: any[]) => unknown>;

interface Line {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

type Message =
  | { type: 'call'; id: number | null; name: string; given: unknown[] }
  | { type: 'answer'; id: number; value: unknown }
  | { type: 'refusal'; id: number; error: WorkerError };

interface Waiter {
  resolve(value: unknown): void;
  reject(error: CurlewError): void;
}

export class Peer<Other extends Calls> {
  private readonly waiting = new Map<number, Waiter>();
  private nextId = 1;
  private gone: CurlewError | null = null;

  /** @param own what the other end may call */
  constructor(
    private readonly line: Line,
    private readonly own: Calls,
  ) {
    line.on('message', (message) => void this.take(message as Message));
  }

  /** @throws CurlewError that the other end's function threw; the reason once the other end is gone */
  call<N extends keyof Other & string>(
    name: N,
    ...given: Parameters<Other[N]>
  ): Promise<Awaited<ReturnType<Other[N]>>> {
    if (this.gone) return Promise.reject(this.gone);
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.line.postMessage({ type: 'call', id, name, given } satisfies Message);
    });
  }

  /** Without an answer: what the function throws is a fault of the other end. */
  tell<N extends keyof Other & string>(name: N, ...given: Parameters<Other[N]>): void {
    if (!this.gone) this.line.postMessage({ type: 'call', id: null, name, given } satisfies Message);
  }

  /** The other end is gone: whoever waits for it is told why, and whoever calls from now on. */
  lose(reason: CurlewError): void {
    this.gone ??= reason;
    for (const { reject } of this.waiting.values()) reject(this.gone);
    this.waiting.clear();
  }

  private async take(message: Message): Promise<void> {
    if (message.type !== 'call') {
      const waiter = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if (message.type === 'answer') waiter?.resolve(message.value);
      else waiter?.reject(revive(message.error));
      return;
    }
    const { id, name, given } = message;
    try {
      const value = await this.run(name, given);
      if (id !== null) this.line.postMessage({ type: 'answer', id, value } satisfies Message);
    } catch (thrown) {
      if (id === null) return void reportFault(thrown, null);
      this.line.postMessage({ type: 'refusal', id, error: plain(toCurlewError(thrown)) } satisfies Message);
    }
  }

  private run(name: string, given: unknown[]): unknown {
    const method = this.own[name];
    if (!method) throw new CurlewError('INTERNAL', `A thread knows no “${name}”.`);
    return method(...given);
  }
}
