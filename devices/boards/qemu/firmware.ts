/** The firmware of an emulated board: built when it is first needed, and again when its sources are newer. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CurlewError } from '../../../main/contract/error.ts';

const sources = fileURLToPath(new URL('../../firmware/', import.meta.url));
const builds = fileURLToPath(new URL('../../../build/firmware/', import.meta.url));

/** One build at a time: two would write the same files. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * @param machine of the firmware
 * @returns its ELF file
 * @throws CurlewError EMULATOR_MISSING where it cannot be built, and what to install or what the compiler said
 */
export function machineFirmware(machine: string): Promise<string> {
  const mine = turn.then(() => build(machine));
  turn = mine.catch(() => undefined);
  return mine;
}

async function build(machine: string): Promise<string> {
  const elf = `${builds}${machine}.elf`;
  const { code, said } = await make(`../../build/firmware/${machine}.elf`);
  // Without make nobody can tell whether it is up to date; what is there is taken.
  if (code === 0 || (code === null && existsSync(elf))) return elf;
  const missing = code === null || said.includes('is not installed');
  throw new CurlewError(
    'EMULATOR_MISSING',
    missing
      ? 'The firmware of emulated boards is not built yet, and what builds it is not installed: install Debian’s packages ' +
          'make, gcc-arm-none-eabi and qemu-system-arm, then add the board again.'
      : `The firmware of ${machine} could not be built: ${lastLineOf(said)}`,
    { machine, said: said.slice(-4000) },
  );
}

/** @returns `code` null where there is no make */
function make(target: string): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve) => {
    const child = spawn('make', ['-s', '-j2', '-C', sources, target], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    const hear = (chunk: Buffer): void => void (said += chunk.toString());
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', (error) => resolve({ code: null, said: error.message }));
    child.once('close', (code) => resolve({ code: code ?? 1, said }));
  });
}

const lastLineOf = (said: string): string =>
  said
    .trim()
    .split('\n')
    .findLast((line) => /error|not found|denied|No space/i.test(line)) ?? 'make failed.';
