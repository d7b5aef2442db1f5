/**
 * Requests and replies over one byte stream: sequence matching, several requests in flight, retry, abort.
 * Knows no command; a command brings its own encoding, time limit and whether it may be repeated.
 */
import { CurlewError } from '../../main/contract/error.ts';
import type { ByteStream } from '../drivers/port.ts';
import type { Command } from './command.ts';
import { Fields } from './fields.ts';
import {
  binaryDecoder,
  consoleDecoder,
  encodeFrame,
  type FrameDecoder,
  type FramingName,
} from './framing.ts';
import { refusalOf } from './refusal.ts';
import { decodeSmp, encodeSmp, type SmpMessage } from './smp.ts';

export interface RequestOptions {
  signal?: AbortSignal;
  /** In place of the command's own, milliseconds. */
  timeoutMs?: number;
  /** Times a repeatable command is asked again after silence. Default 2. */
  retries?: number;
}

export interface SmpClient {
  /**
   * @throws CurlewError BOARD_SILENT, BOARD_REFUSED, BOARD_BAD_REPLY, PORT_LOST, FRAME_TOO_LARGE, ABORTED
   */
  request<P, R>(command: Command<P, R>, params: P, options?: RequestOptions): Promise<R>;
  /** From the next request on; the board answers in the framing of the request. */
  setFraming(framing: FramingName): void;
  /** Largest message and how many may be outstanding, as the board said. */
  setLimits(limits: { messageBytes: number; outstanding: number }): void;
  readonly framing: FramingName;
  readonly messageBytes: number;
  readonly outstanding: number;
  /** What has gone over the line so far. `discarded` counts received bytes that fit no frame. */
  readonly counts: Readonly<{
    sent: number;
    received: number;
    discarded: number;
    retries: number;
    messages: number;
  }>;
  /** The last bytes (at most 64) that fit no frame: what noise looks like. */
  readonly lastNoise: Uint8Array;
}

interface Waiter {
  operation: SmpMessage['operation'];
  group: number;
  command: number;
  resolve(reply: SmpMessage): void;
  reject(error: CurlewError): void;
}

