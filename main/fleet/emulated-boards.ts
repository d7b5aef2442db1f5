/** Boards on an emulated processor, made on request: each keeps its id and its flash in the data folder. */
import { join } from 'node:path';
import {
  emulatedMachine,
  emulatedMachines,
  type EmulatedMachine,
} from '../../devices/boards/qemu/machines.ts';
import { qemuBoard } from '../../devices/boards/qemu/qemu-board.ts';
import { toCurlewError, type CurlewError } from '../contract/error.ts';
import type { Machine } from '../contract/types.ts';
import { identity, keptNumbers, oneMore, removeBoardFiles } from './board-files.ts';
import type { MadePort } from './port-directory.ts';
import { resources } from '../resources.ts';

export interface EmulatedBoards {
  machines(): Machine[];
  /** Boards made in earlier launches; one whose files cannot be read is left out and told of. */
  known(): MadePort[];
  /**
   * One more.
   * @throws CurlewError REQUEST_INVALID for a machine that is not among them; PORT_FAILED where its files cannot be written
   */
  create(machineName: string): MadePort;
}

/**
 * @param folder where the boards' files lie
 * @param onProblem with a board, whose port it names
 */
export function emulatedBoards(
  folder: string,
  onProblem: (portId: string, error: CurlewError) => void,
): EmulatedBoards {
  /** @throws what the file system throws */
  function make(machine: EmulatedMachine, number: number): MadePort {
    const name = `${machine.name}-${number}`;
    const { id, profile } = identity(join(folder, `${name}.id`), machine.profile);
    return {
      boardId: Buffer.from(id).toString('hex'),
      port: qemuBoard({
        ...{ name, id, machine, profile, memoryFile: join(folder, `${name}.flash`) },
        repository: resources.root,
      }),
      label: machine.title,
      // A pseudo-terminal has no rate.
      lineBytesPerSecond: null,
      remove: () => removeBoardFiles(folder, name),
    };
  }

  return {
    machines: () => emulatedMachines.map(({ name, title }) => ({ name, title })),
    known: () =>
      emulatedMachines.flatMap((machine) =>
        keptNumbers(folder, machine.name).flatMap((number) => {
          try {
            return [make(machine, number)];
          } catch (thrown) {
            onProblem(`qemu:${machine.name}-${number}`, toCurlewError(thrown));
            return [];
          }
        }),
      ),
    create(machineName) {
      const machine = emulatedMachine(machineName);
      return oneMore(folder, machine.name, 'An emulated board', (number) => make(machine, number));
    },
  };
}
