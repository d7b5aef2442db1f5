/** Puts a serial line of some rate, delay and noise between the lab and a board, full duplex. */
import { CurlewError } from '../../main/contract/error.ts';
import type { ByteStream, Port } from '../drivers/port.ts';
import { StreamListeners } from '../drivers/stream-listeners.ts';
import { realClock, type Clock } from '../protocol/clock.ts';
import { Noise, type NoiseOptions } from './noise.ts';
import { Wire } from './wire.ts';

export interface LineOptions {
  /** Bits a second that the lab's end is set to when it opens, above 0; a byte takes ten (start, eight data, stop). */
  baudRate: number;
  /** Delay each way, milliseconds; 0 by default. */
  delayMs?: number;
  /** Both ways, each with its own seed drawn from the one given. */
  noise?: NoiseOptions;
  /** What bytes take is measured by it; real time by default. */
  clock?: Clock;
}

/** A board that can tell what its own end of the line is set to. */
export interface BoardPort extends Port {
  /** Bits a second; null: whatever the lab's end is set to. */
  readonly uartBaud?: number | null;
}

export interface SimulatedLine extends Port {
  /** From now on, in place of the noise so far. */
  setNoise(noise: NoiseOptions): void;
  /** While true nothing gets through, as if a wire were cut; the ports at both ends notice nothing. */
  setCut(cut: boolean): void;
}

/** What a serial driver takes ahead of the line: a write resolves once no more than this is on its way. */
const sendBufferBytes = 4096;

interface Air {
  out: Noise;
  back: Noise;
  cut: boolean;
}

export function simulatedLine(inner: BoardPort, options: LineOptions): SimulatedLine {
  const air: Air = { ...noises(options.noise ?? { seed: 0 }), cut: false };
  return {
    id: inner.id,
    kind: inner.kind,
    async open(openOptions) {
      return streamOver(await inner.open(openOptions), inner, options, air);
    },
    setNoise: (noise) => void Object.assign(air, noises(noise)),
    setCut: (cut) => void (air.cut = cut),
  };
}

const noises = (options: NoiseOptions): { out: Noise; back: Noise } => ({
  out: new Noise({ ...options, seed: 2 * options.seed }),
  back: new Noise({ ...options, seed: 2 * options.seed + 1 }),
});

function streamOver(inner: ByteStream, board: BoardPort, options: LineOptions, air: Air): ByteStream {
  const listeners = new StreamListeners(board.id);
  const { delayMs = 0, clock = realClock } = options;
  let baud = options.baudRate;
  let broken: CurlewError | undefined;
  const boardBaud = (): number => board.uartBaud ?? baud;

  const lost = (): CurlewError =>
    new CurlewError('PORT_LOST', `The connection to ${board.id} is gone: the port is closed.`, {
      port: board.id,
    });

  const out = new Wire({
    clock,
    delayMs,
    deliver: (bytes, sentAt) => {
      const arrived = sentAt === boardBaud() ? bytes : air.out.garble(bytes);
      if (arrived.length > 0 && !air.cut) return inner.write(arrived);
    },
    // The far end has closed, and says so itself.
    onBroken: () => {},
  });
  const back = new Wire({
    clock,
    delayMs,
    deliver: (bytes, sentAt) => {
      const arrived = sentAt === baud ? bytes : air.back.garble(bytes);
      if (arrived.length === 0 || air.cut) return;
      if (listeners.data(arrived)) return;
      broken = new CurlewError('PORT_LOST', `Curlew failed on what ${board.id} sent.`, { port: board.id });
      void inner.close();
    },
    onBroken: () => void inner.close(),
  });
  inner.onData((bytes) => {
    const sentAt = boardBaud();
    if (back.idle) air.back.rest();
    back.send(air.back.pass(bytes, sentAt), sentAt, air.back.holds());
  });
  inner.onClose((reason) => {
    out.cutOff();
    back.cutOff();
    listeners.close(reason ?? broken);
  });

  return {
    async write(bytes) {
      if (listeners.closed) throw lost();
      if (out.idle) air.out.rest();
      out.send(air.out.pass(bytes, baud), baud, air.out.holds());
      await out.fewerThan(sendBufferBytes);
      if (listeners.closed) throw lost();
    },
    onData: (listener) => listeners.onData(listener),
    onClose: (listener) => listeners.onClose(listener),
    close: () => inner.close(),
    rate: {
      get baud() {
        return baud;
      },
      async set(next) {
        await out.fewerThan(1);
        if (listeners.closed) throw lost();
        baud = next;
      },
    },
  };
}
