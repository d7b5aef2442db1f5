/**
 * Which request each of the 256 sequence numbers stands for, in the order they were sent. A number whose request
 * was given up is not used again while its answer may still come: until a later request was answered (a board
 * answers in order), or for a while.
 */
import { CurlewError } from '../../main/contract/error.ts';
import type { Clock } from './clock.ts';
import type { SmpMessage } from './smp.ts';

export interface Waiter {
  name: string;
  operation: SmpMessage['operation'];
  group: number;
  command: number;
  resolve(reply: SmpMessage): void;
  reject(error: CurlewError): void;
  /** The answer came after all, when it was no longer waited for. */
  late(): void;
}

interface Entry {
  waiter: Waiter;
  order: number;
  /** When its request was given up, milliseconds; null while it is waited for. */
  leftMs: number | null;
}

const quarantineMs = 10_000;

export class SequenceNumbers {
  private readonly entries = new Map<number, Entry>();
  private last = 0;
  private order = 0;
  private answeredOrder = -1;

  constructor(private readonly clock: Clock) {}

  /** A number that is free. @throws CurlewError BOARD_SILENT when all are taken */
  next(): number {
    for (let tries = 0; tries < 256; tries++) {
      this.last = (this.last + 1) & 0xff;
      const entry = this.entries.get(this.last);
      if (!entry) return this.last;
      if (entry.leftMs !== null && this.clock.nowMs() - entry.leftMs > quarantineMs) {
        this.entries.delete(this.last);
        return this.last;
      }
    }
    throw new CurlewError('BOARD_SILENT', 'The board has left too many requests without an answer.');
  }

  wait(number: number, waiter: Waiter): void {
    this.entries.set(number, { waiter, order: this.order++, leftMs: null });
  }

  waits(number: number): boolean {
    return this.entries.get(number)?.leftMs === null;
  }

  /** The request is no longer waited for: answered, or given up. */
  leave(number: number): void {
    const entry = this.entries.get(number);
    if (!entry) return;
    if (entry.order <= this.answeredOrder) this.entries.delete(number);
    else entry.leftMs ??= this.clock.nowMs();
  }

  /** @returns who waits for this reply, or null: no one, or it belongs to no request */
  answered(reply: SmpMessage): Waiter | null {
    const entry = this.entries.get(reply.sequence);
    const matches =
      reply.response &&
      entry?.waiter.group === reply.group &&
      entry.waiter.command === reply.command &&
      entry.waiter.operation === reply.operation;
    if (!entry || !matches) return null;
    this.entries.delete(reply.sequence);
    this.answeredOrder = Math.max(this.answeredOrder, entry.order);
    for (const [number, { order, leftMs }] of this.entries) {
      if (leftMs !== null && order < entry.order) this.entries.delete(number);
    }
    if (entry.leftMs === null) return entry.waiter;
    entry.waiter.late();
    return null;
  }

  /** Waited for, though a later request was answered. */
  overtaken(): Waiter[] {
    return this.waiting((entry) => entry.order < this.answeredOrder);
  }

  waiting(which: (entry: Entry) => boolean = () => true): Waiter[] {
    return [...this.entries.values()]
      .filter((entry) => entry.leftMs === null && which(entry))
      .map((entry) => entry.waiter);
  }
}
