/** How far a job is, on standard error: one line that changes on a terminal, lines now and then in a file. */
import { timeLeft } from '../../contract/figures.ts';
import type { Job } from '../../contract/types.ts';
import { inLine } from './visible.ts';

/** Between lines in a file, milliseconds; a job that takes less than the first says nothing. */
const firstLineMs = 1_000;
const nextLineMs = 10_000;

export interface Progress {
  show(job: Job): void;
  end(): void;
}

/** @param now milliseconds of a clock that only goes forward */
export function progressOn(
  stream: { readonly isTTY?: boolean; write(text: string): unknown },
  now: () => number = () => performance.now(),
): Progress {
  const line = ({ progress, title, detail, state, leftMs }: Job): string => {
    const share = progress === null ? '  …' : `${Math.round(100 * progress)}`.padStart(3);
    const left = leftMs === null ? '' : `, ${timeLeft(leftMs)}`;
    return inLine(`${share} %  ${title}: ${state === 'running' ? detail : state}${left}`);
  };
  if (stream.isTTY) {
    return {
      show: (job) => void stream.write(`\r\x1b[K${line(job)}`),
      end: () => void stream.write('\r\x1b[K'),
    };
  }
  let dueAt = now() + firstLineMs;
  return {
    show(job) {
      if (job.finishedMs !== null || now() < dueAt) return;
      dueAt = now() + nextLineMs;
      stream.write(`${line(job)}\n`);
    },
    end: () => undefined,
  };
}
