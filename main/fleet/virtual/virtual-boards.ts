/** Virtual boards of this lab: each keeps its id and its flash in the data folder, as a real one keeps them itself. */
import { join } from 'node:path';
import { mustFit, storeFlash, unfitReason, virtualProfiles } from '../../../devices/boards/fit.ts';
import {
  boardProfile,
  boardProfiles,
  defaultProfile,
  type BoardProfile,
} from '../../../devices/boards/profiles.ts';
import { CurlewError } from '../../contract/error.ts';
import type { Chip } from '../../contract/types.ts';
import type { MadePort } from '../port-directory.ts';
import type { BoardMade } from './board-calls.ts';
import { identity, keptNumbers, noFiles, oneMore, removeBoardFiles } from '../board-files.ts';
import { BoardThreads } from './board-threads.ts';
import { virtualLine } from './virtual-line.ts';

export interface VirtualBoards {
  /** Boards made in earlier launches; one whose files cannot be read is left out and told of. */
  known(): MadePort[];
  /** The board that a new lab opens with; none where its files cannot be written, which is told of. */
  first(): MadePort[];
  /** What they can stand for. */
  chips(): Chip[];
  /**
   * One more.
   * @throws CurlewError REQUEST_INVALID, NOT_CAPABLE for a chip that is not known or does not fit; PORT_FAILED where its
   *   files cannot be written
   */
  create(chip?: string): MadePort;
  /** @throws CurlewError NOT_CAPABLE for a port that is no virtual board */
  setMicrophone(portId: string, pcm: Int16Array | null): Promise<void>;
  /** Switches all off; their flash is saved, and told of where it cannot be. */
  close(): Promise<void>;
}

/**
 * @param folder where the boards' files lie
 * @param wasmPath the firmware
 * @param onProblem with a board, whose port it names
 */
export function virtualBoards(
  folder: string,
  wasmPath: string,
  onProblem: (portId: string, error: CurlewError) => void,
): VirtualBoards {
  const threads = new BoardThreads(wasmPath);
  const boards = new Map<string, { board: BoardMade; number: number }>();

  const nameOf = (number: number): string => `virtual-${number}`;
  const portOf = (name: string): string => `virtual:${name}`;

  /** @throws what the file system throws */
  function make(number: number, wanted: BoardProfile = defaultProfile): MadePort {
    const name = nameOf(number);
    const known = identity(join(folder, `${name}.id`), wanted);
    const board = { name, ...known, flashFile: join(folder, `${name}.flash`) };
    boards.set(portOf(name), { board, number });
    return {
      boardId: Buffer.from(known.id).toString('hex'),
      port: threads.port(portOf(name), board, number),
      label: 'Virtual board: the firmware as WebAssembly, on a simulated line',
      lineBytesPerSecond: virtualLine.baudRate / 10,
      async remove() {
        await threads.forget(board, number);
        boards.delete(portOf(name));
        await removeBoardFiles(folder, name);
      },
    };
  }

  const tried = (number: number): MadePort[] => {
    try {
      return [make(number)];
    } catch (thrown) {
      const error =
        thrown instanceof CurlewError ? thrown : noFiles(`The board ${nameOf(number)}`, folder, thrown);
      onProblem(portOf(nameOf(number)), error);
      return [];
    }
  };

  return {
    known: () => keptNumbers(folder, 'virtual').flatMap(tried),
    first: () => tried(1),
    chips: () =>
      virtualProfiles(boardProfiles).map((profile) => ({
        ...{ name: profile.name, title: profile.title },
        storeBytes: storeFlash(profile).size,
        unfit: unfitReason(profile),
      })),
    create(chip = defaultProfile.name) {
      const profile = boardProfile(chip);
      mustFit(profile);
      return oneMore(folder, 'virtual', 'A virtual board', (number) => make(number, profile));
    },
    async setMicrophone(portId, pcm) {
      const made = boards.get(portId);
      if (!made) throw new CurlewError('NOT_CAPABLE', `${portId} hears its own microphone, not a clip.`);
      await threads.setMicrophone(made.board, made.number, pcm);
    },
    async close() {
      for (const { name, error } of await threads.switchOff()) onProblem(portOf(name), error);
    },
  };
}
