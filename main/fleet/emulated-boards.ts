/** Boards on an emulated processor, made on request. */
import { randomBytes } from 'node:crypto';
import { emulatedMachine, emulatedMachines } from '../../devices/boards/qemu/machines.ts';
import { qemuBoard } from '../../devices/boards/qemu/qemu-board.ts';
import type { Machine } from '../contract/types.ts';
import type { MadePort } from './port-directory.ts';

export interface EmulatedBoards {
  machines(): Machine[];
  /** @throws CurlewError REQUEST_INVALID for a machine that is not among them */
  create(machineName: string): MadePort;
}

export function emulatedBoards(): EmulatedBoards {
  let count = 0;
  return {
    machines: () => emulatedMachines.map(({ name, title }) => ({ name, title })),
    create(machineName) {
      const machine = emulatedMachine(machineName);
      count++;
      return {
        port: qemuBoard({ name: `${machine.name}-${count}`, id: randomBytes(8), machine }),
        label: machine.title,
        // A pseudo-terminal has no rate.
        lineBytesPerSecond: null,
      };
    },
  };
}
