/**
 * Counts on the emulated Cortex-M4F how many instructions each kernel of the firmware takes, and writes the table that
 * modelled time and energy are computed from.
 *
 *     make -C devices/firmware mps2-an386 && npx tsx devices/boards/measure-kernels.ts
 *
 * With --check it writes nothing and fails when the table differs from what it counts by more than 1 %.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { kernelNames, type KernelName, type KernelTable } from './profiles.ts';
import { countBenchProgram, runBenchProgram, type Count } from './qemu/bench-program.ts';

const tableFile = new URL('./profiles/kernels-cortex-m4f.json', import.meta.url);
const machine = 'mps2-an386';
const layers = [
  [384, 640],
  [640, 320],
  [640, 64],
] as const;
const weightBits: Record<string, number> = { '1': 1, '2': 2, t: 2, '4': 4, '8': 8, '16': 16 };

const counts = new Map([
  ...(await countBenchProgram(machine, 'kernels')),
  ...(await countBenchProgram(machine, 'linear')),
]);

function get(name: string): Count {
  const found = counts.get(name);
  if (!found) throw new Error(`The bench printed no line for ${name}.`);
  return found;
}

/** What a layer takes is prepare · blocks + block · blocks · outputs + row · outputs: three layers tell the three. */
function linearCosts(precision: string): Record<'prepare' | 'block' | 'row', number> {
  const equations = layers.map(([inputs, outputs]) => {
    const blocks = Math.ceil((inputs * weightBits[precision]!) / 128);
    const { instructions } = get(`${precision}_${inputs}_${outputs}`);
    return [blocks, blocks * outputs, outputs, instructions];
  });
  const [prepare, block, row] = solve(equations);
  return { prepare: prepare!, block: block!, row: row! };
}

/** Of a layer that the encoder's bench counted: units of each kernel that it reports, and its instructions. */
interface EncoderLayer {
  readonly name: string;
  readonly units: Map<KernelName, number>;
  readonly instructions: number;
}

/** The lines `NAME/KERNEL UNITS` of that name. */
const unitsOf = (lines: string[], name: string): Map<KernelName, number> =>
  new Map(
    lines
      .map((line) => /^(\w+)\/(\d+) (\d+)$/.exec(line))
      .filter((found) => found?.[1] === name)
      .map((found) => [kernelNames[Number(found![2])]!, Number(found![3])]),
  );

async function encoderLayers(): Promise<EncoderLayer[]> {
  const lines = await runBenchProgram(machine, 'encoder');
  return lines
    .map((line) => /^(\w+) 1 (\d+)$/.exec(line))
    .filter((found) => found !== null)
    .map(([, name, instructions]) => ({
      name: name!,
      units: unitsOf(lines, name!),
      instructions: Number(instructions),
    }));
}

/**
 * What a unit of each of a few kernels takes: least squares over the layers that report them, each weighed by its
 * instructions. What the layers take in `known` kernels is taken off first.
 */
function fitEncoderCosts(
  layers: EncoderLayer[],
  unknown: KernelName[],
  known: Partial<Record<KernelName, number>>,
): Partial<Record<KernelName, number>> {
  const rows = layers
    .filter(({ units }) => unknown.some((name) => units.has(name)))
    .map(({ units, instructions }) => {
      let left = instructions;
      for (const [name, count] of units) left -= count * (known[name] ?? 0);
      return [...unknown.map((name) => units.get(name) ?? 0), left].map((x) => x / instructions);
    });
  const normal = unknown.map((_, i) =>
    [...unknown, null].map((_, j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
  );
  const costs = solve(normal);
  return Object.fromEntries(unknown.map((name, i) => [name, costs[i]!]));
}

function encoderCosts(layers: EncoderLayer[]): Partial<Record<KernelName, number>> {
  const { prepare, block } = linearCosts('8');
  const known = { prepare_8: prepare, block_8: block };
  const groups: KernelName[][] = [
    ['conv_window', 'gather_row', 'gather', 'gather_window', 'conv_prepare', 'conv_block', 'conv_output'],
    ['depthwise_row', 'depthwise_whole', 'depthwise_part', 'depthwise_tap'],
    ['average_cell', 'average_output'],
    ['max_cell', 'max_output'],
  ];
  const costs = Object.assign({}, ...groups.map((group) => fitEncoderCosts(layers, group, known))) as Partial<
    Record<KernelName, number>
  >;
  for (const { name, units, instructions } of layers) {
    let modelled = 0;
    for (const [kernel, count] of units) modelled += count * ({ ...known, ...costs }[kernel] ?? 0);
    console.log(`${name}: modelled ${Math.round(modelled)}, counted ${instructions}`);
  }
  return costs;
}

/**
 * What rows of fused layers add to layers that are computed whole: two unknowns, least squares over the encoders of
 * bench/fused.c, each weighed by what it adds.
 */
function fusedCosts(lines: string[]): Partial<Record<KernelName, number>> {
  const instructionsOf = (name: string): number =>
    Number(lines.map((line) => /^(\w+) 1 (\d+)$/.exec(line)).find((found) => found?.[1] === name)![2]);
  const encoders = ['large', 'narrow', 'tall'].map((encoder): EncoderLayer => {
    const name = `${encoder}_all`;
    const added = instructionsOf(name) - instructionsOf(`${encoder}_whole`);
    return { name, units: unitsOf(lines, name), instructions: added };
  });
  return fitEncoderCosts(encoders, ['fused_row', 'fused_move'], {});
}

/** Gauss and Jordan's elimination; the last column is the right side. */
function solve(rows: number[][]): number[] {
  for (let c = 0; c < rows.length; c++) {
    const pivot = rows[c]!.map((x) => x / rows[c]![c]!);
    rows = rows.map((row, r) => (r === c ? pivot : row.map((x, i) => x - pivot[i]! * row[c]!)));
  }
  return rows.map((row) => row.at(-1)!);
}

const ofEncoder = {
  ...encoderCosts(await encoderLayers()),
  ...fusedCosts(await runBenchProgram(machine, 'fused')),
};

function perUnit(name: KernelName): number {
  const fitted = ofEncoder[name];
  if (fitted !== undefined) return fitted;
  const linear = /^(prepare|block|row)_(\w+)$/.exec(name);
  if (linear) return linearCosts(linear[2]!)[linear[1] as 'prepare' | 'block' | 'row'];
  const { instructions, units } = get(name);
  return instructions / units;
}

const measured: KernelTable = {
  core: 'Cortex-M4F',
  source:
    'Counted on QEMU mps2-an386 (-icount shift=6) from the firmware as built by gcc-arm-none-eabi 12.2 -O3, by ' +
    'devices/boards/measure-kernels.ts. Instructions, not cycles.',
  instructions: Object.fromEntries(
    kernelNames.map((name) => [name, Number(perUnit(name).toPrecision(5))]),
  ) as KernelTable['instructions'],
};

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
