/**
 * The way to one board: which framing and which rate, and what to fall back to when errors mount. The board answers
 * in both framings at any time, and goes back by itself from a rate at which nothing arrives (PROTOCOL.md), so each
 * step here can be tried without being stranded. A fall back lasts until the port is closed: the next attach begins
 * with the best again.
 */
import { CurlewError } from '../../../main/contract/error.ts';
import type { RequestOptions, SmpClient } from '../../protocol/client.ts';
import { realClock } from '../../protocol/clock.ts';
import type { Command } from '../../protocol/command.ts';
import { frameLength, type FramingName } from '../../protocol/framing.ts';
import { boardLine } from '../../protocol/messages/board-line.ts';
import { osEcho } from '../../protocol/messages/os-echo.ts';
import { Pacing } from '../../protocol/pacing.ts';
import type { ByteStream } from '../port.ts';

/** What the link fell back to, and why. */
export interface LinkChange {
  framing: FramingName;
  /** Bits a second; null where the line has no rate. */
  baud: number | null;
  /** For a person. */
  text: string;
}

/** A write message's bytes beside its data: SMP header, CBOR keys, offsets. */
export const writeOverhead = 48;
/**
 * Most pieces in flight. Small on purpose: what the board answers meanwhile (some 40 bytes a piece) always fits the
 * line's buffers, so a sender that waits to write can never be one that the board waits for.
 */
const mostInFlight = 7;
/** Usual rates of a UART, fastest first, bits a second. */
const rates = [
  3_000_000, 2_000_000, 1_000_000, 921_600, 460_800, 230_400, 115_200, 57_600, 38_400, 19_200, 9600,
];
/** A board that nothing reaches at its new rate is back at the old one after this long. */
const boardGivesUpMs = 2000;
/** Below this share of the line, half the rate without errors brings more. */
const poorShare = 0.45;
/** Fewer losses say nothing yet. */
const tellingLosses = 12;
/** Every control character, and characters that take two to four bytes: what a driver may eat or strip. */
const awkward =
  String.fromCharCode(...Array.from({ length: 32 }, (_, i) => i), 0x7f) +
  '\u0080\u00ff\u07ff\uffff\u{10ffff}';

const isSilence = (thrown: unknown): boolean =>
  thrown instanceof CurlewError && thrown.code === 'BOARD_SILENT';

export class Link {
  /** What was lost so far tells how to go about the next transfer. A rate has its own. */
  pacing: Pacing;
  private readonly firstBaud: number | null;
  /** Losses a byte at the rate that was left for this one. */
  private leftLossRate = Infinity;
  private slowingHelps = true;
  private recovery: Promise<boolean> | null = null;

  constructor(
    readonly client: SmpClient,
    private readonly stream: ByteStream,
    private readonly onChange: (change: LinkChange) => void = () => undefined,
    private readonly clock = realClock,
  ) {
    this.firstBaud = this.baud;
    this.pacing = this.newPacing();
  }

  get baud(): number | null {
    return this.stream.rate?.baud ?? null;
  }

  /** As the client's; where the board falls silent, the way to it is looked for and the request made once more. */
  async request<P, R>(command: Command<P, R>, params: P, options: RequestOptions = {}): Promise<R> {
    try {
      return await this.client.request(command, params, options);
    } catch (thrown) {
      if (!isSilence(thrown) || !(await this.recover(options.signal)) || !command.repeatable) throw thrown;
      return this.client.request(command, params, options);
    }
  }

  /** Takes the binary framing if bytes of every kind get through in it. */
  async tryBinary(signal?: AbortSignal): Promise<void> {
    this.client.setFraming('binary');
    if (await this.echoes(awkward, 800, signal)) return;
    this.client.setFraming('console');
    this.tell(
      'the binary framing does not get through: the line keeps some bytes to itself, or is very noisy',
    );
  }

  /** Losses have mounted so far that a slower rate would bring more. */
  get wantsSlower(): boolean {
    const { pacing } = this;
    return (
      this.slowingHelps &&
      this.baud !== null &&
      pacing.lossCount >= tellingLosses &&
      pacing.share < poorShare &&
      slowerThan(this.baud) !== undefined
    );
  }

