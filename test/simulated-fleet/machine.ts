/** A machine with ports of simulated boards, which live in threads of their own, beside those of a real directory. */
import { StreamListeners } from '../../devices/drivers/stream-listeners.ts';
import type { ByteStream, Port } from '../../devices/drivers/port.ts';
import { CurlewError } from '../../main/contract/error.ts';
import type { PortDirectory } from '../../main/fleet/port-directory.ts';
import type { StreamSide } from '../../main/fleet/virtual/board-calls.ts';
import type { Calls } from '../../main/threads/peer.ts';
import { peerThread, type PeerThread } from '../../main/threads/peer-thread.ts';
import { startWorker } from '../../main/threads/worker-url.ts';

export interface SimulatedFleetData {
  boards: number;
  /** Number of the first. */
  first: number;
  recordsPerSecond: number;
}

/** The thread's side. */
export interface SimulatedSide extends Calls {
  /** @throws CurlewError PORT_NOT_FOUND */
  openBoard(place: number, stream: number): void;
  write(stream: number, bytes: Uint8Array): void;
  close(stream: number): void;
  /** No board makes any more records. */
  halt(): void;
}

export interface SimulatedMachine extends PortDirectory {
  readonly portIds: readonly string[];
  halt(): Promise<void>;
  end(): void;
}

/** @param beside ports of other boards */
export function simulatedMachine(data: SimulatedFleetData, beside: PortDirectory): SimulatedMachine {
  const streams = new Map<number, { id: string; listeners: StreamListeners }>();
  let lastStream = 0;
  const own: StreamSide = {
    data: (stream, bytes) => void streams.get(stream)?.listeners.data(bytes),
    closed: () => undefined,
  };
  const worker = startWorker('board-worker', import.meta.url, data);
  const thread: PeerThread<SimulatedSide> = peerThread(worker, 'simulated boards', own);
  const ports = new Map<string, Port>();
  for (let place = 0; place < data.boards; place++) {
    const id = `simulated:${data.first + place}`;
    ports.set(id, { id, kind: 'path', open: () => open(id, place) });
  }

  async function open(id: string, place: number): Promise<ByteStream> {
    const stream = ++lastStream;
    const listeners = new StreamListeners(id);
    streams.set(stream, { id, listeners });
    await thread.peer.call('openBoard', place, stream);
    return {
      write(bytes) {
        if (listeners.closed) return Promise.reject(new CurlewError('PORT_LOST', `${id} is closed.`));
        thread.peer.tell('write', stream, new Uint8Array(bytes));
        return Promise.resolve();
      },
      onData: (listener) => listeners.onData(listener),
      onClose: (listener) => listeners.onClose(listener),
      close() {
        if (listeners.close(undefined)) thread.peer.tell('close', stream);
        streams.delete(stream);
        return Promise.resolve();
      },
    };
  }

  return {
    portIds: [...ports.keys()],
    halt: () => thread.peer.call('halt'),
    end: () => thread.end(new CurlewError('PORT_LOST', 'The simulated boards were switched off.')),
    async list() {
      const { ports: others, problem } = await beside.list();
      const simulated = [...ports.keys()].map((id) => ({
        ...{ id, kind: 'path' as const, label: 'Simulated board', attachedBoard: null, made: false },
        device: null,
      }));
      return { ports: [...others, ...simulated], problem };
    },
    withUsb: (usb) => beside.withUsb(usb),
    open(portId, baudRate) {
      const port = ports.get(portId);
      return port
        ? { port, lineBytesPerSecond: null, baudRate: null, usb: null }
        : beside.open(portId, baudRate);
    },
    add: (made) => beside.add(made),
    isMade: (portId) => beside.isMade(portId),
    remove: (portId) => beside.remove(portId),
  };
}
