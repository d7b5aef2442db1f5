/**
 * What the firmware takes on each target: code (with constants), initialised data, static RAM without the stack, the
 * stack's bound (from the disassembly, interrupts included) and how deep it got in a deployment on the emulated board.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFirmware, type Firmware } from '../../devices/boards/firmware-stack.ts';
import { emulatedMachine } from '../../devices/boards/qemu/machines.ts';
import { qemuBoard } from '../../devices/boards/qemu/qemu-board.ts';
import { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import { Banks } from '../../main/banks/banks.ts';
import { runTrial } from '../../main/jobs/study/on-board.ts';
import { resources } from '../../main/resources.ts';
import { table, type Row } from '../../main/shells/cli/output.ts';
import { grouped } from '../../main/contract/figures.ts';
import { arenaBytes } from '../../models/encoder/arena.ts';
import { encoderLimits, encoderMemory, layersByRows } from '../../models/encoder/limits.ts';
import { encoderSizes } from '../../devices/boards/encoder-size.ts';
import type { Bench, Figures } from './run.ts';

const machines = { m3: 'mps2-an385', m4: 'mps2-an386', m7: 'mps2-an500', m55: 'mps3-an547' } as const;

interface Sizes {
  code: number;
  data: number;
  ram: number;
}

export const bench: Bench = async (say) => {
  const figures: Figures = {};
  const rows: Row[] = [];
  const add = (target: string, sizes: Sizes, ...stack: number[]): void => {
    rows.push([
      target,
      sizes.code,
      sizes.data,
      sizes.ram,
      ...['bound', 'measured', 'reserved'].map((_, i) => stack[i] ?? '—'),
    ]);
    for (const [name, value] of Object.entries(sizes)) figures[`${target}_${name}`] = value as number;
    ['bound', 'measured', 'reserved'].forEach((name, i) => {
      if (stack[i] !== undefined) figures[`${target}_stack_${name}`] = stack[i];
    });
  };
  const folder = fileURLToPath(new URL('../../devices/firmware', import.meta.url));
  execFileSync('make', ['-s', '-C', folder, 'host', ...Object.values(machines)], { stdio: 'inherit' });
  const paths: string[] = [];
  let soft = '';
  for (const [target, machine] of Object.entries(machines)) {
    const elf = join(resources.firmware, `${machine}.elf`);
    const firmware = readFirmware(elf);
    const { bound, reserved, path } = firmware.stack;
    const sizes = elfSizes('arm-none-eabi-size', elf);
    add(target, { ...sizes, ram: sizes.ram - reserved }, bound, await stackUsed(machine), reserved);
    paths.push(`${target}: ${path.join(' → ')}`);
    if (target === 'm3') soft = softFloat(firmware);
  }
  add('wasm', wasmSizes(readFileSync(resources.virtualBoard)));
  add('host', elfSizes('size', join(resources.firmware, 'curlew-host')));
  say(
    table(['target', 'code', 'data', 'static RAM', 'stack bound', 'stack measured', 'stack reserved'], rows),
  );
  say(
    'Bytes. Code holds constants; static RAM holds the data, not the stack. host is built with sanitizers.',
  );
  say('Deepest path of the stack (the bound adds an interrupt, the watchdog and a fault on top):');
  for (const path of paths) say(`  ${path}`);
  say(soft);
  const encoder = encoderSizes(folder, join(resources.firmware, machines.m4));
  say(
    `Front end and encoder on m4: ${encoder.flash} of code and constants, ${encoder.ram} of RAM, stack left out; the ` +
      'encoder’s image comes on top of the code.',
  );
  const bank = await Banks.open(resources.bank);
  const { layers } = (await bank.encoder('esc10-encoder-large-4')).built.quantized;
  const large = encoderMemory(layers);
  const whole = arenaBytes(layers, 0);
  say(
    `Of the static RAM, ${grouped(figures['m4_ram']!)} bytes on m4, an encoder's activations may take ${grouped(encoderLimits.arena)}: ` +
      `those of the large encoder, of YAMNet's first six blocks at their strides, take ${grouped(large.arenaBytes)}, ` +
      `${layersByRows(large.fusedLayers)}, and would take ${grouped(whole)} layer by layer.`,
  );
  figures['large_arena'] = large.arenaBytes;
  const image = Math.max(0, ...bank.encoders.map(({ imageBytes }) => imageBytes));
  Object.assign(figures, {
    encoder_image: image,
    encoder_flash: image + encoder.flash,
    encoder_ram: encoder.ram + figures['m4_stack_bound']!,
  });
  const kept = {
    code: figures['m4_code']! + figures['m4_data']!,
    ram: figures['m4_ram']! + figures['m4_stack_bound']!,
    frontEndFlash: encoder.flash,
    encoderRam: figures['encoder_ram']!,
  };
  await writeFile(
    new URL('../../devices/boards/profiles/firmware-sizes.json', import.meta.url),
    `${JSON.stringify(kept, null, 2)}\n`,
  );
  return figures;
};

function elfSizes(program: string, file: string): Sizes {
  const numbers = execFileSync(program, [file], { encoding: 'utf8' })
    .split('\n')[1]!
    .trim()
    .split(/\s+/)
    .map(Number);
  const [code, data, bss] = numbers as [number, number, number];
  return { code, data, ram: data + bss };
}

/** Sizes of the code and data sections, and all memory but the stack. */
function wasmSizes(bytes: Uint8Array): Sizes {
  const sizes = { code: 0, data: 0, ram: 0 };
  const [codeSection, dataSection, memorySection] = [10, 11, 5];
  const stackBytes = 65_536;
  let at = 8;
  const number = (): number => {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const kind = bytes[at++];
    const length = number();
    const end = at + length;
    if (kind === codeSection) sizes.code = length;
    if (kind === dataSection) sizes.data = length;
    if (kind === memorySection) {
      at += 2; // one memory, and its flags
      sizes.ram = number() * 65_536 - stackBytes;
    }
    at = end;
  }
  return sizes;
}