  /** Goes to the next slower rate; back to the last where that had not helped. Nothing may be in flight. */
  async slowDown(signal?: AbortSignal): Promise<void> {
    const { baud, pacing } = this;
    if (baud === null) return;
    const losses = pacing.lossRate;
    if (losses > this.leftLossRate / 2) {
      this.slowingHelps = false;
      const faster = rates.findLast((rate) => rate > baud && rate <= (this.firstBaud ?? 0));
      if (faster !== undefined && (await this.changeRate(faster, signal))) {
        this.tell(`errors are as many at ${baud} baud, so the slower rate does not help`);
      }
      return;
    }
    this.leftLossRate = losses;
    const slower = slowerThan(baud);
    this.slowingHelps = slower !== undefined && (await this.changeRate(slower, signal));
    if (this.slowingHelps) {
      this.tell(`at ${baud} baud one frame was lost for every ${Math.round(1 / losses)} bytes`);
    }
  }

  /**
   * Looks for a board that fell silent: in the console framing, at the rate it starts with, at slower ones.
   * @returns whether it answers again
   */
  recover(signal?: AbortSignal): Promise<boolean> {
    this.recovery ??= this.search(signal).finally(() => (this.recovery = null));
    return this.recovery;
  }

  private async search(signal?: AbortSignal): Promise<boolean> {
    const { framing } = this.client;
    const { baud, firstBaud } = this;
    this.client.setFraming('console');
    if (await this.echoes('', 700, signal)) {
      if (framing === 'binary') await this.tryBinary(signal);
      return true;
    }
    if (baud !== null && firstBaud !== null && baud !== firstBaud) {
      await this.stream.rate?.set(firstBaud);
      this.pacing = this.newPacing();
      if (await this.echoes('', 700, signal)) {
        this.tell(`the board no longer answered at ${baud} baud: it has restarted`);
        if (framing === 'binary') await this.tryBinary(signal);
        return true;
      }
    }
    const found = await this.findSlower(signal);
    if (found && framing === 'binary') await this.tryBinary(signal);
    if (!found) this.client.setFraming(framing);
    return found;
  }

  /** Where too little comes back to be understood: two slower rates, asked for blindly. */
  async findSlower(signal?: AbortSignal): Promise<boolean> {
    const baud = this.baud;
    if (baud === null || this.client.counts.received === 0) return false;
    for (const slower of rates.filter((rate) => rate < baud).slice(0, 2)) {
      if (!(await this.changeRate(slower, signal))) continue;
      this.tell(`at ${baud} baud next to nothing arrived whole`);
      return true;
    }
    return false;
  }

  /** Back to the rate at which the board was found, as well as may be. */
  async restore(): Promise<void> {
    const { baud, firstBaud } = this;
    if (baud === null || firstBaud === null || baud === firstBaud) return;
    await this.changeRate(firstBaud).catch(() => false);
  }

  /** @returns false where the board could not be had at the new rate; both ends are at the old one then */
  private async changeRate(baud: number, signal?: AbortSignal): Promise<boolean> {
    const { rate } = this.stream;
    if (!rate) return false;
    const old = rate.baud;
    try {
      await this.client.request(boardLine, { baud }, signal ? { signal } : {});
    } catch (thrown) {
      if (thrown instanceof CurlewError && thrown.code === 'BOARD_REFUSED') return false;
      // No answer: the board may have switched all the same.
      if (!isSilence(thrown)) throw thrown;
    }
    await rate.set(baud);
    const asked = this.clock.nowMs();
    if (await this.echoes('', 450, signal)) {
      this.pacing = this.newPacing();
      return true;
    }
    await rate.set(old);
    await this.clock.sleep(boardGivesUpMs - (this.clock.nowMs() - asked), signal);
    return false;
  }

  /** @param ms for one answer; it is asked for three times as long */
  private async echoes(text: string, ms: number, signal?: AbortSignal): Promise<boolean> {
    try {
      const reply = await this.client.request(
        osEcho,
        { text },
        { timeoutMs: ms, ...(signal ? { signal } : {}) },
      );
      return reply.text === text;
    } catch (thrown) {
      if (isSilence(thrown)) return false;
      throw thrown;
    }
  }

  private tell(reason: string): void {
    const { framing } = this.client;
    const at = this.baud === null ? '' : ` at ${this.baud} baud`;
    const because = reason[0]?.toUpperCase() + reason.slice(1);
    this.onChange({ framing, baud: this.baud, text: `${because}. Now in the ${framing} framing${at}.` });
  }

  private newPacing(): Pacing {
    const { client } = this;
    return new Pacing(() => ({
      largestPiece: client.messageBytes - writeOverhead,
      largestWindow: Math.min(mostInFlight, client.outstanding),
      frameBytes: (piece) => frameLength(client.framing, piece + writeOverhead),
      bytesPerMs: client.bytesPerMs,
      roundTripMs: client.roundTrip.shortestMs,
    }));
  }
}

const slowerThan = (baud: number): number | undefined => rates.find((rate) => rate <= baud / 2);
