/** Lends a board to a study: one of its own that needs no hardware, or an attached one. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostBoard } from '../../devices/boards/host/host-board.ts';
import { boardProfile } from '../../devices/boards/profiles.ts';
import { mustFit } from '../../devices/boards/fit.ts';
import { emulatedMachine, emulatedMachines } from '../../devices/boards/qemu/machines.ts';
import { qemuBoard } from '../../devices/boards/qemu/qemu-board.ts';
import { VirtualBoard } from '../../devices/boards/virtual/virtual-board.ts';
import { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import type { Port } from '../../devices/drivers/port.ts';
import type { BoardSummary } from '../../models/report/results.ts';
import { CurlewError } from '../contract/error.ts';
import type { Board } from '../contract/types.ts';
import type { Fleet } from './fleet.ts';
import { resources } from '../resources.ts';

/** Whether a study's board is one of its own, or none. @param choice as of borrowBoard */
const needsNoHardware = (choice: string): boolean =>
  choice === 'none' ||
  choice === 'host' ||
  isVirtual(choice) ||
  emulatedMachines.some(({ name }) => name === choice);

const virtualChip = 'virtual:';
/**
 * Whether it may be lent in a worker thread. Boards that are processes are behind a pseudo-terminal, and the serial
 * port's native part calls back into the process's first thread alone.
 */
export const isVirtual = (choice: string): boolean => choice === 'virtual' || choice.startsWith(virtualChip);

/**
 * Refuses, before a study begins, a board that it could not have hours later.
 * @param choice as of borrowBoard
 * @throws CurlewError BOARD_NOT_FOUND with what there is, PORT_LOST for a board that is away, NOT_CAPABLE as borrowBoard and
 *   for a chip that cannot hold the firmware, REQUEST_INVALID for one that nobody knows
 */
export function requireLendable(choice: string, fleet: Fleet): void {
  if (choice.startsWith(virtualChip)) mustFit(boardProfile(choice.slice(virtualChip.length)));
  if (needsNoHardware(choice)) return;
  const boards = fleet.boards();
  const board = boards.find(({ id }) => id === choice);
  if (!board) {
    const own = ['none', 'virtual', 'virtual:CHIP', 'host', ...emulatedMachines.map(({ name }) => name)].join(
      ', ',
    );
    const attached = boards.map(({ id, name }) => `${id} (${name})`).join(', ') || 'none';
    throw new CurlewError(
      'BOARD_NOT_FOUND',
      `There is no board “${choice}” to evaluate on. There are ${own}; attached: ${attached}.`,
      { boardId: choice },
    );
  }
  if (!fleet.session(choice).answers) {
    throw new CurlewError('PORT_LOST', `${board.name} does not answer now: evaluate on it once it does.`, {
      boardId: choice,
    });
  }
  requireUnsigned(board);
}

function requireUnsigned({ id, name, keyId }: Board): void {
  if (keyId === null) return;
  throw new CurlewError(
    'NOT_CAPABLE',
    `${name} takes only signed images; evaluate on another board, or on the virtual one.`,
    { boardId: id },
  );
}

type Use<T> = (board: CurlewBoard, about: BoardSummary) => Promise<T>;

/**
 * @param choice `none`, `virtual`, `virtual:CHIP`, `host`, an emulated machine's name, or an attached board's id
 * @param fleet null: there are no attached boards
 * @param wasmPath the virtual board's firmware
 * @returns what `use` returns; null for no board
 * @throws CurlewError BOARD_NOT_FOUND, EMULATOR_MISSING, NOT_CAPABLE for a board that takes only signed images; what
 *   `use` throws
 */
export async function borrowBoard<T>(
  choice: string,
  { fleet, wasmPath }: { fleet: Fleet | null; wasmPath: string },
  use: Use<T>,
  signal: AbortSignal,
): Promise<T | null> {
  if (choice === 'none') return null;
  if (isVirtual(choice)) {
    const profile = choice === 'virtual' ? {} : { profile: boardProfile(choice.slice(virtualChip.length)) };
    const wasm = await readFile(wasmPath);
    // No line in between: a study waits for the board's own time alone, and that is modelled.
    const board = new VirtualBoard({ wasm, name: 'study', id: randomBytes(8), ...profile });
    try {
      return await onPort(board, use, signal);
    } finally {
      board.switchOff();
    }
  }
  if (choice === 'host') {
    return onPort(hostBoard({ name: 'study', id: randomBytes(8).toString('hex') }), use, signal);
  }
  if (emulatedMachines.some(({ name }) => name === choice)) {
    const machine = emulatedMachine(choice);
    return onPort(
      qemuBoard({ name: 'study', repository: resources.root, id: randomBytes(8), machine }),
      use,
      signal,
    );
  }
  if (!fleet) throw new CurlewError('BOARD_NOT_FOUND', `There is no board “${choice}”.`, { boardId: choice });
  const session = fleet.session(choice);
  requireUnsigned(session.state);
  try {
    return await session.exclusive((board) => use(board, session.state), signal);
  } finally {
    await session.refresh().catch(() => undefined);
  }
}

async function onPort<T>(port: Port, use: Use<T>, signal: AbortSignal): Promise<T> {
  const board = await CurlewBoard.open(port, { signal });
  try {
    const { name, kind, profile, simulated } = await board.readInfo({ signal });
    return await use(board, { name, kind, profile, simulated });
  } finally {
    await board.close();
  }
}
