/** The firmware on a Cortex-M4F that QEMU emulates (machine mps2-an386), on a pseudo-terminal. */
import { randomInt } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ByteStream, Port } from '../../drivers/port.ts';
import { firmwareBuild } from '../build-files.ts';
import { openProgram } from '../child-process.ts';
import { defaultProfile, type BoardProfile } from '../profiles.ts';
import { boardParameters, parametersAddress } from './parameters.ts';

export interface QemuBoardOptions {
  name: string;
  /** 8 bytes. */
  id: Uint8Array;
  /** Counted instructions become time and energy after it. */
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
  const id = `qemu:${options.name}`;
  return {
    id,
    kind: 'qemu',
    async open({ signal } = {}): Promise<ByteStream> {
      const kernel = firmwareBuild('mps2-an386.elf', 'mps2-an386', 'make and gcc-arm-none-eabi');
      const folder = await mkdtemp(join(tmpdir(), 'curlew-qemu-'));
      try {
        const file = join(folder, 'parameters.bin');
        const { name, profile = defaultProfile } = options;
        await writeFile(file, boardParameters(name, options.id, randomInt(2 ** 32), profile));
        const stream = await openProgram(
          {
            command: emulator,
            arguments: [
              ...['-M', 'mps2-an386', '-display', 'none', '-monitor', 'none', ...countInstructions],
              ...[
                '-kernel',
                kernel,
                '-device',
                `loader,file=${file},addr=0x${parametersAddress.toString(16)}`,
              ],
              ...['-serial', 'pty'],
            ],
            what: 'The emulator',
            terminal: /char device redirected to (\/dev\/\S+)/,
            missing: emulatorMissing,
          },
          id,
          signal,
        );
        stream.onClose(() => void rm(folder, { recursive: true, force: true }));
        return stream;
      } catch (thrown) {
        await rm(folder, { recursive: true, force: true });
        throw thrown;
      }
    },
  };
}
