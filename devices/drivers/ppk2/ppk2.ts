/** A Power Profiler Kit 2 behind any port: what it is told, and the bytes of its samples as they come. */
import { CurlewError } from '../../../main/contract/error.ts';
import { realClock, type Clock } from '../../protocol/clock.ts';
import { writeInTime } from '../../protocol/write-in-time.ts';
import type { ByteStream, Port } from '../port.ts';
import { command, type Ppk2Mode } from './commands.ts';
import { greetPpk2 } from './greet.ts';
import { isNamed } from '../identify/device.ts';
import { identify, otherDevice } from '../identify/identify.ts';
import type { Metadata } from './metadata.ts';

/** What its USB is opened at; it has no line behind it that this would be the rate of. */
export const ppk2BaudRate = 115_200;

/** Started sooner after a stop it sends nonsense, users report. */
const restMs = 200;
/** It sends every few milliseconds while it measures. */
const silentMs = 2000;
const lookMs = 250;

export interface Ppk2Options {
  signal?: AbortSignal;
  clock?: Clock;
}

export interface Listener {
  /** @param atMs when they came, by the clock */
  bytes(bytes: Uint8Array, atMs: number): void;
  /** It ended by itself: told once, and nothing comes any more. */
  failed(reason: CurlewError): void;
}

export class Ppk2 {
  private listener: Listener | null = null;
  private stoppedMs: number;
  private heardMs = 0;
  private closed = false;
  private endWatch: () => void = () => undefined;

  private constructor(
    readonly where: string,
    readonly metadata: Metadata,
    private readonly stream: ByteStream,
    private readonly clock: Clock,
  ) {
    this.stoppedMs = clock.nowMs();
    stream.onData((bytes) => {
      if (!this.listener) return;
      this.heardMs = clock.nowMs();
      this.listener.bytes(bytes, this.heardMs);
    });
    stream.onClose((reason) => {
      this.closed = true;
      if (reason) this.fail(asError(reason, where));
    });
  }

  /**
   * Opens the port, and closes it again where no kit is behind it.
   * @throws CurlewError as Port.open and greetPpk2
   */
  static async open(port: Port, { signal, clock = realClock }: Ppk2Options = {}): Promise<Ppk2> {
    const stream = await port.open(signal ? { signal } : {});
    try {
      const metadata = await greetPpk2(stream, port.id, clock, signal);
      return new Ppk2(port.id, metadata, stream, clock);
    } catch (thrown) {
      // What does not answer to a kit's commands may answer to others.
      const silent = thrown instanceof CurlewError && thrown.code === 'BOARD_SILENT';
      const device = silent ? await identify(stream, port.id, clock, signal).catch(() => null) : null;
      await stream.close();
      throw device && isNamed(device) && device.kind !== 'ppk2' ? otherDevice(device, port.id) : thrown;
    }
  }

  /**
   * @param millivolts what its regulator gives; of the ampere meter what the supply is, which the offset depends on
   * @throws CurlewError REQUEST_INVALID, PORT_LOST, BOARD_SILENT
   */
  async setUp(mode: Ppk2Mode, millivolts: number): Promise<void> {
    const regulator = command.regulator(millivolts);
    await this.send(command.mode(mode));
    await this.send(regulator);
  }

  /** Connects the device under test to its supply, or cuts it off. @throws CurlewError PORT_LOST, BOARD_SILENT */
  power(on: boolean): Promise<void> {
    return this.send(command.power(on));
  }

  /** @throws CurlewError PORT_LOST, BOARD_SILENT, ABORTED */
  async start(listener: Listener, signal?: AbortSignal): Promise<void> {
    const restLeftMs = this.stoppedMs + restMs - this.clock.nowMs();
    if (restLeftMs > 0) await this.clock.sleep(restLeftMs, signal);
    this.heardMs = this.clock.nowMs();
    this.listener = listener;
    try {
      await this.send(command.start);
    } catch (thrown) {
      this.listener = null;
      throw thrown;
    }
    this.endWatch = this.clock.every(lookMs, () => this.watch());
  }

  /** Never rejects: a device that is gone has stopped as well. */
  async stop(): Promise<void> {
    this.listener = null;
    this.endWatch();
    this.stoppedMs = this.clock.nowMs();
    if (!this.closed) await this.send(command.stop).catch(() => undefined);
  }

  /** Stops it, and lets go of the port. Idempotent. */
  async close(): Promise<void> {
    await this.stop();
    this.closed = true;
    await this.stream.close();
  }

  private send(bytes: Uint8Array): Promise<void> {
    return writeInTime(this.stream, bytes, this.where, this.clock);
  }

  private watch(): void {
    if (!this.listener || this.clock.nowMs() - this.heardMs < silentMs) return;
    this.fail(
      new CurlewError(
        'BOARD_SILENT',
        `The Power Profiler Kit at ${this.where} has sent nothing for ${silentMs / 1000} s: it hangs, or was switched off. ` +
          `What it sent before is kept.`,
        { port: this.where },
      ),
    );
  }

  private fail(reason: CurlewError): void {
    const { listener } = this;
    if (!listener) return;
    void this.stop();
    listener.failed(reason);
  }
}

const asError = (reason: Error, port: string): CurlewError =>
  reason instanceof CurlewError
    ? reason
    : new CurlewError('PORT_LOST', `The connection to ${port} was lost (${reason.message}).`, { port });
