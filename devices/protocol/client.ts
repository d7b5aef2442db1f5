/**
 * Requests and replies over one byte stream: sequence matching, several requests in flight, retry, abort. Knows no
 * command; a command brings its own encoding, time limit and whether it may be repeated.
 *
 * A board answers in order (PROTOCOL.md, Message). So an answer shows at once that a request sent before it, and
 * still without an answer, was lost on the way or its answer was; no time limit need pass to know it. How long to
 * wait where no later answer comes is measured (round-trip.ts).
 */
import { CurlewError } from '../../main/contract/error.ts';
import type { ByteStream } from '../drivers/port.ts';
import { onAbort } from './abort.ts';
import { realClock } from './clock.ts';
import { quickMs, type Command } from './command.ts';
import { Fields } from './fields.ts';
import {
  binaryDecoder,
  consoleDecoder,
  encodeFrame,
  type FrameDecoder,
  type FramingName,
} from './framing.ts';
import { osEcho } from './messages/os-echo.ts';
import { refusalOf } from './refusal.ts';
import { RoundTrip } from './round-trip.ts';
import { SequenceNumbers } from './sequence-numbers.ts';
import { decodeSmp, encodeSmp, type SmpMessage } from './smp.ts';
import { writeInTime } from './write-in-time.ts';

export interface RequestOptions {
  signal?: AbortSignal;
  /** The longest that one answer may take, in place of the command's own, milliseconds. */
  timeoutMs?: number;
  /** A repeatable command is asked again after silence, for this many times its time limit more. Default 2. */
  retries?: number;
  /** How often the caller has tried it in vain: each doubles the wait. */
  attempt?: number;
}

export interface SmpClient {
  /**
   * @throws CurlewError BOARD_SILENT, BOARD_REFUSED, BOARD_BAD_REPLY, PORT_LOST, FRAME_TOO_LARGE, ABORTED
   */
  request<P, R>(command: Command<P, R>, params: P, options?: RequestOptions): Promise<R>;
  /** From the next request on; the board answers in the framing of the request. */
  setFraming(framing: FramingName): void;
  /** Largest message and how many may be outstanding, as the board said; it may announce more than any decoder here collects. */
  setLimits(limits: { messageBytes: number; outstanding: number }): void;
  /** The caller has sent something again by itself. */
  countRetry(): void;
  readonly framing: FramingName;
  readonly messageBytes: number;
  readonly outstanding: number;
  readonly roundTrip: RoundTrip;
  /** Bytes a millisecond that the line carries each way; null where it has no rate. */
  readonly bytesPerMs: number | null;
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

/** Start bit, eight data bits, stop bit. */
const bitsPerByte = 10;
/** For a device that hangs, beside what the line takes: a busy machine is late, too. */
const mostWriteMs = 10_000;
/** Of the wait, after silences: on a noisy line silence says more of the noise than of the board. */
const mostDoublings = 3;
const largestMessage = 4096;

export function createSmpClient(stream: ByteStream, where: string, clock = realClock): SmpClient {
  const numbers = new SequenceNumbers(clock);
  const roundTrip = new RoundTrip();
  const queue: (() => void)[] = [];
  const counts = { sent: 0, received: 0, discarded: 0, retries: 0, messages: 0 };
  let framing: FramingName = 'console';
  let decoder: FrameDecoder = consoleDecoder();
  let limits = { messageBytes: 256, outstanding: 1 };
  let running = 0;
  let flyingBytes = 0;
  let overtaking = false;
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
    for (const waiter of numbers.waiting()) waiter.reject(lost);
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
    // A reply that nobody waits for any more is dropped: its request was given up, or repeated under a new number.
    const waiter = numbers.answered(message);
    if (!waiter) return;
    counts.messages++;
    waiter.resolve(message);
    if (overtaking || numbers.overtaken().length === 0) return;
    overtaking = true;
    // What has arrived together with this reply is read first.
    clock.after(1, () => {
      overtaking = false;
      for (const late of numbers.overtaken()) late.reject(silent(late.name));
    });
  }

  async function place(signal: AbortSignal | undefined): Promise<void> {
    while (running >= limits.outstanding && !lost) {
      await new Promise<void>((resolve, reject) => {
        const start = () => {
          stopWaiting();
          resolve();
        };
        const stopWaiting = onAbort(signal, () => {
          queue.splice(queue.indexOf(start), 1);
          reject(aborted());
        });
        queue.push(start);
      });
    }
    running++;
  }

