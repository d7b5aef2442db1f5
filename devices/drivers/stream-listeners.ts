/** Who listens to a byte stream: told of every piece and, once, of its end. */
import { tellAll } from '../../main/contract/fault.ts';
import type { Unsubscribe } from './port.ts';

type DataListener = (bytes: Uint8Array) => void;
type CloseListener = (reason: Error | undefined) => void;

export class StreamListeners {
  private readonly dataListeners = new Set<DataListener>();
  private readonly closeListeners = new Set<CloseListener>();
  private end: { reason: Error | undefined } | null = null;

  constructor(private readonly port: string) {}

  get closed(): boolean {
    return this.end !== null;
  }

  onData(listener: DataListener): Unsubscribe {
    this.dataListeners.add(listener);
    return () => this.dataListeners.delete(listener);
  }

  /** A listener that comes after the end is told of it in the next turn. */
  onClose(listener: CloseListener): Unsubscribe {
    if (this.end) queueMicrotask(() => void tellAll([listener], this.port, this.end?.reason));
    else this.closeListeners.add(listener);
    return () => this.closeListeners.delete(listener);
  }

  /** @returns false where a listener could not take the bytes: who reads the stream is broken, and it should end */
  data(bytes: Uint8Array): boolean {
    return tellAll(this.dataListeners, this.port, bytes);
  }

  /** @returns false where it had ended before; nobody is told again */
  close(reason: Error | undefined): boolean {
    if (this.end) return false;
    this.end = { reason };
    tellAll(this.closeListeners, this.port, reason);
    return true;
  }
}
