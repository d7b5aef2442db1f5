/**
 * How deep the firmware's stack can get, from its disassembly: each function's frame and calls, the functions behind
 * each pointer as stated here, and the deepest path. Recursion has no bound and is an error.
 */
import { execFileSync } from 'node:child_process';

export interface FirmwareFunction {
  name: string;
  /** Bytes it takes itself, at most. */
  frame: number;
  calls: Set<string>;
  /** Calls through a pointer. */
  indirect: boolean;
}

export interface StackBound {
  /** Deepest the stack gets, interrupts included, bytes. */
  bound: number;
  /** What the linker script reserves, bytes. */
  reserved: number;
  /** The functions of the deepest path. */
  path: string[];
}

export interface Firmware {
  functions: ReadonlyMap<string, FirmwareFunction>;
  stack: StackBound;
}

/** An exception's frame on a Cortex-M with an FPU: 26 words, and one to align (Arm DDI 0403E, B1.5.7). */
const exceptionFrame = 27 * 4;
/** The interrupts share one priority; a fault or the watchdog may come on top of one, and a fault on top of that. */
const handlers = [['uart_handler', 'tick_handler'], ['watchdog_handler'], ['fault_handler']] as const;

/**
 * The pointers there are: the hardware's functions (struct cur_hal, filled in ports/mps/main.c), called from anywhere,
 * and the answerers of requests (`cur_group_*`), called by core/link/smp.c alone.
 */
const answerer = /^cur_group_/;
const answererCalls = new Set(['cur_smp_answer', 'handle']);
const hardwareFile = 'main.c';
const notHardware = new Set(['main']);

function run(program: string, ...words: string[]): string {
  return execFileSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 27 });
}

const registers = (list: string): number =>
  list
    .split(',')
    .map((one) => /^\s*([a-z]+)(\d*)(?:-[a-z]+(\d+))?\s*$/.exec(one))
    .reduce((sum, found) => {
      const [, kind, from, to] = found ?? [];
      const count = to === undefined ? 1 : Number(to) - Number(from) + 1;
      return sum + count * (kind === 'd' ? 8 : 4);
    }, 0);

