/** Real serial devices and pseudo-terminals as ports, over the `serialport` package. */
import { SerialPort } from 'serialport';
import { CurlewError } from '../../main/contract/error.ts';
import type { ByteStream, LineRate, Port } from './port.ts';
import { StreamListeners } from './stream-listeners.ts';

export interface SerialOptions {
  /** Bits a second; 8 data bits, no parity, one stop bit. A pseudo-terminal has no rate and ignores it. */
  baudRate: number;
}

export function serialPort(path: string, options: SerialOptions): Port {
  const kind = /^\/dev\/pts\//.test(path) ? 'path' : 'serial';
  return {
    id: path,
    kind,
    async open({ signal } = {}) {
      const device = new SerialPort({
        path,
        baudRate: options.baudRate,
        autoOpen: false,
        // Closing must not drop DTR: on many boards that line is wired to reset.
        hupcl: false,
      });
      await new Promise<void>((resolve, reject) => {
        device.open((error) => (error ? reject(openError(path, error)) : resolve()));
      });
      const stream = streamOf(device, path, kind === 'serial');
      if (signal?.aborted) {
        await stream.close();
        throw new CurlewError('ABORTED', `Opening ${path} was cancelled.`);
      }
      return stream;
    },
  };
}

function streamOf(device: SerialPort, path: string, rated: boolean): ByteStream {
  const listeners = new StreamListeners(path);
  const pending = new Set<(error: CurlewError) => void>();
  let closing = false;

  const lost = (detail: string) =>
    new CurlewError('PORT_LOST', `The connection to ${path} was lost (${detail}). Plug the board in again.`, {
      port: path,
    });

  const finish = (reason: Error | undefined): void => {
    // `close` may come twice for one vanished device.
    if (listeners.closed) return;
    for (const reject of [...pending]) reject(lost('the port is closed'));
    listeners.close(reason);
  };

  // Without a data listener a vanished device gives no close event, so this one is always there.
  device.on('data', (bytes: Buffer) => {
    if (listeners.data(Uint8Array.from(bytes))) return;
    finish(lost('Curlew failed on what it sent'));
    device.close();
  });
  device.on('close', (error: Error | null | undefined) =>
    finish(closing ? undefined : lost(error?.message ?? 'it went away')),
  );
  device.on('error', (error) => {
    if (!device.isOpen) finish(lost(error.message));
  });

  const rate: LineRate = {
    get baud() {
      return device.baudRate;
    },
    async set(baudRate) {
      if (listeners.closed || closing) throw lost('the port is closed');
      await new Promise<void>((resolve) => device.drain(() => resolve()));
      await new Promise<void>((resolve, reject) => {
        device.update({ baudRate }, (error) =>
          error ? reject(rateError(path, baudRate, error)) : resolve(),
        );
      });
    },
  };

  return {
    ...(rated ? { rate } : {}),
    write(bytes) {
      if (listeners.closed || closing) return Promise.reject(lost('the port is closed'));
      return new Promise((resolve, reject) => {
        const fail = (error: CurlewError): void => {
          pending.delete(fail);
          reject(error);
        };
        // A write to a closed device may never call back: `finish` rejects what is pending.
        pending.add(fail);
        device.write(Buffer.from(bytes), (error) => {
          if (!pending.delete(fail)) return;
          if (error) reject(lost(error.message));
          else resolve();
        });
      });
    },
    onData: (listener) => listeners.onData(listener),
    onClose: (listener) => listeners.onClose(listener),
    async close() {
      if (listeners.closed || closing) return;
      closing = true;
      await new Promise<void>((resolve) => {
        device.close(() => resolve());
      });
      finish(undefined);
    },
  };
}

const rateError = (path: string, baudRate: number, error: Error) =>
  new CurlewError('PORT_FAILED', `${path} cannot be set to ${baudRate} baud: ${error.message}.`, {
    port: path,
    baudRate,
  });

/** Machine failures of opening, in one place. */
function openError(path: string, error: Error): CurlewError {
  const text = error.message;
  const context = { port: path, cause: text };
  if (/ENOENT|No such file|cannot find|File not found/i.test(text)) {
    return new CurlewError('PORT_NOT_FOUND', `There is no port ${path}. Is the board plugged in?`, context);
  }
  if (/EACCES|EPERM|Permission denied|Access denied/i.test(text)) {
    return new CurlewError(
      'PORT_PERMISSION',
      `You may not open ${path}. On Linux add yourself to the port's group (usually “sudo usermod -aG dialout $USER”) ` +
        `and log in again.`,
      context,
    );
  }
  if (/EBUSY|Cannot lock|Resource busy|Resource temporarily unavailable/i.test(text)) {
    return new CurlewError('PORT_BUSY', `Another program holds ${path}. Close it and try again.`, context);
  }
  return new CurlewError('PORT_FAILED', `${path} cannot be opened as a serial port: ${text}.`, context);
}
