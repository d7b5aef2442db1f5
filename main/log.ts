/**
 * The lab's log: kept in memory for the page, told to whoever listens. What comes again is one line with a count, and
 * nobody can say much more than a person reads: a line that a board had a part in may come at any rate.
 */
import { realClock, type Clock } from '../devices/protocol/clock.ts';
import type { LogLine } from './contract/types.ts';

export interface Log {
  add(level: LogLine['level'], subject: string | null, text: string): void;
  /** The newest `limit` lines, oldest first. */
  lines(limit: number): LogLine[];
}

const mostLines = 5000;
const longestText = 500;
/** Of one subject: among so many of its last lines one that says the same is looked for. */
const comparedLines = 4;
/** Of one subject: different lines at once, and how soon there may be another, milliseconds. */
const linesAtOnce = 30;
const lineEveryMs = 2000;
/** A line that comes again and again is told this often. */
const tellAgainMs = 1000;
const mostSubjects = 1000;

const leftOut = 'More was told than is kept: lines were left out.';

interface Subject {
  /** Its last lines, newest last. */
  recent: LogLine[];
  /** Different lines that it may still say, and when that was counted. */
  left: number;
  countedMs: number;
}

export function createLog(onLine: (line: LogLine) => void, clock: Clock = realClock): Log {
  let lines: LogLine[] = [];
  let next = 1;
  const subjects = new Map<string | null, Subject>();
  const toldAgain = new Set<LogLine>();

  function subjectOf(name: string | null): Subject {
    const known = subjects.get(name);
    if (known) return known;
    if (subjects.size >= mostSubjects) subjects.clear();
    const fresh = { recent: [], left: linesAtOnce, countedMs: clock.nowMs() };
    subjects.set(name, fresh);
    return fresh;
  }

  function again(subject: Subject, line: LogLine): void {
    line.count++;
    line.atMs = Date.now();
    subject.recent = [...subject.recent.filter((one) => one !== line), line];
    lines = [...lines.filter((one) => one !== line), line];
    if (toldAgain.has(line)) return;
    toldAgain.add(line);
    clock.after(tellAgainMs, () => {
      toldAgain.delete(line);
      onLine({ ...line });
    });
  }

  function mayAdd(subject: Subject): boolean {
    const now = clock.nowMs();
    subject.left = Math.min(linesAtOnce, subject.left + (now - subject.countedMs) / lineEveryMs);
    subject.countedMs = now;
    if (subject.left < 1) return false;
    subject.left--;
    return true;
  }

  function put(level: LogLine['level'], name: string | null, text: string, limited: boolean): void {
    const subject = subjectOf(name);
    const same = subject.recent.find((line) => line.level === level && line.text === text);
    if (same) {
      again(subject, same);
      return;
    }
    if (limited && !mayAdd(subject)) {
      put('warning', name, leftOut, false);
      return;
    }
    const line: LogLine = { number: next++, atMs: Date.now(), count: 1, level, subject: name, text };
    subject.recent = [...subject.recent, line].slice(-comparedLines);
    lines.push(line);
    if (lines.length > mostLines) lines.shift();
    onLine({ ...line });
  }

  return {
    add: (level, subject, text) =>
      put(level, subject, text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text, true),
    lines: (limit) => lines.slice(-limit).map((line) => ({ ...line })),
  };
}
