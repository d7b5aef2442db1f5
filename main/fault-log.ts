/** Faults with their stacks, in a file of the data folder that is bounded: what is told of a fault begins there. */
import { appendFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { Fault } from './contract/fault.ts';

/** The file, and the one before it, hold no more than this each. */
const mostFileBytes = 512 * 1024;
const mostEntryCharacters = 16_384;
/** The same fault again, within this time, is counted rather than written. */
const againMs = 60_000;

export interface FaultLog {
  readonly path: string;
  /**
   * Written at once, since the process may end next.
   * @returns a sentence for a person; null for one that was told a moment ago
   */
  write(fault: Fault): string | null;
}

/** @param version of the program, for whoever reads the file later */
export function faultLog(folder: string, version: string): FaultLog {
  const path = join(folder, 'faults.log');
  let last = { stack: '', atMs: 0, again: 0 };
  return {
    path,
    write(fault) {
      const stack = inspect(fault.thrown).slice(0, mostEntryCharacters);
      const now = Date.now();
      if (stack === last.stack && now - last.atMs < againMs && !fault.ending) {
        last.again++;
        return null;
      }
      const before = last.again > 0 ? `(the fault above befell ${last.again} times more)\n` : '';
      last = { stack, atMs: now, again: 0 };
      const where = fault.where ?? 'the lab';
      const head = `${new Date(now).toISOString()} Curlew ${version}, ${where}${fault.ending ? ', the lab ends' : ''}`;
      const kept = append(path, `${before}${head}\n${stack}\n\n`);
      return `${sentenceOf(fault)} ${kept ? `Its stack is in ${path}.` : `It could not be written to ${path}.`}`;
    },
  };
}

function sentenceOf({ thrown, where, ending }: Fault): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const what = `Something unforeseen failed${where === null ? '' : ` at ${where}`}: ${message}.`;
  return ending ? `${what} The lab has to end; what was stored is safe.` : what;
}

/** @returns false where the disk does not take it: then a fault must not become another */
function append(path: string, entry: string): boolean {
  try {
    const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (bytes + Buffer.byteLength(entry) > mostFileBytes) renameSync(path, `${path}.before`);
    appendFileSync(path, entry, { mode: 0o600 });
    return true;
  } catch {
    return false;
  }
}
