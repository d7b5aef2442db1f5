/** For tests of the fleet: real firmware at ports that a test plugs in and pulls out, on a clock that it turns. */
import { readFileSync } from 'node:fs';
import { simulatedLine, type SimulatedLine } from '../../devices/boards/simulated-line.ts';
import { VirtualBoard } from '../../devices/boards/virtual/virtual-board.ts';
import { instrumentOf } from '../../devices/drivers/identify/usb.ts';
import type { ByteStream, Port } from '../../devices/drivers/port.ts';
import { TestClock } from '../../devices/protocol/test-clock.ts';
import { CurlewError } from '../contract/error.ts';
import type { Asker } from '../contract/roles.ts';
import type { Board, BoardLogKind, LogLine, TelemetryRecord } from '../contract/types.ts';
import { resources } from '../resources.ts';
import type { BoardStore, MetBoard } from '../store/board-store.ts';
import type { KnownImages } from '../store/known-images.ts';
import type { SignedImages } from '../store/signed-images.ts';
import type { TelemetryStore } from '../store/telemetry-store.ts';
import type { BoardChanges } from './contract/boards.ts';
import { Fleet } from './fleet.ts';
import type { PortDirectory } from './port-directory.ts';

const wasm = readFileSync(resources.virtualBoard);

/** Knows no image, and keeps none. */
export const noImages: KnownImages = {
  keep: async () => undefined,
  of: () => null,
  namesOf: () => ({ expertName: null, className: null }),
};

/** A board with this serial number, and the line to it. */
export interface TestBoard {
  board: VirtualBoard;
  line: SimulatedLine;
}

interface Socket {
  port: Port;
  usb: string | null;
  streams: ByteStream[];
}

export class TestMachine implements PortDirectory {
  private readonly sockets = new Map<string, Socket>();

  plug(path: string, port: Port, usb: string | null = null): void {
    this.sockets.set(path, { port, usb, streams: [] });
  }

  /** The cable goes; the board at its other end keeps its power. */
  async pull(path: string): Promise<void> {
    const socket = this.sockets.get(path);
    this.sockets.delete(path);
    for (const stream of socket?.streams ?? []) await stream.close();
  }

  list() {
    const ports = [...this.sockets].map(([id, { usb }]) => ({
      ...{ id, kind: 'serial' as const, label: id, attachedBoard: null, made: false },
      device: instrumentOf(usb),
    }));
    return Promise.resolve({ ports, problem: null });
  }

  withUsb(usb: string): string[] {
    return [...this.sockets].filter(([, socket]) => socket.usb === usb).map(([path]) => path);
  }

  open(portId: string, baudRate?: number) {
    const port: Port = { id: portId, kind: 'serial', open: (options) => this.openSocket(portId, options) };
    const usb = this.sockets.get(portId)?.usb ?? null;
    return { port, lineBytesPerSecond: null, baudRate: baudRate ?? null, usb };
  }

  add(): void {
    throw new Error('A machine with serial ports alone.');
  }

  isMade(): boolean {
    return false;
  }

  remove(portId: string): Promise<void> {
    return Promise.reject(new CurlewError('PORT_NOT_FOUND', `${portId} is no port that the lab has made.`));
  }

  private async openSocket(path: string, options: Parameters<Port['open']>[0]): Promise<ByteStream> {
    const socket = this.sockets.get(path);
    if (!socket) throw new CurlewError('PORT_NOT_FOUND', `There is no port ${path}.`);
    const stream = await socket.port.open(options);
    let ours = false;
    socket.streams.push(stream);
    return {
      ...stream,
      ...(stream.rate ? { rate: stream.rate } : {}),
      onClose: (listener) =>
        stream.onClose((reason) =>
          listener(ours ? undefined : (reason ?? new CurlewError('PORT_LOST', `${path} was pulled out.`))),
        ),
      close: () => {
        ours = true;
        return stream.close();
      },
    };
  }
}

