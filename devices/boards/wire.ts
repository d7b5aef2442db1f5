/** One direction of a simulated serial line: bytes take their time, one after another, and arrive in order. */
import type { Clock } from '../protocol/clock.ts';

export interface WireOptions {
  clock: Clock;
  /** From the last bit sent to its arrival, milliseconds. */
  delayMs: number;
  /**
   * Takes bytes at the far end, all sent at one rate; the wire hands on the next ones only after it has resolved.
   */
  deliver(bytes: Uint8Array, baud: number): Promise<void> | void;
  /** `deliver` failed: the wire carries nothing more. */
  onBroken(thrown: unknown): void;
}

interface Chunk {
  bytes: Uint8Array;
  baud: number;
  /** When the first byte starts on the line. */
  start: number;
  delivered: number;
}

/** Start bit, eight data bits, stop bit. */
const bitsPerByte = 10;

export class Wire {
  private queue: Chunk[] = [];
  /** When the line has sent all it was given. A running time, so that late timers do not add up. */
  private freeAt = 0;
  private undelivered = 0;
  private stopTimer: (() => void) | null = null;
  private delivering = false;
  private drained: { below: number; resolve: () => void }[] = [];
  private cut = false;

  constructor(private readonly options: WireOptions) {}

  /** Puts bytes on the line behind those already there. @param holdMs pause of the line before them */
  send(bytes: Uint8Array, baud: number, holdMs = 0): void {
    if (this.cut || bytes.length === 0) return;
    const start = Math.max(this.options.clock.nowMs(), this.freeAt) + holdMs;
    this.freeAt = start + bytes.length / bytesPerMs(baud);
    this.queue.push({ bytes, baud, start, delivered: 0 });
    this.undelivered += bytes.length;
    this.schedule();
  }

  get idle(): boolean {
    return this.options.clock.nowMs() > this.freeAt;
  }

  /** Resolves once fewer than `count` bytes are on their way; at once after `cutOff`. */
  fewerThan(count: number): Promise<void> {
    if (this.cut || this.undelivered < count) return Promise.resolve();
    return new Promise((resolve) => this.drained.push({ below: count, resolve }));
  }

  /** What has not arrived is lost. */
  cutOff(): void {
    this.cut = true;
    this.queue = [];
    this.undelivered = 0;
    this.stopTimer?.();
    this.stopTimer = null;
    for (const waiting of this.drained.splice(0)) waiting.resolve();
  }

  private schedule(): void {
    if (this.stopTimer || this.delivering || this.queue.length === 0) return;
    // A timer's finest step: some 90 bytes at 921,600 baud.
    this.stopTimer = this.options.clock.after(1, () => {
      this.stopTimer = null;
      void this.arrive();
    });
  }

  private async arrive(): Promise<void> {
    this.delivering = true;
    try {
      for (;;) {
        const { bytes, baud } = this.takeArrived();
        if (bytes.length === 0) break;
        await this.options.deliver(bytes, baud);
        if (this.cut) return;
        this.undelivered -= bytes.length;
        this.drained = this.drained.filter(({ below, resolve }) => {
          if (this.undelivered >= below) return true;
          resolve();
          return false;
        });
      }
    } catch (thrown) {
      this.cutOff();
      this.options.onBroken(thrown);
      return;
    } finally {
      this.delivering = false;
    }
    this.schedule();
  }

  /** The bytes of one rate whose time has come, as one piece; only whole bytes arrive. */
  private takeArrived(): { bytes: Uint8Array; baud: number } {
    const now = this.options.clock.nowMs() - this.options.delayMs;
    const parts: Uint8Array[] = [];
    const baud = this.queue[0]?.baud ?? 0;
    for (
      let chunk = this.queue[0];
      chunk && chunk.start < now && chunk.baud === baud;
      chunk = this.queue[0]
    ) {
      const sent = Math.min(chunk.bytes.length, Math.floor((now - chunk.start) * bytesPerMs(baud)));
      if (sent > chunk.delivered) parts.push(chunk.bytes.subarray(chunk.delivered, sent));
      chunk.delivered = sent;
      if (sent < chunk.bytes.length) break;
      this.queue.shift();
    }
    if (parts.length === 1) return { bytes: parts[0]!, baud };
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return { bytes: all, baud };
  }
}

const bytesPerMs = (baud: number): number => baud / bitsPerByte / 1000;
