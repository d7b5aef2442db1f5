/** Instructions a multiply-accumulate on the emulated machines, and the front end's stages; repeatable to the instruction. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { countBenchProgram, type Count } from '../../devices/boards/qemu/bench-program.ts';
import { grouped } from '../../main/contract/figures.ts';
import type { Bench, Figures } from './run.ts';

const machines = [
  { short: 'm3', title: 'Cortex-M3, portable C', machine: 'mps2-an385' },
  { short: 'm4', title: 'Cortex-M4F, DSP', machine: 'mps2-an386' },
  { short: 'm7', title: 'Cortex-M7F, DSP', machine: 'mps2-an500' },
  { short: 'm55', title: 'Cortex-M55, MVE', machine: 'mps3-an547' },
];

/** Names of the figures, by the precision's name in devices/firmware/bench/linear.c. */
const precisions = {
  '1': 'bit1',
  '2': 'ternary',
  t: 'ternary_ternary',
  '4': 'int4',
  '8': 'int8',
  '16': 'int16',
};

/** The integer layers of an expert of the bank. */
const layers = ['384_640', '640_320'];

export const bench: Bench = async (say) => {
  const firmware = fileURLToPath(new URL('../../devices/firmware', import.meta.url));
  execFileSync('make', ['-s', '-C', firmware, ...machines.map(({ machine }) => machine)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const figures: Figures = {};
  say(
    'Instructions a multiply-accumulate, counted under QEMU; activations prepared, rows scaled and biased.',
  );
  say(row(['', '384 to 640', '640 to 320', 'together']));
  for (const { short, title, machine } of machines) {
    const counts = await countBenchProgram(machine, 'linear');
    say(title);
    for (const [precision, name] of Object.entries(precisions)) {
      const each = layers.map((layer) => counts.get(`${precision}_${layer}`)!);
      const together = perUnit(each);
      say(row([`  ${name}`, ...each.map((count) => perUnit([count]).toFixed(3)), together.toFixed(3)]));
      figures[`${short}_${name}`] = rounded(together);
    }
  }
  await convolutions(say, figures);
  await byRows(say, figures);
  await frontEnd(say, figures);
  return figures;
};

async function convolutions(say: (line: string) => void, figures: Figures): Promise<void> {
  const all = await Promise.all(machines.map(({ machine }) => countBenchProgram(machine, 'conv')));
  say('Convolutions, requantization included: instructions a multiply-accumulate; pools: a cell.');
  say(row(['', ...machines.map(({ short }) => short.toUpperCase())]));
  for (const name of all[0]!.keys()) {
    const values = all.map((counts) => perUnit([counts.get(name)!]));
    say(row([`  ${name}`, ...values.map((value) => value.toFixed(3))]));
    machines.forEach(({ short }, i) => (figures[`${short}_${name}`] = rounded(values[i]!)));
  }
}

/** What it takes more to compute an encoder row by row, so that no layer's map is held. */
async function byRows(say: (line: string) => void, figures: Figures): Promise<void> {
  say('YAMNet’s first six blocks at their strides, instructions: layer by layer, and what rows add.');
  say(row(['', 'by layer', '8 by rows', 'all by rows']));
  for (const { short, machine } of machines) {
    const counts = await countBenchProgram(machine, 'fused');
    const [whole, ...fused] = ['whole', '8', 'all'].map((name) => counts.get(`large_${name}`)!.instructions);
    const added = fused.map((instructions) => (100 * (instructions - whole!)) / whole!);
    say(row([`  ${short.toUpperCase()}`, grouped(whole!), ...added.map((share) => `${share.toFixed(2)} %`)]));
    figures[`${short}_large_encoder`] = whole!;
    figures[`${short}_rows_add_percent`] = rounded(added[1]!);
  }
}

async function frontEnd(say: (line: string) => void, figures: Figures): Promise<void> {
  const counts = await countBenchProgram('mps2-an386', 'features');
  const frame = counts.get('frame')!;
  counts.delete('frame');
  const whole = perUnit([frame]);
  say(
    `Log-mel on the Cortex-M4F: ${frame.instructions} instructions for 0.96 s, ${whole.toFixed(0)} a frame`,
  );
  for (const [stage, count] of counts) {
    const share = ((100 * count.instructions) / frame.instructions).toFixed(1);
    say(row([`  ${stage}`, perUnit([count]).toFixed(0), `${share} %`]));
  }
  figures['m4_logmel_frame_instructions'] = rounded(whole);
}

function perUnit(counts: Count[]): number {
  const sum = (of: (count: Count) => number): number => counts.reduce((total, count) => total + of(count), 0);
  return sum((count) => count.instructions) / sum((count) => count.units);
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

function row(cells: string[]): string {
  return cells.map((cell, i) => (i === 0 ? cell.padEnd(20) : cell.padStart(12))).join('');
}
