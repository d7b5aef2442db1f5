/** The threads that virtual boards run in: so many as there are cores to spare, started when a board is opened. */
import { availableParallelism } from 'node:os';
import type { Port } from '../../../devices/drivers/port.ts';
import { CurlewError } from '../../contract/error.ts';
import { peerThread, type PeerThread } from '../../threads/peer-thread.ts';
import { revive } from '../../threads/worker-thread.ts';
import { startWorker } from '../../threads/worker-url.ts';
import type { BoardMade, BoardSide, StreamSide } from './board-calls.ts';
import { RemoteStream } from './remote-stream.ts';
import { virtualLine } from './virtual-line.ts';

/** A thread that does not end within this is ended. */
const longestSwitchOffMs = 5000;

export class BoardThreads {
  private readonly threads: (PeerThread<BoardSide> | null)[];
  private readonly streams = new Map<number, { stream: RemoteStream; place: number }>();
  private nextStream = 1;

  /** @param wasmPath the firmware */
  constructor(private readonly wasmPath: string) {
    this.threads = new Array<null>(Math.max(1, Math.min(8, availableParallelism() - 1))).fill(null);
  }

  /** @param place any whole number; boards of neighbouring numbers run in different threads */
  port(id: string, board: BoardMade, place: number): Port {
    return {
      id,
      kind: 'virtual',
      open: async ({ signal } = {}) => {
        const { peer } = this.thread(place);
        const number = this.nextStream++;
        const stream = new RemoteStream(id, peer, number, virtualLine.baudRate);
        this.streams.set(number, { stream, place });
        try {
          await peer.call('open', board, number);
        } catch (thrown) {
          this.streams.delete(number);
          throw thrown;
        }
        if (signal?.aborted) {
          await stream.close();
          throw new CurlewError('ABORTED', `Opening ${id} was cancelled.`);
        }
        return stream;
      },
    };
  }

  setMicrophone(board: BoardMade, place: number, pcm: Int16Array | null): Promise<void> {
    return this.thread(place).peer.call('setMicrophone', board, pcm && shared(pcm));
  }

  /** Switches a board off for good: its files go next. */
  async forget(board: BoardMade, place: number): Promise<void> {
    const running = this.threads[place % this.threads.length];
    if (running?.alive) await running.peer.call('forget', board.name);
  }

  /** @returns boards whose flash could not be saved, and why */
  async switchOff(): Promise<{ name: string; error: CurlewError }[]> {
    const off = this.threads.map(async (thread) => {
      if (!thread?.alive) return [];
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        const slow = () => reject(new CurlewError('INTERNAL', 'A thread of virtual boards does not answer.'));
        timer = setTimeout(slow, longestSwitchOffMs);
      });
      try {
        return await Promise.race([thread.peer.call('switchOff'), late]);
      } finally {
        clearTimeout(timer);
        thread.end(new CurlewError('PORT_LOST', 'The virtual boards were switched off.'));
      }
    });
    const problems = (await Promise.all(off)).flat();
    return problems.map(({ name, error }) => ({ name, error: revive(error) }));
  }

  private thread(place: number): PeerThread<BoardSide> {
    const at = place % this.threads.length;
    const running = this.threads[at];
    if (running?.alive) return running;
    const own: StreamSide = {
      data: (stream, bytes) => this.streams.get(stream)?.stream.deliver(bytes),
      closed: (stream, reason) => {
        this.streams.get(stream)?.stream.lose(reason && revive(reason));
        this.streams.delete(stream);
      },
    };
    const worker = startWorker('board-worker', import.meta.url, { wasmPath: this.wasmPath });
    const started = peerThread<BoardSide>(worker, 'virtual boards', own, (reason) => {
      for (const [number, { stream, place: other }] of this.streams) {
        if (other % this.threads.length !== at) continue;
        this.streams.delete(number);
        stream.lose(new CurlewError('PORT_LOST', reason.message));
      }
    });
    this.threads[at] = started;
    return started;
  }
}

const sharedClips = new WeakMap<Int16Array, Int16Array>();

/** One copy for all boards that hear it. */
function shared(pcm: Int16Array): Int16Array {
  const known = sharedClips.get(pcm);
  if (known) return known;
  const copy = new Int16Array(new SharedArrayBuffer(pcm.byteLength));
  copy.set(pcm);
  sharedClips.set(pcm, copy);
  return copy;
}
