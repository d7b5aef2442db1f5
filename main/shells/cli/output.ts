/** What a command prints: tables for people on standard output, or one JSON document; progress on standard error. */
import type { LabClient } from '../../contract/client.ts';
import { CurlewError } from '../../contract/error.ts';
import type { Job } from '../../contract/types.ts';

export type Row = (string | number)[];

/** Columns as wide as their widest cell; numbers to the right. */
export function table(head: string[], rows: Row[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => String(row[column]).length)),
  );
  const line = (row: Row) =>
    row
      .map((cell, column) => {
        const width = widths[column] as number;
        return typeof cell === 'number' ? String(cell).padStart(width) : String(cell).padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n');
}

export const milliseconds = (us: number): string => `${(us / 1000).toFixed(2)} ms`;
export const millijoules = (nanojoule: number): string => `${(nanojoule / 1e6).toFixed(3)} mJ`;
export const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/**
 * Waits for a job, showing its progress on a terminal's standard error; Ctrl-C cancels it.
 * @throws CurlewError with the job's own code when it failed or was cancelled
 */
export async function follow(client: LabClient, job: Job): Promise<Job> {
  const terminal = process.stderr.isTTY;
  const show = (one: Job): void => {
    if (!terminal) return;
    const share = one.progress === null ? '  …' : `${Math.round(100 * one.progress)}`.padStart(3);
    process.stderr.write(`\r\x1b[K${share} %  ${one.title}: ${one.detail}`);
  };
  const cancel = (): void => void client.request('jobs.cancel', { jobId: job.id });
  process.once('SIGINT', cancel);
  let stop = (): void => undefined;
  try {
    const ended = await new Promise<Job>((resolve, reject) => {
      const look = (one: Job): void => {
        if (one.id !== job.id) return;
        show(one);
        if (one.state === 'done' || one.state === 'failed' || one.state === 'cancelled') resolve(one);
      };
      const offJob = client.on('job', look);
      const offClose = client.onClose(reject);
      stop = () => (offJob(), offClose());
      // It may have ended before anyone listened.
      client.request('jobs.list', {}).then((jobs) => jobs.forEach(look), reject);
    });
    if (ended.state === 'done') return ended;
    const { code, message } = ended.error ?? {
      code: 'ABORTED' as const,
      message: `“${ended.title}” was cancelled.`,
    };
    throw new CurlewError(code, message);
  } finally {
    stop();
    process.removeListener('SIGINT', cancel);
    if (terminal) process.stderr.write('\r\x1b[K');
  }
}
