/** Boards that are processes of this computer: started on open, on a pseudo-terminal that they name, ended on close. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CurlewError } from '../../main/contract/error.ts';
import type { ByteStream, Unsubscribe } from '../drivers/port.ts';
import { serialPort } from '../drivers/serial-port.ts';
import { StreamListeners } from '../drivers/stream-listeners.ts';

export interface Program {
  command: string;
  arguments: readonly string[];
  /** For messages: what this is, as in “the emulator”. */
  what: string;
  /** Where the path of the pseudo-terminal stands in what the program prints. */
  terminal: RegExp;
  /** When the program is not installed: what to do. */
  missing: string;
  /** What it prints when it ends because it cannot do this, and what to do then. */
  unfit?: { printed: RegExp; message: string };
}

const startMs = 10_000;
const endMs = 2000;

/**
 * Becomes the program, and leaves a watcher behind that ends it when this process's end of the pipe closes: so it ends
 * however this process ends, by a signal that cannot be caught too.
 */
const untilStdinCloses =
  'exec 3<&0; (cat >/dev/null <&3; kill -9 $$ 2>/dev/null) & exec "$@" </dev/null 3<&-';

/** Pseudo-terminals have no baud rate; the serial package wants one. */
const anyBaudRate = 115_200;

/**
 * Starts the program and opens its terminal. Closing the stream ends the program; the program's end closes the stream
 * with PORT_LOST.
 * @throws CurlewError EMULATOR_MISSING, PORT_FAILED, ABORTED
 */
export async function openProgram(program: Program, port: string, signal?: AbortSignal): Promise<ByteStream> {
  if (signal?.aborted) throw aborted(port);
  const command = findCommand(program.command);
  if (!command) throw new CurlewError('EMULATOR_MISSING', program.missing, { port });
  const child = spawn('sh', ['-c', untilStdinCloses, 'sh', command, ...program.arguments], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.once('exit', () => child.stdin.destroy());
  try {
    const path = await terminalPath(child, program, port, signal);
    const inner = await serialPort(path, { baudRate: anyBaudRate }).open(signal ? { signal } : {});
    return new ProgramStream(inner, child, program.what, port);
  } catch (thrown) {
    await end(child);
    throw thrown;
  }
}

/** The program's path: as given if it has a slash, else from PATH; undefined if it is not installed. */
function findCommand(command: string): string | undefined {
  const folders = command.includes('/') ? [''] : (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, command)).find((path) => existsSync(path));
}

function aborted(port: string): CurlewError {
  return new CurlewError('ABORTED', `Opening ${port} was cancelled.`, { port });
}

function terminalPath(
  child: ChildProcess,
  program: Program,
  port: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  let printed = '';
  let stop: () => void = () => {};
  const path = new Promise<string>((resolve, reject) => {
    const failed = (detail: string): void => {
      const context = { port, printed };
      reject(new CurlewError('PORT_FAILED', `${program.what} did not start: ${detail}`, context));
    };
    const timer = setTimeout(() => failed(`it named no terminal within ${startMs / 1000} s.`), startMs);
    const read = (chunk: Buffer): void => {
      printed += chunk.toString();
      const found = program.terminal.exec(printed)?.[1];
      if (found) resolve(found);
    };
    const ended = (code: number | null): void => {
      if (!program.unfit?.printed.test(printed)) failed(`it ended with code ${code}. ${printed.trim()}`);
      else reject(new CurlewError('EMULATOR_MISSING', program.unfit.message, { port, printed }));
    };
    const abort = (): void => reject(aborted(port));
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    // For good: a signal that cannot be sent later on is told in the same way, and nobody waits for it then.
    child.on('error', (error) => failed(error.message));
    child.once('exit', ended);
    signal?.addEventListener('abort', abort, { once: true });
    stop = () => {
      clearTimeout(timer);
      child.stdout?.off('data', read);
      child.stderr?.off('data', read);
      child.off('exit', ended);
      signal?.removeEventListener('abort', abort);
    };
  });
  return path.finally(() => stop());
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
    return Promise.resolve();
  return new Promise((resolve) => {
    const harder = setTimeout(() => child.kill('SIGKILL'), endMs);
    child.once('exit', () => {
      clearTimeout(harder);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

class ProgramStream implements ByteStream {
  private readonly listeners: StreamListeners;
  private closing: Promise<void> | null = null;

  constructor(
    private readonly inner: ByteStream,
    private readonly child: ChildProcess,
    what: string,
    port: string,
  ) {
    this.listeners = new StreamListeners(port);
    const gone = (detail: string): void =>
      this.finish(new CurlewError('PORT_LOST', `${what} is gone (${detail}).`, { port }));
    child.once('exit', (code, signal) => gone(signal ? `ended by ${signal}` : `it ended with code ${code}`));
    inner.onClose((reason) => {
      if (!this.closing) gone(reason?.message ?? 'its terminal closed');
    });
    // A full pipe would stop the program.
    child.stdout?.resume();
    child.stderr?.resume();
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.inner.write(bytes);
  }

  onData(listener: (bytes: Uint8Array) => void): Unsubscribe {
    return this.inner.onData(listener);
  }

  onClose(listener: (reason: Error | undefined) => void): Unsubscribe {
    return this.listeners.onClose(listener);
  }

  close(): Promise<void> {
    this.closing ??= (async () => {
      await this.inner.close();
      this.finish(undefined);
      await end(this.child);
    })();
    return this.closing;
  }

  private finish(reason: Error | undefined): void {
    if (this.listeners.close(reason) && reason) void this.close();
  }
}
