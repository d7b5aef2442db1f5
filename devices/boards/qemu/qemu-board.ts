/** The firmware on a Cortex-M machine that QEMU emulates, on a pseudo-terminal. */
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ByteStream, Port } from '../../drivers/port.ts';
import { reportFault } from '../../../main/contract/fault.ts';
import { openProgram, type Program } from '../child-process.ts';
import type { BoardProfile } from '../profiles.ts';
import { machineFirmware } from './firmware.ts';
import { emulatedMachine, type EmulatedMachine } from './machines.ts';
import { closeMemory, openMemory } from './memory-file.ts';
import { boardParameters } from './parameters.ts';

export interface QemuBoardOptions {
  name: string;
  /** 8 bytes. */
  id: Uint8Array;
  /** The folder that holds devices/firmware, and build/ with what was built of it. */
  repository: string;
  machine?: EmulatedMachine;
  /** Counted instructions become time and energy after it; the machine's own by default. */
  profile?: BoardProfile;
  /** Keeps its flash; without one each open switches a new board on. */
  memoryFile?: string;
}

export const emulator = 'qemu-system-arm';
export const emulatorMissing =
  'The emulator qemu-system-arm is not installed: install Debian’s package qemu-system-arm.';

/**
 * One instruction takes 64 ns of the machine's time, so that its timer counts instructions and a run repeats exactly.
 * Asleep it follows the real clock.
 */
const countInstructions = ['-icount', 'shift=6'];

/** Each open switches the machine on. Its flash is RAM, which a reset keeps, and a file where one is named. */
export function qemuBoard(options: QemuBoardOptions): Port {
  const { machine = emulatedMachine('mps2-an386'), profile = machine.profile } = options;
  const { memoryFile } = options;
  const id = `qemu:${options.name}`;
  let closing: Promise<void> = Promise.resolve();
  return {
    id,
    kind: 'qemu',
    async open({ signal } = {}): Promise<ByteStream> {
      // Its memory file is the next one's.
      await closing.catch(() => undefined);
      const kernel = await machineFirmware(options.repository, machine.name, signal);
      const folder = await mkdtemp(join(tmpdir(), 'curlew-qemu-'));
      const forget = async (): Promise<void> => {
        await rm(folder, { recursive: true, force: true });
        if (memoryFile && existsSync(memoryFile)) await closeMemory(memoryFile);
      };
      try {
        const file = join(folder, 'parameters.bin');
        await writeFile(file, boardParameters(options.name, options.id, randomInt(2 ** 32), profile));
        if (memoryFile) await openMemory(memoryFile, machine.memoryBytes);
        const stream = await openProgram(program(machine, kernel, file, memoryFile), id, signal);
        // Closed is a stream once its process has ended.
        let ended: Promise<void> | null = null;
        const close = (): Promise<void> => (closing = ended ??= stream.close().then(forget));
        stream.onClose(() => void close().catch((thrown: unknown) => reportFault(thrown, id)));
        return {
          write: (bytes) => stream.write(bytes),
          onData: (listener) => stream.onData(listener),
          onClose: (listener) => stream.onClose(listener),
          close,
        };
      } catch (thrown) {
        await forget();
        throw thrown;
      }
    },
  };
}

function program(
  { name, parametersAddress, memoryBytes }: EmulatedMachine,
  kernel: string,
  file: string,
  memoryFile: string | undefined,
): Program {
  // A comma in a path is written twice.
  const path = memoryFile?.replaceAll(',', ',,');
  const memory = path && [
    ...['-object', `memory-backend-file,id=memory,size=${memoryBytes},mem-path=${path},share=on`],
    ...['-machine', 'memory-backend=memory'],
  ];
  const loader = `loader,file=${file},addr=0x${parametersAddress.toString(16)}`;
  return {
    command: emulator,
    arguments: [
      ...['-M', name, '-display', 'none', '-monitor', 'none', ...countInstructions],
      ...(memory ?? []),
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
