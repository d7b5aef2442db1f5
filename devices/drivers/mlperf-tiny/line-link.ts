/**
 * The line to a device under test: one command at a time, each answered by lines up to `m-ready`. What does not come,
 * comes without an end, or is no text, ends in an error; after one that left an answer open nothing is asked any more.
 */
import { CurlewError, toCurlewError } from '../../../main/contract/error.ts';
import { onAbort } from '../../protocol/abort.ts';
import type { Clock } from '../../protocol/clock.ts';
import type { ByteStream } from '../port.ts';
import { Lines } from './lines.ts';
import { badReply, errorIn, isOfProtocol, ready, started } from './replies.ts';

/** No line for so long, and it hangs. */
export const lineMs = 5000;
/** `db print` of the largest input has 3456 lines; who prints much more for people prints without an end. */
const mostLines = 20_000;
const keptLines = 40;

interface Asked {
  command: string;
  lines: string[];
  quietMs: number;
  answer(lines: string[]): void;
  fail(error: CurlewError): void;
}

export class LineLink {
  private readonly lines = new Lines((line) => this.line(line));
  private asked: Asked | null = null;
  private broken: CurlewError | null = null;
  private endWait: () => void = () => undefined;
  private heardMs: number;

  constructor(
    private readonly stream: ByteStream,
    readonly where: string,
    private readonly clock: Clock,
  ) {
    this.heardMs = clock.nowMs();
    stream.onData((bytes) => {
      this.heardMs = clock.nowMs();
      this.lines.feed(bytes);
      this.judge();
    });
    stream.onClose((reason) => {
      const lost = `The connection to ${where} was closed.`;
      this.break(reason ? toCurlewError(reason) : new CurlewError('PORT_LOST', lost, { port: where }));
    });
  }

  /** Whether it can be asked anything yet. */
  get usable(): boolean {
    return this.broken === null;
  }

  get quietForMs(): number {
    return this.clock.nowMs() - this.heardMs;
  }

  /**
   * @param quietMs longest wait for a line
   * @returns the lines of its answer, without `m-ready`
   * @throws CurlewError BOARD_REFUSED with what its error line says; BOARD_SILENT, BOARD_GARBAGE, BOARD_BAD_REPLY,
   *   PORT_LOST, ABORTED, after which the link is of no use
   */
  async ask(command: string, signal?: AbortSignal, quietMs = lineMs): Promise<string[]> {
    if (this.broken) throw this.broken;
    if (this.asked) throw new CurlewError('INTERNAL', 'A device under test is asked one thing at a time.');
    this.lines.forget();
    let off = (): void => undefined;
    try {
      const lines = await new Promise<string[]>((answer, fail) => {
        this.asked = { command, lines: [], quietMs, answer, fail };
        off = onAbort(signal, () => this.break(new CurlewError('ABORTED', 'The question was taken back.')));
        if (signal?.aborted) this.break(new CurlewError('ABORTED', 'The question was taken back.'));
        else this.send(command);
      });
      return this.checked(lines, command);
    } finally {
      off();
      this.endWait();
      this.asked = null;
    }
  }

  /** Whatever was left open: it is quiet again, and is asked anew. */
  mend(): void {
    if (this.broken?.code === 'BOARD_SILENT') this.broken = null;
  }

  private send(command: string): void {
    this.wait();
    const bytes = Uint8Array.from(`${command}%`, (letter) => letter.charCodeAt(0));
    this.stream.write(bytes).catch((thrown: unknown) => this.break(toCurlewError(thrown)));
  }

  private checked(lines: string[], command: string): string[] {
    const said = lines.map(errorIn).find((one) => one !== null);
    if (said === undefined || said === null) return lines;
    throw new CurlewError(
      'BOARD_REFUSED',
      `The device under test at ${this.where} refuses “${shortened(command)}”: ${said}.`,
      { port: this.where, command: shortened(command), said },
    );
  }

  private line(line: string): void {
    const { asked } = this;
    if (!asked) return;
    // Firmware for streams echoes what it was told, and prints for people.
    if (line === ready) {
      if (asked.lines.includes(started)) {
        this.break(badReply(this.where, 'that it has just restarted', asked.lines.slice(0, keptLines)));
      } else asked.answer(asked.lines);
      return;
    }
    if (isOfProtocol(line)) {
      asked.lines.push(line);
      this.wait();
    }
    if (asked.lines.length > mostLines) this.break(this.garbage());
  }

  /** More bytes than any answer has, or bytes that are no text. */
  private judge(): void {
    const { total, strange } = this.lines;
    if (this.asked && (strange > 64 || total > 64 * mostLines)) this.break(this.garbage());
  }

  private wait(): void {
    this.endWait();
    const { asked } = this;
    if (asked) this.endWait = this.clock.after(asked.quietMs, () => this.break(this.silent(asked)));
  }

  private silent({ command, lines, quietMs }: Asked): CurlewError {
    const { begun } = this.lines;
    const last = begun === '' ? lines.at(-1) : begun;
    return new CurlewError(
      'BOARD_SILENT',
      `The device under test at ${this.where} says nothing more for ${quietMs / 1000} s to “${shortened(command)}”` +
        (last === undefined ? '.' : `; the last it said is “${last.slice(0, 60)}”.`),
      { port: this.where, command: shortened(command), lines: lines.slice(0, keptLines) },
    );
  }

  private garbage(): CurlewError {
    return new CurlewError(
      'BOARD_GARBAGE',
      `What is at ${this.where} answers with what is no text of the benchmark’s protocol: another device, or another ` +
        `baud rate.`,
      { port: this.where, received: this.lines.total },
    );
  }

  private break(error: CurlewError): void {
    this.broken ??= error;
    this.asked?.fail(error);
  }
}

const shortened = (command: string): string => (command.length > 24 ? `${command.slice(0, 24)}…` : command);
