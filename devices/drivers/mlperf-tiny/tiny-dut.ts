/** A device under test of MLPerf Tiny behind any port: identified, given inputs, and had infer them. */
import { realClock, type Clock } from '../../protocol/clock.ts';
import type { ByteStream, Port } from '../port.ts';
import { command } from './commands.ts';
import { greetTiny, type TinyIdentity } from './greet.ts';
import { LineLink } from './line-link.ts';
import { badReply, bufferOf, elapsedOf, lapsOf, resultsOf } from './replies.ts';

/** Rates the benchmark has: of performance and accuracy, and of energy. */
export const tinyBaudRates = [115_200, 9600] as const;

/** The reference’s own patience with inferences. */
const inferMs = 30_000;

export interface TinyOptions {
  signal?: AbortSignal;
  clock?: Clock;
}

export interface Inferred {
  /** Of all inferences together, by its own clock; null in energy mode, where a pin tells. */
  microseconds: number | null;
  /** Of the last one, to three decimals. */
  results: number[];
}

export class TinyDut {
  private constructor(
    readonly where: string,
    readonly identity: TinyIdentity,
    private readonly stream: ByteStream,
    private readonly link: LineLink,
  ) {}

  /**
   * Opens the port, and closes it again where no such device is behind it.
   * @throws CurlewError as Port.open and greetTiny
   */
  static async open(port: Port, { signal, clock = realClock }: TinyOptions = {}): Promise<TinyDut> {
    const stream = await port.open(signal ? { signal } : {});
    try {
      const link = new LineLink(stream, port.id, clock);
      return new TinyDut(port.id, await greetTiny(link, clock, signal), stream, link);
    } catch (thrown) {
      await stream.close();
      throw thrown;
    }
  }

  /** Whether it goes on after an error: it refused, but answers. */
  get usable(): boolean {
    return this.link.usable;
  }

  /**
   * Gives it the next input.
   * @throws CurlewError REQUEST_INVALID for one that there is no room for; those of LineLink.ask
   */
  async load(input: Uint8Array, signal?: AbortSignal): Promise<void> {
    const { link, where } = this;
    const expecting = await link.ask(command.load(input.length), signal);
    if (!expecting.some((line) => line.includes(`Expecting ${input.length} bytes`)))
      throw badReply(where, `not that it expects ${input.length} bytes`, expecting);
    let last: string[] = [];
    for (const piece of command.pieces(input)) last = await link.ask(piece, signal);
    if (!last.includes('m-load-done'))
      throw badReply(where, `not that all ${input.length} bytes have come`, last);
  }

  /** The input as it has it. @throws CurlewError BOARD_BAD_REPLY; those of LineLink.ask */
  async loaded(signal?: AbortSignal): Promise<Uint8Array> {
    return bufferOf(await this.link.ask(command.print, signal), this.where);
  }

  /**
   * @param expectedMs they are likely to take: what it is silent for
   * @throws CurlewError REQUEST_INVALID, BOARD_BAD_REPLY; those of LineLink.ask
   */
  async infer(
    inferences: number,
    warmUps: number,
    { signal, expectedMs = 0 }: { signal?: AbortSignal; expectedMs?: number } = {},
  ): Promise<Inferred> {
    const quietMs = Math.max(inferMs, 3 * expectedMs);
    const lines = await this.link.ask(command.infer(inferences, warmUps), signal, quietMs);
    const from = lines.findIndex((line) => line.startsWith('m-infer-start'));
    if (from < 0 || !lines.includes('m-infer-done'))
      throw badReply(this.where, 'no beginning and end of its inferences', lines);
    const laps = lapsOf(lines.slice(from));
    return {
      microseconds: this.identity.mode === 'energy' ? null : elapsedOf(laps, this.where),
      results: resultsOf(lines, this.where),
    };
  }

  /** Idempotent. */
  close(): Promise<void> {
    return this.stream.close();
  }
}
