/**
 * Boards that outlive the lab, each at a line of its own through a Unix socket: simulated ones, and the real firmware as
 * processes. Lines are cut and disturbed and boards restart while the lab, another process, is at work.
 */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { hostBoard } from '../../devices/boards/host/host-board.ts';
import { Noise } from '../../devices/boards/noise.ts';
import { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import type { ByteStream, Port } from '../../devices/drivers/port.ts';
import { StreamListeners } from '../../devices/drivers/stream-listeners.ts';
import { sha256Of } from '../../main/sha256.ts';
import { packExpert } from '../../models/packing/pack.ts';
import { randomExpert } from '../fixtures/random-expert.ts';
import { SimulatedBoard } from '../simulated-fleet/simulated-board.ts';

/** So few that what a ring holds lasts minutes, whatever happens to the lab. */
const recordsPerSecond = 5;
const hopSamples = 16_000 / recordsPerSecond;
/** A rate of which no line has any; pseudo-terminals and sockets have none. */
const anyBaudRate = 115_200;
const noisy = { bitErrorRate: 1e-4, lostBytes: 1e-4, doubledBytes: 1e-4 };

/** What is at the far end of a line. */
interface Subject {
  stream: ByteStream;
  /** Its power is cut, and comes back. */
  restart(): Promise<void>;
  halt(): Promise<void>;
  end(): Promise<void>;
}

export class SoakBoard {
  private socket: Socket | null = null;
  private forget = (): void => undefined;
  private cut = false;
  private noise: [Noise, Noise] | null = null;

  constructor(private readonly subject: Subject) {}

  /** The lab has opened the line. */
  connect(socket: Socket): void {
    if (this.cut) {
      socket.destroy();
      return;
    }
    this.disconnect();
    this.socket = socket;
    const off = this.subject.stream.onData((bytes) => void socket.write(this.pass(1, bytes)));
    this.forget = off;
    socket.on('data', (bytes) => void this.subject.stream.write(this.pass(0, bytes)).catch(() => undefined));
    socket.once('close', off);
  }

  /** Nobody reaches the board until the line is mended. */
  cutLine(): void {
    this.cut = true;
    this.disconnect();
  }

  mendLine(): void {
    this.cut = false;
  }

  /** @param seed null: the line is clean again */
  disturb(seed: number | null): void {
    this.noise =
      seed === null ? null : [new Noise({ ...noisy, seed }), new Noise({ ...noisy, seed: seed + 1 })];
  }

  async restart(): Promise<void> {
    this.cutLine();
    await this.subject.restart();
    this.mendLine();
  }

  halt(): Promise<void> {
    return this.subject.halt();
  }

  /** What the board says it has made since its last start; nobody else may be at its line. */
  async made(): Promise<{ boardId: string; bootId: number; last: number }> {
    const board = await CurlewBoard.open(shared(this.subject.stream));
    try {
      const { bootId, next } = await board.telemetry(2 ** 32 - 1);
      return { boardId: board.info.id, bootId, last: next - 1 };
    } finally {
      await board.close();
    }
  }

  end(): Promise<void> {
    this.cutLine();
    return this.subject.end();
  }

  private disconnect(): void {
    this.forget();
    this.socket?.destroy();
    this.socket = null;
  }

  private pass(way: 0 | 1, bytes: Uint8Array): Uint8Array {
    return this.noise ? this.noise[way].pass(bytes, anyBaudRate) : bytes;
  }
}

/** The lab names a board by the first byte that it sends. @param path of the socket */
export async function serveBoards(path: string, boards: readonly SoakBoard[]): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (first) => boards[first[0]!]?.connect(socket));
  });
  server.listen(path);
  await once(server, 'listening');
  return server;
}

export function simulatedBoard(number: number): SoakBoard {
  const id = new Uint8Array(8);
  new DataView(id.buffer).setUint32(4, number);
  let boots = 0;
  const start = (): SimulatedBoard =>
    new SimulatedBoard({
      ...{ id, name: `simulated-${number}`, bootId: 1000 * number + ++boots, recordsPerSecond },
      nowMs: () => performance.now(),
    });
  let board = start();
  const listeners = new StreamListeners(`simulated-${number}`);
  return new SoakBoard({
    stream: {
      write: (bytes) => {
        for (const answer of board.take(bytes)) listeners.data(answer);
        return Promise.resolve();
      },
      onData: (listener) => listeners.onData(listener),
      onClose: (listener) => listeners.onClose(listener),
      close: () => Promise.resolve(),
    },
    restart: () => {
      board = start();
      return Promise.resolve();
    },
    halt: () => Promise.resolve(board.halt()),
    end: () => Promise.resolve(),
  });
}

/** @param audioFile what it hears, over and over */
export async function realBoard(number: number, folder: string, audioFile: string): Promise<SoakBoard> {
  const port = hostBoard({
    ...{ name: `real-${number}`, id: number.toString(16).padStart(16, '0'), audioFile },
    flashFile: `${folder}/flash-${number}`,
  });
  let stream = await port.open();
  const ask = async (work: (board: CurlewBoard) => Promise<unknown>): Promise<void> => {
    const board = await CurlewBoard.open(shared(stream));
    await work(board).finally(() => board.close());
  };
  await ask(async (board) => {
    const expert = packExpert(randomExpert(1), new Uint8Array(32));
    const { slot } = await board.upload(expert, Buffer.from(sha256Of(expert), 'hex'));
    await board.verify(slot);
    await board.activate({ slots: [slot] });
    await board.listen(true, hopSamples);
  });
  return new SoakBoard({
    get stream() {
      return stream;
    },
    async restart() {
      await stream.close();
      stream = await port.open();
      await ask((board) => board.listen(true, hopSamples));
    },
    halt: () => ask((board) => board.listen(false)),
    end: () => stream.close(),
  });
}

/** A port to a stream that stays open when who opened it closes it. */
function shared(stream: ByteStream): Port {
  return {
    id: 'soak',
    kind: 'host',
    open: () => {
      const offs: (() => void)[] = [];
      return Promise.resolve<ByteStream>({
        write: (bytes) => stream.write(bytes),
        onData: (listener) => (offs.push(stream.onData(listener)), offs.at(-1)!),
        onClose: (listener) => (offs.push(stream.onClose(listener)), offs.at(-1)!),
        close: () => Promise.resolve(offs.forEach((off) => off())),
      });
    },
  };
}
