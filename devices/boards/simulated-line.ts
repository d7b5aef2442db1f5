/** Puts a serial line of some baud rate and delay between the lab and a board, in real time and full duplex. */
import { CurlewError } from '../../main/contract/error.ts';
import type { ByteStream, Port } from '../drivers/port.ts';
import { Wire } from './wire.ts';

export interface LineOptions {
  /** Bits a second, above 0; a byte takes ten (start, eight data, stop). */
  baudRate: number;
  /** Delay each way, milliseconds; 0 by default. */
  delayMs?: number;
}

/** What a serial driver takes ahead of the line: a write resolves once no more than this is on its way. */
const sendBufferBytes = 4096;

export function simulatedLine(inner: Port, options: LineOptions): Port {
  return {
    id: inner.id,
    kind: inner.kind,
    async open(openOptions) {
      return streamOver(await inner.open(openOptions), inner.id, options);
    },
  };
}

function streamOver(inner: ByteStream, port: string, options: LineOptions): ByteStream {
  const dataListeners = new Set<(bytes: Uint8Array) => void>();
  const speed = { bytesPerMs: options.baudRate / 10 / 1000, delayMs: options.delayMs ?? 0 };
  let closed = false;

  const lost = (): CurlewError =>
    new CurlewError('PORT_LOST', `The connection to ${port} is gone: the port is closed.`, { port });

  const out = new Wire({
    ...speed,
    deliver: (bytes) => inner.write(bytes),
    // The far end has closed, and says so itself.
    onBroken: () => {},
  });
  const back = new Wire({
    ...speed,
    deliver: (bytes) => {
      for (const listener of [...dataListeners]) listener(bytes);
    },
    onBroken: () => void inner.close(),
  });
  inner.onData((bytes) => back.send(bytes));
  inner.onClose(() => {
    closed = true;
    out.cutOff();
    back.cutOff();
  });

  return {
    async write(bytes) {
      if (closed) throw lost();
      out.send(bytes.slice());
      await out.fewerThan(sendBufferBytes);
      if (closed) throw lost();
    },
    onData(listener) {
      dataListeners.add(listener);
      return () => dataListeners.delete(listener);
    },
    onClose: (listener) => inner.onClose(listener),
    close: () => inner.close(),
  };
}