/** Bytes that one instruction takes from the stack. */
function taken(operation: string, operands: string): number {
  const list = /\{(.*)\}/.exec(operands)?.[1];
  if (/^v?push/.test(operation) || (/^v?stmdb/.test(operation) && /^sp!/.test(operands)))
    return registers(list ?? '');
  const pushed = /\[sp, #-(\d+)\]!/.exec(operands)?.[1];
  if (pushed) return Number(pushed);
  const fixed = /^(?:sp, )?sp, #(\d+)$/.exec(operands)?.[1];
  if (/^sub/.test(operation) && fixed) return Number(fixed);
  if (/^(sub|add|mov)/.test(operation) && /^sp, (?!#|sp, #)/.test(operands))
    throw new Error(`An unknown amount is taken from the stack: ${operation} ${operands}`);
  return 0;
}

/** Every function by its address and name (`address name`: static ones of two files may share a name). */
export function readFunctions(disassembly: string): Map<string, FirmwareFunction> {
  const functions = new Map<string, FirmwareFunction>();
  const keyOf = (address: string, name: string): string =>
    `${Number.parseInt(address, 16).toString(16)} ${name}`;
  let now: FirmwareFunction | null = null;
  for (const line of disassembly.split('\n')) {
    const start = /^([0-9a-f]+) <([^>]+)>:$/.exec(line);
    if (start) {
      now = { name: start[2]!, frame: 0, calls: new Set(), indirect: false };
      functions.set(keyOf(start[1]!, start[2]!), now);
      continue;
    }
    const instruction = /^\s+[0-9a-f]+:\t[0-9a-f ]+\t(\S+)(?:\s+([^;@]*))?/.exec(line);
    if (!now || !instruction) continue;
    const [operation, operands] = [instruction[1]!, (instruction[2] ?? '').trim()];
    now.frame += taken(operation, operands);
    const target = /^([0-9a-f]+) <([^>+]+)>$/.exec(operands);
    // A branch to its own start is a loop; to another function's it is a call whose frame replaces this one's.
    const own = target?.[2] === now.name && !operation.startsWith('bl');
    if (target && !own && /^(bl?|b[a-z]{2})(\.[nw])?$/.test(operation))
      now.calls.add(keyOf(target[1]!, target[2]!));
    if ((operation === 'blx' || operation === 'bx') && operands !== 'lr') now.indirect = true;
  }
  return functions;
}

/** Bytes below the function's caller at the deepest point. @throws CurlewError when it may call itself */
export function deepest(
  functions: ReadonlyMap<string, FirmwareFunction>,
  behindPointers: (name: string) => readonly string[],
  root: string,
): { bytes: number; path: string[] } {
  const known = new Map<string, { bytes: number; path: string[] }>();
  const open: string[] = [];
  const visit = (key: string): { bytes: number; path: string[] } => {
    const before = known.get(key);
    if (before) return before;
    const found = functions.get(key);
    if (!found) throw new Error(`The disassembly has no function ${key}.`);
    if (open.includes(key)) {
      const cycle = [...open.slice(open.indexOf(key)), key].map((one) => one.split(' ')[1]).join(' → ');
      throw new Error(`The firmware is recursive: ${cycle}`);
    }
    open.push(key);
    const next = [...found.calls, ...(found.indirect ? behindPointers(found.name) : [])];
    const below = next
      .map(visit)
      .reduce((a, b) => (b.bytes > a.bytes ? b : a), { bytes: 0, path: [] as string[] });
    open.pop();
    const answer = { bytes: found.frame + below.bytes, path: [found.name, ...below.path] };
    known.set(key, answer);
    return answer;
  };
  return visit(root);
}

/** Keys of the functions that a source file defines as static, from the symbol table. */
function staticFunctions(symbols: string, file: string): string[] {
  const keys: string[] = [];
  let inside = false;
  for (const line of symbols.split('\n')) {
    const [, value, , type, binding, , , name] = line.trim().split(/\s+/);
    if (type === 'FILE') inside = name === file;
    // The lowest bit of a function's address says that it is Thumb code.
    else if (inside && type === 'FUNC' && binding === 'LOCAL')
      keys.push(`${(Number.parseInt(value!, 16) & ~1).toString(16)} ${name}`);
  }
  return keys;
}

/** Reads a firmware's ELF file. @throws Error when it is recursive or its stack cannot be told */
export function readFirmware(elf: string): Firmware {
  const functions = readFunctions(run('arm-none-eabi-objdump', '-d', elf));
  const symbols = run('arm-none-eabi-readelf', '-sW', elf);
  const addressOf = (name: string): number => {
    const found = new RegExp(`\\s([0-9a-f]+)\\s.*\\s${name}$`, 'm').exec(symbols)?.[1];
    if (!found) throw new Error(`${elf} has no ${name}.`);
    return Number.parseInt(found, 16);
  };
  const reserved = addressOf('machine_stack_top') - addressOf('machine_stack_limit');
  const hardware = staticFunctions(symbols, hardwareFile).filter(
    (key) => !notHardware.has(key.split(' ')[1]!),
  );
  const answerers = [...functions.keys()].filter((key) => answerer.test(key.split(' ')[1]!));
  const behind = (name: string): string[] => [...hardware, ...(answererCalls.has(name) ? answerers : [])];
  const keyOf = (name: string): string => {
    const found = [...functions.keys()].find((key) => key.split(' ')[1] === name);
    if (!found) throw new Error(`${elf} has no function ${name}.`);
    return found;
  };
  const main = deepest(functions, behind, keyOf('machine_entry'));
  const interrupts = handlers.map((names) => {
    const depths = names.map((name) => deepest(functions, behind, keyOf(name)).bytes);
    return exceptionFrame + Math.max(...depths);
  });
  const bound = main.bytes + interrupts.reduce((a, b) => a + b);
  return { functions, stack: { bound, reserved, path: main.path } };
}