export class TestFleet {
  readonly clock = new TestClock();
  readonly machine = new TestMachine();
  readonly log: LogLine[] = [];
  readonly told: TelemetryRecord[] = [];
  readonly stored: TelemetryRecord[] = [];
  readonly changes: BoardChanges[] = [];
  readonly met = new Map<string, MetBoard>();
  readonly boardLog: { boardId: string; kind: BoardLogKind; text: string; by: Asker | null }[] = [];
  /** What the store of records fails with. */
  failure: CurlewError | null = null;
  /** Whether the lab sets clocks. */
  readonly clocks = { setsClocks: true };
  private readonly made: VirtualBoard[] = [];
  fleet = this.open();

  /** As a lab does when it starts. */
  open(): Fleet {
    const fleet = new Fleet(this.machine, {
      telemetry: this.telemetry(),
      boards: this.boards(),
      boardLog: {
        add: (boardId, kind, text, { by = null } = {}) => {
          this.boardLog.push({ boardId, kind, text, by });
          this.log.push({ number: 0, count: 1, atMs: 0, level: 'info', subject: boardId, text });
        },
      },
      signedImages: { imageOf: (hash: string) => hash } as SignedImages,
      images: noImages,
      versions: { saw: () => undefined },
      emit: (event, payload) => {
        if (event === 'boards') this.changes.push(payload as BoardChanges);
      },
      stored: (_boardId, records) => void this.told.push(...records),
      log: (level, subject, text) =>
        void this.log.push({ number: 0, count: 1, atMs: 0, level, subject, text }),
      clocks: this.clocks,
      clock: this.clock,
      wallMs: () => 1_800_000_000_000 + this.clock.nowMs(),
    });
    this.fleet = fleet;
    return fleet;
  }

  /** The lab ends and starts again. */
  async restart(): Promise<void> {
    await this.clock.run(this.fleet.close());
    this.open().restore([...this.met.values()]);
  }

  async close(): Promise<void> {
    await this.clock.run(this.fleet.close());
    for (const board of this.made) board.switchOff();
  }

  /** A board that is switched on: to load its firmware takes time that no clock here turns. @param number its serial number */
  async board(number: number): Promise<TestBoard> {
    let boots = 100 * number;
    const board = new VirtualBoard({
      wasm,
      name: `board-${number}`,
      id: new Uint8Array(8).fill(number),
      clock: this.clock,
      nextBootId: () => ++boots,
    });
    this.made.push(board);
    await (await board.open()).close();
    return { board, line: simulatedLine(board, { baudRate: 921_600, clock: this.clock }) };
  }

  attach(path: string): Promise<Board> {
    return this.clock.run(this.fleet.attach(path));
  }

  at(path: string): Board | undefined {
    return this.fleet.boards().find((board) => board.portId === path);
  }

  private telemetry(): TelemetryStore {
    const of = (boardId: string, bootId: number) =>
      this.stored.filter((record) => record.boardId === boardId && record.bootId === bootId);
    return {
      append: async (records) => {
        if (this.failure) throw this.failure;
        this.stored.push(...records);
      },
      cursor: async (boardId, bootId) => of(boardId, bootId).at(-1)?.sequence ?? 0,
      lastTime: async (boardId, bootId) => of(boardId, bootId).at(-1)?.atMs ?? null,
    } as Partial<TelemetryStore> as TelemetryStore;
  }

  private boards(): BoardStore {
    return {
      seen: async (board, reached) => {
        // With an entry of its own, as the store knows none.
        const { entry: _entry, state: _state, message: _message, ...known } = board;
        this.met.set(board.id, { ...reached, kept: true, known });
      },
      letGo: async (boardId) => {
        const one = this.met.get(boardId);
        if (one) this.met.set(boardId, { ...one, kept: false });
      },
    } as Partial<BoardStore> as BoardStore;
  }
}
