/** The lab's end of a virtual board's line. */
import { CurlewError } from '../../../main/contract/error.ts';
import type { ByteStream, Unsubscribe } from '../../drivers/port.ts';
import { StreamListeners } from '../../drivers/stream-listeners.ts';

export interface Transport {
  send(bytes: Uint8Array): Promise<void>;
  /** The stream is closed; `error` is for writes still waiting. */
  closed(error: CurlewError): void;
}

export class VirtualStream implements ByteStream {
  private readonly listeners: StreamListeners;

  constructor(
    private readonly port: string,
    private readonly transport: Transport,
  ) {
    this.listeners = new StreamListeners(port);
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.listeners.closed) return Promise.reject(this.lost('the port is closed'));
    return this.transport.send(bytes);
  }

  onData(listener: (bytes: Uint8Array) => void): Unsubscribe {
    return this.listeners.onData(listener);
  }

  onClose(listener: (reason: Error | undefined) => void): Unsubscribe {
    return this.listeners.onClose(listener);
  }

  close(): Promise<void> {
    this.finish(undefined);
    return Promise.resolve();
  }

  deliver(bytes: Uint8Array): void {
    if (!this.listeners.data(bytes)) this.lose(`Curlew failed on what ${this.port} sent.`);
  }

  lose(message: string, code: 'PORT_LOST' | 'PORT_FAILED' = 'PORT_LOST'): void {
    this.finish(new CurlewError(code, message, { port: this.port }));
  }

  private finish(reason: Error | undefined): void {
    if (this.listeners.closed) return;
    this.transport.closed(reason instanceof CurlewError ? reason : this.lost('it was closed'));
    this.listeners.close(reason);
  }

  private lost(detail: string): CurlewError {
    return new CurlewError('PORT_LOST', `The connection to ${this.port} is gone: ${detail}.`, {
      port: this.port,
    });
  }
}
