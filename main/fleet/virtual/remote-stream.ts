/** The lab's end of a virtual board's line, whose other end is in a thread. */
import type { ByteStream, LineRate, Unsubscribe } from '../../../devices/drivers/port.ts';
import { StreamListeners } from '../../../devices/drivers/stream-listeners.ts';
import { CurlewError } from '../../contract/error.ts';
import type { Peer } from '../../threads/peer.ts';
import type { BoardSide } from './board-calls.ts';

export class RemoteStream implements ByteStream {
  readonly rate: LineRate;
  private readonly listeners: StreamListeners;

  /** @param baud that the line begins with */
  constructor(
    private readonly port: string,
    private readonly peer: Peer<BoardSide>,
    private readonly stream: number,
    baud: number,
  ) {
    this.listeners = new StreamListeners(port);
    let now = baud;
    this.rate = {
      get baud() {
        return now;
      },
      async set(next) {
        await peer.call('setBaud', stream, next);
        now = next;
      },
    };
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.listeners.closed) return Promise.reject(this.lost('the port is closed'));
    // A copy: a view would be sent with all that it looks into.
    return this.peer.call('write', this.stream, new Uint8Array(bytes));
  }

  onData(listener: (bytes: Uint8Array) => void): Unsubscribe {
    return this.listeners.onData(listener);
  }

  onClose(listener: (reason: Error | undefined) => void): Unsubscribe {
    return this.listeners.onClose(listener);
  }

  async close(): Promise<void> {
    if (!this.listeners.close(undefined)) return;
    // With its thread the line is gone as well.
    await this.peer.call('close', this.stream).catch(() => undefined);
  }

  deliver(bytes: Uint8Array): void {
    if (this.listeners.closed || this.listeners.data(bytes)) return;
    this.lose(this.lost('Curlew failed on what it sent'));
    this.peer.tell('close', this.stream);
  }

  lose(reason: CurlewError | null): void {
    this.listeners.close(reason ?? undefined);
  }

  private lost(detail: string): CurlewError {
    return new CurlewError('PORT_LOST', `The connection to ${this.port} is gone: ${detail}.`, {
      port: this.port,
    });
  }
}
