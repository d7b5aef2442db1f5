/**
 * Counts on the emulated Cortex-M4F how many instructions each kernel of the firmware takes, and writes the table that
 * modelled time and energy are computed from.
 *
 *     make -C devices/firmware mps2-an386 && npx tsx devices/boards/measure-kernels.ts
 *
 * With --check it writes nothing and fails when the table differs from what it counts by more than 1 %.
 */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { firmwareBuild } from './build-files.ts';
import { kernelNames, type KernelName, type KernelTable } from './profiles.ts';
import { emulator, emulatorMissing } from './qemu/qemu-board.ts';

const tableFile = new URL('./profiles/kernels-cortex-m4f.json', import.meta.url);
const longestMs = 60_000;

interface Count {
  units: number;
  instructions: number;
}

/** Runs bench/kernels.c until it prints `end`. */
function count(): Promise<Map<string, Count>> {
  const kernel = firmwareBuild('mps2-an386-bench-kernels.elf', 'mps2-an386', 'make and gcc-arm-none-eabi');
  const machine = ['-M', 'mps2-an386', '-display', 'none', '-monitor', 'none', '-serial', 'stdio'];
  return new Promise((resolve, reject) => {
    const child = execFile(
      emulator,
      [...machine, '-icount', 'shift=6,sleep=off', '-kernel', kernel],
      { timeout: longestMs },
      (error, printed) => {
        if ((error as NodeJS.ErrnoException | null)?.code === 'ENOENT') reject(new Error(emulatorMissing));
        else if (!/^end$/m.test(printed))
          reject(new Error(`The bench did not finish; it printed: ${printed}`));
        else resolve(parse(printed));
      },
    );
    let printed = '';
    child.stdout?.on('data', (text: string) => {
      printed += text;
      if (/^end$/m.test(printed)) child.kill();
    });
  });
}

function parse(printed: string): Map<string, Count> {
  const lines = [...printed.matchAll(/^(\w+) (\d+) (\d+)$/gm)];
  return new Map(
    lines.map(([, name, units, n]) => [name!, { units: Number(units), instructions: Number(n) }]),
  );
}

function tableOf(counts: Map<string, Count>): KernelTable {
  const get = (name: string): Count => {
    const found = counts.get(name);
    if (!found) throw new Error(`The bench printed no line for ${name}.`);
    return found;
  };
  // Two layers of the same height and different widths tell what a multiply takes from what a row takes.
  const [wide, narrow] = [get('wide'), get('narrow')];
  const int4 = (wide.instructions - narrow.instructions) / (wide.units - narrow.units);
  const rows = 320;
  const row = (narrow.instructions - int4 * narrow.units) / rows;
  const perUnit = (name: KernelName): number => {
    if (name === 'int4') return int4;
    if (name === 'row') return row;
    return get(name).instructions / get(name).units;
  };
  const rounded = (value: number): number => Number(value.toPrecision(5));
  return {
    core: 'Cortex-M4F',
    source:
      'Counted on QEMU mps2-an386 (-icount shift=6) from the firmware as built by gcc-arm-none-eabi 12.2 -O3, by ' +
      'devices/boards/measure-kernels.ts. Instructions, not cycles.',
    instructions: Object.fromEntries(
      kernelNames.map((name) => [name, rounded(perUnit(name))]),
    ) as KernelTable['instructions'],
  };
}

const measured = tableOf(await count());
if (process.argv.includes('--check')) {
  const committed = JSON.parse(readFileSync(tableFile, 'utf8')) as KernelTable;
  const off = kernelNames.filter((name) => {
    const [is, was] = [measured.instructions[name], committed.instructions[name]];
    return Math.abs(is - was) > 0.01 * is;
  });
  for (const name of off) {
    console.error(
      `${name}: counted ${measured.instructions[name]}, the table says ${committed.instructions[name]}`,
    );
  }
  if (off.length > 0) {
    console.error('Run “npx tsx devices/boards/measure-kernels.ts” and commit the table.');
    process.exitCode = 1;
  }
} else {
  writeFileSync(tableFile, `${JSON.stringify(measured, null, 2)}\n`);
  console.log(`${fileURLToPath(tableFile)}:`, measured.instructions);
}
