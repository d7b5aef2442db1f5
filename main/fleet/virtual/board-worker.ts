/** A thread of virtual boards: firmware, microphones and simulated lines run here, some boards a thread. */
import { existsSync, readFileSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { simulatedLine, type SimulatedLine } from '../../../devices/boards/simulated-line.ts';
import { Turns } from '../../../devices/boards/virtual/turns.ts';
import { VirtualBoard } from '../../../devices/boards/virtual/virtual-board.ts';
import type { ByteStream } from '../../../devices/drivers/port.ts';
import { realClock } from '../../../devices/protocol/clock.ts';
import { CurlewError, toCurlewError } from '../../contract/error.ts';
import { whyUnwritable } from '../../why-unwritable.ts';
import { offer } from '../../threads/offer.ts';
import { plain } from '../../threads/worker-thread.ts';
import type { BoardMade, BoardSide, StreamSide } from './board-calls.ts';
import { replaceFile } from '../board-files.ts';
import { virtualLine } from './virtual-line.ts';

const wasm = new Uint8Array(readFileSync((workerData as { wasmPath: string }).wasmPath));
const turns = new Turns(realClock);
const boards = new Map<string, { board: VirtualBoard; line: SimulatedLine }>();
const streams = new Map<number, ByteStream>();

function made({ name, id, profile, flashFile }: BoardMade): { board: VirtualBoard; line: SimulatedLine } {
  const known = boards.get(name);
  if (known) return known;
  const board = new VirtualBoard({
    wasm,
    name,
    id,
    profile,
    turns,
    baudRate: virtualLine.baudRate,
    flash: readFlash(name, flashFile),
    saveFlash(contents) {
      try {
        replaceFile(flashFile, contents);
      } catch (cause) {
        throw new Error(`${flashFile}: ${whyUnwritable(cause)}`, { cause });
      }
    },
  });
  const one = { board, line: simulatedLine(board, virtualLine) };
  boards.set(name, one);
  return one;
}

function readFlash(name: string, file: string): Uint8Array | undefined {
  try {
    return existsSync(file) ? readFileSync(file) : undefined;
  } catch (cause) {
    const why = (cause as Error).message;
    throw new CurlewError('PORT_FAILED', `The flash of ${name} cannot be read: ${why}.`, { file }, { cause });
  }
}

function opened(stream: number): ByteStream {
  const one = streams.get(stream);
  if (one) return one;
  throw new CurlewError('PORT_LOST', 'The line of this virtual board is closed.');
}

const side: BoardSide = {
  async open(board, stream) {
    const one = await made(board).line.open();
    streams.set(stream, one);
    // A copy: a view would be sent with all that it looks into.
    one.onData((bytes) => lab.tell('data', stream, new Uint8Array(bytes)));
    one.onClose((reason) => {
      streams.delete(stream);
      lab.tell('closed', stream, reason ? plain(toCurlewError(reason)) : null);
    });
  },
  write: (stream, bytes) => opened(stream).write(bytes),
  async setBaud(stream, baud) {
    await opened(stream).rate?.set(baud);
  },
  async close(stream) {
    await streams.get(stream)?.close();
  },
  setMicrophone: (board, pcm) => made(board).board.setMicrophone(pcm),
  forget(name) {
    const known = boards.get(name);
    boards.delete(name);
    known?.board.switchOff();
  },
  switchOff: () =>
    [...boards].flatMap(([name, { board }]) => {
      try {
        board.switchOff();
        return [];
      } catch (thrown) {
        return [{ name, error: plain(toCurlewError(thrown)) }];
      }
    }),
};

const lab = offer<StreamSide>(side);
