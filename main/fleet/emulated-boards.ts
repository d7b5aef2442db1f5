/** Boards on an emulated processor, made on request. */
import { randomBytes } from 'node:crypto';
import { qemuBoard } from '../../devices/boards/qemu/qemu-board.ts';
import type { MadePort } from './port-directory.ts';

export interface EmulatedBoards {
  create(): MadePort;
}

export function emulatedBoards(): EmulatedBoards {
  let count = 0;
  return {
    create() {
      count++;
      return {
        port: qemuBoard({ name: `mps2-an386-${count}`, id: randomBytes(8) }),
        label: 'Cortex-M4F on QEMU (mps2-an386)',
        // A pseudo-terminal has no rate.
        lineBytesPerSecond: null,
      };
    },
  };
}
