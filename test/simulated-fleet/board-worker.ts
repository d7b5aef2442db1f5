/** A thread of simulated boards. */
import { workerData } from 'node:worker_threads';
import { CurlewError } from '../../main/contract/error.ts';
import type { StreamSide } from '../../main/fleet/virtual/board-calls.ts';
import { offer } from '../../main/threads/offer.ts';
import type { SimulatedFleetData, SimulatedSide } from './machine.ts';
import { SimulatedBoard } from './simulated-board.ts';

const { boards: count, first, ...options } = workerData as SimulatedFleetData;
const nowMs = (): number => performance.now();
const boards = Array.from({ length: count }, (_, i) => {
  const number = first + i;
  const id = new Uint8Array(8);
  new DataView(id.buffer).setUint32(4, number);
  return new SimulatedBoard({ ...options, id, name: `simulated-${number}`, bootId: number, nowMs });
});
const streams = new Map<number, SimulatedBoard>();

const side: SimulatedSide = {
  openBoard(place, stream) {
    const board = boards[place];
    if (!board) throw new CurlewError('PORT_NOT_FOUND', `There is no simulated board ${place}.`);
    board.opened();
    streams.set(stream, board);
  },
  write(stream, bytes) {
    for (const answer of streams.get(stream)?.take(bytes) ?? []) lab.tell('data', stream, answer);
  },
  close: (stream) => void streams.delete(stream),
  halt: () => boards.forEach((board) => board.halt()),
};
const lab = offer<StreamSide>(side);
