/** The firmware on a Cortex-M machine that QEMU emulates, on a pseudo-terminal. */
import { randomInt } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ByteStream, Port } from '../../drivers/port.ts';
import { reportFault } from '../../../main/contract/fault.ts';
import { firmwareBuild } from '../build-files.ts';
import { openProgram, type Program } from '../child-process.ts';
import type { BoardProfile } from '../profiles.ts';
import { emulatedMachine, type EmulatedMachine } from './machines.ts';
import { boardParameters } from './parameters.ts';

export interface QemuBoardOptions {
  name: string;
  /** 8 bytes. */
  id: Uint8Array;
  machine?: EmulatedMachine;
  /** Counted instructions become time and energy after it; the machine's own by default. */
  profile?: BoardProfile;
}

export const emulator = 'qemu-system-arm';
export const emulatorMissing =
  'The emulator qemu-system-arm is not installed: install Debian’s package qemu-system-arm.';

/**
 * One instruction takes 64 ns of the machine's time, so that its timer counts instructions and a run repeats exactly.
 * Asleep it follows the real clock.
 */
const countInstructions = ['-icount', 'shift=6'];

/** Each open switches a new machine on: its flash is RAM and starts erased; a reset keeps it. */
export function qemuBoard(options: QemuBoardOptions): Port {
  const { machine = emulatedMachine('mps2-an386'), profile = machine.profile } = options;
  const id = `qemu:${options.name}`;
  return {
    id,
    kind: 'qemu',
    async open({ signal } = {}): Promise<ByteStream> {
      const kernel = firmwareBuild(`${machine.name}.elf`, machine.name, 'make and gcc-arm-none-eabi');
      const folder = await mkdtemp(join(tmpdir(), 'curlew-qemu-'));
      const forget = (): Promise<void> => rm(folder, { recursive: true, force: true });
      try {
        const file = join(folder, 'parameters.bin');
        await writeFile(file, boardParameters(options.name, options.id, randomInt(2 ** 32), profile));
        const stream = await openProgram(program(machine, kernel, file), id, signal);
        stream.onClose(() => void forget().catch((thrown: unknown) => reportFault(thrown, id)));
        return stream;
      } catch (thrown) {
        await forget();
        throw thrown;
      }
    },
  };
}

function program({ name, parametersAddress }: EmulatedMachine, kernel: string, file: string): Program {
  const loader = `loader,file=${file},addr=0x${parametersAddress.toString(16)}`;
  return {
    command: emulator,
    arguments: [
      ...['-M', name, '-display', 'none', '-monitor', 'none', ...countInstructions],
      ...['-kernel', kernel, '-device', loader, '-serial', 'pty'],
    ],
    what: 'The emulator',
    terminal: /char device redirected to (\/dev\/\S+)/,
    missing: emulatorMissing,
    unfit: {
      printed: /unsupported machine type/,
      message: `The emulator qemu-system-arm is too old: it has no machine ${name}. Install version 7.2 or later of Debian’s package qemu-system-arm.`,
    },
  };
}
