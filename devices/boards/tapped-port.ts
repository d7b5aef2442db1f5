/** For tests: a port that lets a second hand write on the opened line, beside the driver. */
import type { ByteStream, Port } from '../drivers/port.ts';

export interface TappedPort extends Port {
  /** The stream opened last. */
  readonly line: ByteStream;
}

export function tappedPort(inner: Port): TappedPort {
  let line: ByteStream | null = null;
  return {
    id: inner.id,
    kind: inner.kind,
    async open(options) {
      line = await inner.open(options);
      return line;
    },
    get line() {
      if (!line) throw new Error(`${inner.id} has not been opened.`);
      return line;
    },
  };
}
