/** Any device that speaks SMP behind any port, with whatever firmware: what it tells, and images and files sent to it. */
import { CurlewError } from '../../../main/contract/error.ts';
import { createSmpClient, type RequestOptions, type SmpClient } from '../../protocol/client.ts';
import { realClock, type Clock } from '../../protocol/clock.ts';
import type { Command } from '../../protocol/command.ts';
import { imageErase } from '../../protocol/messages/image-erase.ts';
import { imageMark, type ImageSlot } from '../../protocol/messages/image-state.ts';
import { osEcho } from '../../protocol/messages/os-echo.ts';
import { osParameters, type LinkParameters } from '../../protocol/messages/os-parameters.ts';
import { osReset } from '../../protocol/messages/os-reset.ts';
import { isNamed } from '../identify/device.ts';
import { identify, otherDevice } from '../identify/identify.ts';
import type { ByteStream, Port } from '../port.ts';

/** What Zephyr's serial ports run at. */
export const smpBaudRate = 115_200;

export interface SmpOptions {
  signal?: AbortSignal;
  clock?: Clock;
}

const greetingMs = 500;
const greetings = 6;
/** What every device takes, where it does not say. */
const usualMessage = 256;
const mostOutstanding = 4;

export class SmpDevice {
  private constructor(
    readonly where: string,
    /** Null where it does not tell them: one message at a time then, a short one. */
    readonly parameters: LinkParameters | null,
    readonly client: SmpClient,
    private readonly stream: ByteStream,
    readonly clock: Clock,
  ) {}

  /**
   * Opens the port and greets the device: who refuses a question speaks SMP as well.
   * @throws CurlewError of the port; PORT_OTHER, BOARD_SILENT, BOARD_GARBAGE, ABORTED
   */
  static async open(port: Port, { signal, clock = realClock }: SmpOptions = {}): Promise<SmpDevice> {
    const stream = await port.open(signal ? { signal } : {});
    try {
      const client = createSmpClient(stream, port.id, clock);
      const options = { timeoutMs: greetingMs, retries: greetings - 1, ...(signal && { signal }) };
      const parameters = await unlessRefused(client.request(osParameters, undefined, options));
      client.setLimits({
        messageBytes: parameters?.bufferSize ?? usualMessage,
        outstanding: Math.max(1, Math.min(mostOutstanding, (parameters?.bufferCount ?? 1) - 1)),
      });
      return new SmpDevice(port.id, parameters, client, stream, clock);
    } catch (thrown) {
      const silent = thrown instanceof CurlewError && thrown.code === 'BOARD_SILENT';
      const device = silent ? await identify(stream, port.id, clock, signal).catch(() => null) : null;
      await stream.close();
      if (!device) throw thrown;
      // It answers at another rate than it was greeted at, say.
      const speaks = device.kind === 'smp' || device.kind === 'curlew';
      throw isNamed(device) && !speaks ? otherDevice(device, port.id) : notHere(device.baud, speaks, thrown);
    }
  }

  /** Bits a second; null where the line has no rate. */
  get baud(): number | null {
    return this.stream.rate?.baud ?? null;
  }

  request<P, R>(command: Command<P, R>, params: P, options?: RequestOptions): Promise<R> {
    return this.client.request(command, params, options);
  }

  /** As `request`; null where the device says that it does not know it, or may not. */
  ask<P, R>(command: Command<P, R>, params: P, options?: RequestOptions): Promise<R | null> {
    return unlessRefused(this.client.request(command, params, options));
  }

  /**
   * Time from a request to its answer, milliseconds, on an idle line.
   * @param bytes of text that goes there and back
   * @throws CurlewError BOARD_SILENT where it does not come
   */
  async echo(bytes: number, options: RequestOptions = {}): Promise<number> {
    const text = 'e'.repeat(bytes);
    const askedMs = this.clock.nowMs();
    const reply = await this.client.request(osEcho, { text }, { ...options, retries: 0 });
    const ms = this.clock.nowMs() - askedMs;
    if (reply.text === text) return ms;
    throw new CurlewError(
      'BOARD_BAD_REPLY',
      `The device at ${this.where} sends back another text than it got.`,
      {
        port: this.where,
      },
    );
  }

  /** @param hash hex; null for the image that runs now @throws CurlewError of the client */
  mark(hash: string | null, confirm: boolean, options?: RequestOptions): Promise<ImageSlot[]> {
    const bytes = hash === null ? null : Uint8Array.from(hash.match(/../g) ?? [], (two) => parseInt(two, 16));
    return this.client.request(imageMark, { hash: bytes, confirm }, options);
  }

  erase(options?: RequestOptions): Promise<void> {
    return this.client.request(imageErase, undefined, options);
  }

  reset(options?: RequestOptions): Promise<void> {
    return this.client.request(osReset, undefined, options);
  }

  onClose(listener: (reason: Error | undefined) => void): () => void {
    return this.stream.onClose(listener);
  }

  /** Idempotent. */
  close(): Promise<void> {
    return this.stream.close();
  }
}

async function unlessRefused<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (thrown) {
    if (thrown instanceof CurlewError && thrown.code === 'BOARD_REFUSED') return null;
    throw thrown;
  }
}

function notHere(baud: number | null, speaks: boolean, thrown: unknown): unknown {
  if (!speaks || !(thrown instanceof CurlewError)) return thrown;
  const how = baud === null ? 'now that it was asked again' : `at ${baud} baud`;
  return new CurlewError('BOARD_SILENT', `${thrown.message} It does answer ${how}: try it so.`, {
    ...thrown.context,
    baud,
  });
}
