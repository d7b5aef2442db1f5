/**
 * What every shell does about exceptions that nothing caught. They are told first (a lab that is open writes the stack
 * into its data folder and tells its pages), and then:
 * - After an uncaught exception the process ends. It has left some code half way, and a lab that goes on with what it
 *   left might store what is wrong; what is stored is right, boards keep their records until they are stored, and jobs
 *   go on from their checkpoints, so an end costs little.
 * - After a rejection that nobody handled it goes on: what was called has run to its end, and no more than one piece
 *   of work is undone.
 */
import { reportFault } from '../contract/fault.ts';

interface Emitter {
  on(event: string, listener: (given: unknown) => void): unknown;
}

export interface GuardedProcess extends Emitter {
  stdout: Emitter;
  stderr: Emitter;
}

export interface GuardOptions {
  /** Closes what is open, the store above all. */
  close(): Promise<void>;
  /** Shows the sentence, and ends the process with the code. */
  end(sentence: string, code: number): void;
}

/** EX_SOFTWARE of sysexits.h. */
const unforeseenCode = 70;
/** A board that holds its port or a disk that hangs must not keep the process from ending. */
export const longestCloseMs = 10_000;

export function guardProcess(process: GuardedProcess, { close, end }: GuardOptions): void {
  let ending = false;
  process.on('uncaughtException', (thrown) => {
    const told = reportFault(thrown, null, true);
    // What fails while the lab closes has been told, and changes nothing.
    if (ending) return;
    ending = true;
    const detail = thrown instanceof Error ? (told ? thrown.message : thrown.stack) : String(thrown);
    void within(longestCloseMs, close).then(() =>
      end(`Curlew has to end: something unforeseen failed (${detail}).`, unforeseenCode),
    );
  });
  process.on('unhandledRejection', (reason) => {
    reportFault(reason, null);
  });
  // Who read what is printed may be gone (“curlew … | head”); that is no fault of the lab.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** @returns false when the work failed or took longer; never rejects */
export async function within(milliseconds: number, work: () => Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([work().then(() => true), late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