export function createSmpClient(stream: ByteStream, where: string): SmpClient {
  const waiters = new Map<number, Waiter>();
  const queue: (() => void)[] = [];
  const counts = { sent: 0, received: 0, discarded: 0, retries: 0, messages: 0 };
  let framing: FramingName = 'console';
  let decoder: FrameDecoder = consoleDecoder();
  let limits = { messageBytes: 256, outstanding: 1 };
  let running = 0;
  let sequence = 0;
  let lost: CurlewError | null = null;
  let writing: Promise<void> = Promise.resolve();
  let lastNoise = new Uint8Array(0);

  stream.onData((bytes) => {
    counts.received += bytes.length;
    for (const decoded of decoder.push(bytes)) {
      if (decoded.type === 'message') take(decoded.body);
      else noise(decoded.bytes);
    }
  });
  stream.onClose((reason) => {
    lost =
      reason instanceof CurlewError
        ? reason
        : new CurlewError('PORT_LOST', `The connection to ${where} was closed.`, { port: where });
    for (const waiter of [...waiters.values()]) waiter.reject(lost);
    for (const start of queue.splice(0)) start();
  });

  function noise(bytes: Uint8Array): void {
    counts.discarded += bytes.length;
    lastNoise = Uint8Array.from([...lastNoise, ...bytes].slice(-64));
  }

  function take(body: Uint8Array): void {
    let message: SmpMessage;
    try {
      message = decodeSmp(body);
    } catch {
      noise(body);
      return;
    }
    const waiter = waiters.get(message.sequence);
    const matches =
      message.response &&
      waiter?.group === message.group &&
      waiter.command === message.command &&
      waiter.operation === message.operation;
    // A reply nobody waits for any more (it came after its time limit) is dropped: its request was repeated.
    if (!waiter || !matches) return;
    counts.messages++;
    waiter.resolve(message);
  }

  /** Sequence numbers are reused after 256 requests; one still waited for is stepped over. */
  function nextSequence(): number {
    do sequence = (sequence + 1) & 0xff;
    while (waiters.has(sequence));
    return sequence;
  }

  async function place(signal: AbortSignal | undefined): Promise<void> {
    while (running >= limits.outstanding && !lost) {
      await new Promise<void>((resolve, reject) => {
        const start = () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        };
        const abort = () => {
          queue.splice(queue.indexOf(start), 1);
          reject(aborted());
        };
        queue.push(start);
        signal?.addEventListener('abort', abort, { once: true });
      });
    }
    running++;
  }

  function send(frame: Uint8Array): Promise<void> {
    const turn = writing.then(() => (lost ? Promise.reject(lost) : stream.write(frame)));
    writing = turn.catch(() => undefined);
    return turn;
  }

  async function once<P, R>(command: Command<P, R>, params: P, timeoutMs: number, signal?: AbortSignal) {
    const number = nextSequence();
    const body = encodeSmp({
      operation: command.operation,
      response: false,
      group: command.group,
      sequence: number,
      command: command.id,
      payload: command.encode(params),
    });
    if (body.length > limits.messageBytes) {
      throw new CurlewError(
        'FRAME_TOO_LARGE',
        `The request "${command.name}" takes ${body.length} bytes and the board at ${where} accepts ${limits.messageBytes}.`,
      );
    }
    const frame = encodeFrame(framing, body);
    let timer: NodeJS.Timeout | undefined;
    let abort: (() => void) | undefined;
    try {
      return await new Promise<SmpMessage>((resolve, reject) => {
        waiters.set(number, {
          operation: command.operation,
          group: command.group,
          command: command.id,
          resolve,
          reject,
        });
        abort = () => reject(aborted());
        signal?.addEventListener('abort', abort, { once: true });
        // The limit counts from when the request has left, not from when it joined a slow line's queue.
        send(frame).then(() => {
          counts.sent += frame.length;
          timer = setTimeout(() => reject(silent(command.name, timeoutMs)), timeoutMs);
        }, reject);
      });
    } finally {
      waiters.delete(number);
      clearTimeout(timer);
      if (abort) signal?.removeEventListener('abort', abort);
    }
  }

  const silent = (name: string, timeoutMs: number) =>
    new CurlewError(
      'BOARD_SILENT',
      `The board at ${where} did not answer "${name}" within ${timeoutMs / 1000} s.`,
      {
        port: where,
      },
    );

  return {
    async request(command, params, options = {}) {
      const { signal } = options;
      const timeoutMs = options.timeoutMs ?? command.timeoutMs;
      const attempts = command.repeatable ? 1 + (options.retries ?? 2) : 1;
      if (signal?.aborted) throw aborted();
      await place(signal);
      try {
        for (let attempt = 1; ; attempt++) {
          if (lost) throw lost;
          try {
            const reply = await once(command, params, timeoutMs, signal);
            const refusal = refusalOf(command.name, command.group, reply.payload);
            if (refusal) throw refusal;
            return command.decode(new Fields(reply.payload, command.name));
          } catch (thrown) {
            const again =
              thrown instanceof CurlewError && thrown.code === 'BOARD_SILENT' && attempt < attempts;
            if (!again) throw thrown;
            counts.retries++;
          }
        }
      } finally {
        running--;
        queue.shift()?.();
      }
    },
    setFraming(next) {
      if (next === framing) return;
      framing = next;
      decoder = next === 'binary' ? binaryDecoder() : consoleDecoder();
    },
    setLimits(next) {
      limits = next;
    },
    get framing() {
      return framing;
    },
    get messageBytes() {
      return limits.messageBytes;
    },
    get outstanding() {
      return limits.outstanding;
    },
    get lastNoise() {
      return lastNoise;
    },
    counts,
  };
}

const aborted = () => new CurlewError('ABORTED', 'The request was cancelled.');
