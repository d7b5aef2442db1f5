/** The firmware of an emulated board: built when it is first needed, and again when its sources are newer. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CurlewError } from '../../../main/contract/error.ts';

/** One build at a time: two would write the same files. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * @param repository the folder that holds devices/ and build/
 * @param machine of the firmware
 * @param signal ends the build, too
 * @returns its ELF file
 * @throws CurlewError EMULATOR_MISSING where it cannot be built, and what to install or what the compiler said; ABORTED
 */
export function machineFirmware(repository: string, machine: string, signal?: AbortSignal): Promise<string> {
  const mine = turn.then(() => build(repository, machine, signal));
  turn = mine.catch(() => undefined);
  return mine;
}

async function build(repository: string, machine: string, signal?: AbortSignal): Promise<string> {
  const elf = join(repository, 'build', 'firmware', `${machine}.elf`);
  const sources = join(repository, 'devices', 'firmware');
  const { code, said } = await make(sources, `../../build/firmware/${machine}.elf`, signal);
  if (signal?.aborted) throw new CurlewError('ABORTED', 'The firmware’s build was cancelled.', { machine });
  // Without make nobody can tell whether it is up to date; what is there is taken.
  if (code === 0 || (code === null && existsSync(elf))) return elf;
  const missing = code === null || said.includes('is not installed');
  throw new CurlewError(
    'EMULATOR_MISSING',
    missing
      ? 'The firmware of emulated boards is not built yet, and what builds it is not installed: install Debian’s packages ' +
          'make, gcc-arm-none-eabi and qemu-system-arm, then add the board again.'
      : `The firmware of ${machine} could not be built: ${lastOf(said)}`,
    { machine, said: said.slice(-4000) },
  );
}

/** @returns `code` null where there is no make */
function make(
  sources: string,
  target: string,
  signal?: AbortSignal,
): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve) => {
    const child = spawn('make', ['-s', '-j2', '-C', sources, target], {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(signal ? { signal } : {}),
    });
    let said = '';
    const hear = (chunk: Buffer): void => void (said += chunk.toString());
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    // Where it was started and cancelled, its end follows.
    child.once('error', (error) => {
      if (child.pid === undefined) resolve({ code: null, said: error.message });
    });
    child.once('close', (code) => resolve({ code: code ?? 1, said }));
  });
}

/** Make says the cause first and then, in ever more general words, what came of it. */
const lastOf = (said: string): string => {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  const causes = lines.filter((line) => !/^make(\[\d+\])?: (\*\*\* \[|Entering|Leaving)/.test(line));
  return (causes.length > 0 ? causes : lines).slice(-3).join(' — ') || 'make failed without a word.';
};
