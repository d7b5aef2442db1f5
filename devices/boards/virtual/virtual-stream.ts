/** The lab's end of a virtual board's line. */
import { CurlewError } from '../../../main/contract/error.ts';
import type { ByteStream, Unsubscribe } from '../../drivers/port.ts';

export interface Transport {
  send(bytes: Uint8Array): Promise<void>;
  /** The stream is closed; `error` is for writes still waiting. */
  closed(error: CurlewError): void;
}

export class VirtualStream implements ByteStream {
  private readonly dataListeners = new Set<(bytes: Uint8Array) => void>();
  private readonly closeListeners = new Set<(reason: Error | undefined) => void>();
  private closedWith: { reason: Error | undefined } | null = null;

  constructor(
    private readonly port: string,
    private readonly transport: Transport,
  ) {}

  write(bytes: Uint8Array): Promise<void> {
    if (this.closedWith) return Promise.reject(this.lost('the port is closed'));
    return this.transport.send(bytes);
  }

  onData(listener: (bytes: Uint8Array) => void): Unsubscribe {
    this.dataListeners.add(listener);
    return () => this.dataListeners.delete(listener);
  }

  onClose(listener: (reason: Error | undefined) => void): Unsubscribe {
    if (this.closedWith) queueMicrotask(() => listener(this.closedWith?.reason));
    else this.closeListeners.add(listener);
    return () => this.closeListeners.delete(listener);
  }

  close(): Promise<void> {
    this.finish(undefined);
    return Promise.resolve();
  }

  deliver(bytes: Uint8Array): void {
    for (const listener of [...this.dataListeners]) listener(bytes);
  }

  lose(message: string): void {
    this.finish(new CurlewError('PORT_LOST', message, { port: this.port }));
  }

  private finish(reason: Error | undefined): void {
    if (this.closedWith) return;
    this.closedWith = { reason };
    this.transport.closed(reason instanceof CurlewError ? reason : this.lost('it was closed'));
    for (const listener of [...this.closeListeners]) listener(reason);
  }

  private lost(detail: string): CurlewError {
    return new CurlewError('PORT_LOST', `The connection to ${this.port} is gone: ${detail}.`, {
      port: this.port,
    });
  }
}
