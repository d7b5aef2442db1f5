/** The lab's log: kept in memory for the page, told to whoever listens. */
import type { LogLine } from './contract/types.ts';

export interface Log {
  add(level: LogLine['level'], subject: string | null, text: string): void;
  /** The newest `limit` lines, oldest first. */
  lines(limit: number): LogLine[];
}

const mostLines = 5000;

export function createLog(onLine: (line: LogLine) => void): Log {
  const lines: LogLine[] = [];
  return {
    add(level, subject, text) {
      const line: LogLine = { atMs: Date.now(), level, subject, text };
      lines.push(line);
      if (lines.length > mostLines) lines.shift();
      onLine(line);
    },
    lines: (limit) => lines.slice(-limit),
  };
}
