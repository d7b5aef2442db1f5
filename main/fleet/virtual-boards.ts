/** Virtual boards of this lab: each keeps its id and its flash in the data folder, as a real one keeps them itself. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustFit, storeFlash, unfitReason, virtualProfiles } from '../../devices/boards/fit.ts';
import {
  boardProfile,
  boardProfiles,
  defaultProfile,
  type BoardProfile,
} from '../../devices/boards/profiles.ts';
import { simulatedLine } from '../../devices/boards/simulated-line.ts';
import { VirtualBoard } from '../../devices/boards/virtual/virtual-board.ts';
import { CurlewError, toCurlewError } from '../contract/error.ts';
import type { Chip } from '../contract/types.ts';
import type { MadePort } from './port-directory.ts';

/** The line a virtual board sits on: a usual fast UART behind a USB adapter. */
export const virtualLine = { baudRate: 921_600, delayMs: 1 } as const;

export interface VirtualBoards {
  /** Boards made in earlier launches, the first one always; one whose files cannot be read is left out and told of. */
  known(): MadePort[];
  /** What they can stand for. */
  chips(): Chip[];
  /**
   * One more.
   * @throws CurlewError REQUEST_INVALID, NOT_CAPABLE for a chip that is not known or does not fit; PORT_FAILED where its
   *   files cannot be written
   */
  create(chip?: string): MadePort;
  /** @throws CurlewError NOT_CAPABLE for a port that is no virtual board */
  setMicrophone(portId: string, pcm: Int16Array | null): void;
  /** Switches all off; their flash is saved, and told of where it cannot be. */
  close(): void;
}

/**
 * @param folder where the boards' files lie
 * @param wasmPath the firmware
 * @param onProblem with a board, whose port it names
 */
export async function virtualBoards(
  folder: string,
  wasmPath: string,
  onProblem: (portId: string, error: CurlewError) => void,
): Promise<VirtualBoards> {
  const wasm = await readFile(wasmPath);
  const boards = new Map<string, VirtualBoard>();

  const nameOf = (number: number): string => `virtual-${number}`;

  /** @throws what the file system throws */
  function make(number: number, wanted: BoardProfile = defaultProfile): MadePort {
    const name = nameOf(number);
    const { id, profile } = identity(join(folder, `${name}.id`), wanted);
    const flashFile = join(folder, `${name}.flash`);
    const board = new VirtualBoard({
      wasm,
      name,
      baudRate: virtualLine.baudRate,
      ...{ id, profile },
      flash: existsSync(flashFile) ? readFileSync(flashFile) : undefined,
      saveFlash: (contents) => replaceFile(flashFile, contents),
    });
    boards.set(board.id, board);
    return {
      port: simulatedLine(board, virtualLine),
      label: 'Virtual board: the firmware as WebAssembly, on a simulated line',
      lineBytesPerSecond: virtualLine.baudRate / 10,
    };
  }

  const numbers = (): number[] =>
    readdirSync(folder)
      .map((file) => Number(/^virtual-(\d+)\.id$/.exec(file)?.[1]))
      .filter((number) => number > 0)
      .sort((a, b) => a - b);

  return {
    known: () =>
      [...new Set([1, ...numbers()])].flatMap((number) => {
        try {
          return make(number);
        } catch (thrown) {
          onProblem(`virtual:${nameOf(number)}`, toCurlewError(thrown));
          return [];
        }
      }),
    chips: () =>
      virtualProfiles(boardProfiles).map((profile) => ({
        ...{ name: profile.name, title: profile.title },
        storeBytes: storeFlash(profile).size,
        unfit: unfitReason(profile),
      })),
    create(chip = defaultProfile.name) {
      const profile = boardProfile(chip);
      mustFit(profile);
      try {
        return make(1 + Math.max(0, ...numbers()), profile);
      } catch (cause) {
        const why = (cause as Error).message;
        throw new CurlewError(
          'PORT_FAILED',
          `A virtual board keeps files in ${folder}: ${why}.`,
          {},
          { cause },
        );
      }
    },
    setMicrophone(portId, pcm) {
      const board = boards.get(portId);
      if (!board) throw new CurlewError('NOT_CAPABLE', `${portId} hears its own microphone, not a clip.`);
      board.setMicrophone(pcm);
    },
    close() {
      for (const board of boards.values()) {
        try {
          board.switchOff();
        } catch (thrown) {
          onProblem(board.id, toCurlewError(thrown));
        }
      }
    },
  };
}

/** 8 bytes and the chip, drawn and chosen once. @param wanted for a board that is new */
function identity(file: string, wanted: BoardProfile): { id: Uint8Array; profile: BoardProfile } {
  const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  const [, hex, chip] = /^([0-9a-f]{16})(?: (\S+))?$/.exec(text) ?? [];
  // A board from before chips were kept, or of one whose profile is no more, is of the usual one.
  const profile = boardProfiles.find(({ name }) => name === chip) ?? defaultProfile;
  if (hex !== undefined) return { id: Buffer.from(hex, 'hex'), profile };
  const id = randomBytes(8);
  replaceFile(file, `${id.toString('hex')} ${wanted.name}`);
  return { id, profile: wanted };
}

/** Beside it first, then in its place: a crash, or a full disk, leaves the old file or the new one. */
function replaceFile(path: string, contents: Uint8Array | string): void {
  const beside = `${path}.new`;
  try {
    writeFileSync(beside, contents, { mode: 0o600 });
    renameSync(beside, path);
  } catch (thrown) {
    try {
      rmSync(beside, { force: true });
    } catch {
      // Why it could not be written says more than why it cannot be taken away.
    }
    throw thrown;
  }
}