/** How deep the stack was after a deployment, an inference and requests of every kind. */
async function stackUsed(machine: string): Promise<number> {
  const bank = await Banks.open(resources.bank);
  const [expert] = bank.experts;
  if (!expert) throw new Error('The bank is empty.');
  const trial = {
    encoders: [
      await bank.image(bank.encoders.find(({ id }) => id === expert.encoder)?.imageSha256 ?? ''),
    ].filter((image) => image !== null),
    experts: [await bank.file(expert.id, 'image')],
    router: null,
    windows: [new Int16Array(15_600).map((_, i) => 8000 * Math.sin(i * 0.3))],
  };
  const port = qemuBoard({
    name: 'size',
    repository: resources.root,
    id: new Uint8Array(8),
    machine: emulatedMachine(machine),
  });
  const board = await CurlewBoard.open(port);
  try {
    await runTrial(board, trial, { signal: new AbortController().signal });
    await board.features('log-mel');
    await board.labels();
    await board.telemetry(0);
    return (await board.readInfo()).stackBytes ?? 0;
  } finally {
    await board.close();
  }
}

/** Without an FPU: which of the compiler's float routines are linked, and who calls them. */
function softFloat({ functions }: Firmware): string {
  const routine =
    /^__aeabi_(f|c?fcmp|i2f|ui2f|l2f|ul2f)|^__(add|sub|mul|div|fix|float|cmp|eq|lt|gt|le|ge|ne|unord)\w*sf/;
  const linked = new Set<string>();
  const callers = new Set<string>();
  for (const one of functions.values()) {
    if (routine.test(one.name)) continue;
    for (const call of one.calls) {
      const name = call.split(' ')[1]!;
      if (!routine.test(name)) continue;
      linked.add(name);
      callers.add(one.name);
    }
  }
  return `m3 computes float with ${[...linked].sort().join(', ')}; called by ${[...callers].sort().join(', ')}.`;
}
