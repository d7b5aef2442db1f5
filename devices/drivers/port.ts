/**
 * A port is a factory of byte streams: serial device, pseudo-terminal, or virtual board.
 * Framing sits above it. Each opened stream is used once; to go on after a close, open again.
 */
export type Unsubscribe = () => void;

export type PortKind = 'serial' | 'path' | 'virtual' | 'host' | 'qemu';

export interface Port {
  /** Stable name of the port: a device path, or `virtual:NAME`. */
  readonly id: string;
  readonly kind: PortKind;
  /** @throws CurlewError PORT_NOT_FOUND, PORT_PERMISSION, PORT_BUSY, PORT_FAILED, EMULATOR_MISSING */
  open(options?: { signal?: AbortSignal }): Promise<ByteStream>;
}

/** The rate of this end of a serial line. */
export interface LineRate {
  /** Bits a second. */
  readonly baud: number;
  /** Once what was written has left. @throws CurlewError PORT_LOST, PORT_FAILED where this rate is not to be had */
  set(baud: number): Promise<void>;
}

export interface ByteStream {
  /** Absent where the line has no rate, as a pseudo-terminal. */
  readonly rate?: LineRate;
  /** Resolves when the bytes are handed to the line; rejects with PORT_LOST once the stream is closed. */
  write(bytes: Uint8Array): Promise<void>;
  onData(listener: (bytes: Uint8Array) => void): Unsubscribe;
  /** Called once: `reason` is undefined after close(), else a CurlewError saying what happened: PORT_LOST, or PORT_FAILED of a device that broke. */
  onClose(listener: (reason: Error | undefined) => void): Unsubscribe;
  /** Idempotent; resolves when the stream is closed. */
  close(): Promise<void>;
}
