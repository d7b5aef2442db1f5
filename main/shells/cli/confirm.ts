/** Asks before something goes for good. */
import { createInterface } from 'node:readline/promises';
import { CurlewError } from '../../contract/error.ts';
import type { Args } from './command.ts';

/**
 * Resolves where `--yes` was given, or the person says yes on the terminal.
 * @param question what goes, and “Delete it?” or the like at its end
 * @throws CurlewError REQUEST_INVALID where nobody can be asked, ABORTED for anything but yes
 */
export async function confirmed(question: string, { command, options }: Args): Promise<void> {
  if (options.yes) return;
  if (!process.stdin.isTTY) {
    throw new CurlewError(
      'REQUEST_INVALID',
      `“curlew ${command}” asks first, and nobody can be asked here. ${question} Say --yes to do it without being asked.`,
    );
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const end = new AbortController();
  // Ctrl-C and the end of input are no.
  lines.once('SIGINT', () => end.abort()).once('close', () => end.abort());
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal: end.signal }).catch(() => '');
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    lines.close();
  }
  throw new CurlewError('ABORTED', 'Nothing was done.');
}
