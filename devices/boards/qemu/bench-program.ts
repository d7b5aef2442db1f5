/** Runs one of devices/firmware/bench on an emulated machine and reads what it counted. */
import { spawn } from 'node:child_process';
import { CurlewError } from '../../../main/contract/error.ts';
import { firmwareBuild } from '../build-files.ts';
import { emulator, emulatorMissing } from './qemu-board.ts';

const longestMs = 120_000;

export interface Count {
  readonly units: number;
  readonly instructions: number;
}

/**
 * The lines it printed before `end`. One instruction takes 64 ns of the machine's time and none is slept away, so
 * that counts repeat to the instruction.
 *
 * @throws CurlewError EMULATOR_MISSING without emulator or build
 */
export function runBenchProgram(machine: string, program: string): Promise<string[]> {
  const kernel = firmwareBuild(`${machine}-bench-${program}.elf`, machine, 'make and gcc-arm-none-eabi');
  const child = spawn(
    emulator,
    [
      ...['-M', machine, '-display', 'none', '-monitor', 'none', '-serial', 'stdio'],
      ...['-icount', 'shift=6,sleep=off', '-kernel', kernel],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  return new Promise((resolve, reject) => {
    let printed = '';
    const tooLong = setTimeout(() => child.kill('SIGKILL'), longestMs);
    child.stdout.on('data', (text: Buffer) => {
      printed += text.toString();
      if (/^end$/m.test(printed)) child.kill('SIGKILL');
    });
    child.on('error', () => reject(new CurlewError('EMULATOR_MISSING', emulatorMissing)));
    child.on('close', () => {
      clearTimeout(tooLong);
      const lines = printed.split('\n');
      const end = lines.indexOf('end');
      if (end >= 0) resolve(lines.slice(0, end));
      else reject(new Error(`${program} on ${machine} did not finish; it printed: ${printed}`));
    });
  });
}

/** The lines `NAME UNITS INSTRUCTIONS`, by name. */
export async function countBenchProgram(machine: string, program: string): Promise<Map<string, Count>> {
  const lines = await runBenchProgram(machine, program);
  return new Map(
    lines
      .map((line) => /^(\w+) (\d+) (\d+)$/.exec(line))
      .filter((found) => found !== null)
      .map(([, name, units, n]) => [name!, { units: Number(units), instructions: Number(n) }]),
  );
}