  function send(frame: Uint8Array): Promise<void> {
    const lineMs = frame.length / (bytesPerMs() ?? Infinity);
    const turn = writing.then(() =>
      lost ? Promise.reject(lost) : writeInTime(stream, frame, where, clock, mostWriteMs + 2 * lineMs),
    );
    writing = turn.catch(() => undefined);
    return turn;
  }

  const bytesPerMs = (): number | null => (stream.rate ? stream.rate.baud / bitsPerByte / 1000 : null);

  /** How long to wait for an answer when `attempt` silences went before: what is on the line, and a round trip. */
  const limitOf = (attempt: number): number =>
    roundTrip.limitMs * 2 ** Math.min(attempt, mostDoublings) + flyingBytes / (bytesPerMs() ?? Infinity);

  /** @param probing asks in between whether the board is still there, so that a loss shows before the limit */
  async function once<P, R>(
    command: Command<P, R>,
    params: P,
    wait: { attempt: number; mostMs: number; probing: boolean },
    signal?: AbortSignal,
  ) {
    const number = numbers.next();
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
    let stopTimer: (() => void) | undefined;
    let stopWaiting: (() => void) | undefined;
    let leftAt: number | null = null;
    // A write may resolve after its answer has come; and what takes the board long says nothing of the line. An
    // answer that comes too late counts as well: its number tells which attempt it is of, and a wait that was too
    // short must become longer.
    const measure = (): void => {
      if (leftAt !== null && !wait.probing) roundTrip.add(clock.nowMs() - leftAt);
    };
    flyingBytes += frame.length;
    try {
      const reply = await new Promise<SmpMessage>((resolve, reject) => {
        numbers.wait(number, { ...command, command: command.id, resolve, reject, late: measure });
        stopWaiting = onAbort(signal, () => reject(aborted()));
        const ask = (attempt: number, leftMs: number): void => {
          const ms = Math.min(limitOf(attempt), leftMs);
          stopTimer = clock.after(ms, () => {
            if (!wait.probing || ms >= leftMs) {
              reject(silent(command.name));
              return;
            }
            void once(osEcho, { text: '' }, { attempt, mostMs: leftMs, probing: false }, signal).catch(
              () => undefined,
            );
            ask(attempt + 1, leftMs - ms);
          });
        };
        // The limit counts from when the request has left, not from when it joined a slow line's queue.
        send(frame).then(() => {
          counts.sent += frame.length;
          leftAt = clock.nowMs();
          if (numbers.waits(number)) ask(wait.attempt, wait.mostMs);
        }, reject);
      });
      measure();
      return reply;
    } finally {
      numbers.leave(number);
      flyingBytes -= frame.length;
      stopTimer?.();
      stopWaiting?.();
    }
  }

  const silent = (name: string) =>
    new CurlewError('BOARD_SILENT', `The board at ${where} did not answer "${name}".`, { port: where });

  return {
    async request(command, params, options = {}) {
      const { signal, attempt: before = 0 } = options;
      const mostMs = options.timeoutMs ?? command.timeoutMs;
      const retries = command.repeatable ? (options.retries ?? 2) : 0;
      // What takes the board no time is asked again; what may take long, or must not be done twice, is waited for.
      const probing = !command.repeatable || command.timeoutMs > 2 * quickMs;
      if (signal?.aborted) throw aborted();
      await place(signal);
      const started = clock.nowMs();
      try {
        for (let attempt = before; ; attempt++) {
          if (lost) throw lost;
          try {
            const reply = await once(command, params, { attempt, mostMs, probing }, signal);
            const refusal = refusalOf(command.name, command.group, reply.payload);
            if (refusal) throw refusal;
            return command.decode(new Fields(reply.payload, command.name));
          } catch (thrown) {
            const again =
              thrown instanceof CurlewError &&
              thrown.code === 'BOARD_SILENT' &&
              retries > 0 &&
              // Timers may fire a moment early.
              clock.nowMs() - started < (1 + retries) * mostMs - 5;
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
      limits = { ...next, messageBytes: Math.min(next.messageBytes, largestMessage) };
    },
    countRetry() {
      counts.retries++;
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
    get bytesPerMs() {
      return bytesPerMs();
    },
    get lastNoise() {
      return lastNoise;
    },
    counts,
    roundTrip,
  };
}

const aborted = () => new CurlewError('ABORTED', 'The request was cancelled.');
