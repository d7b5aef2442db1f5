/**
 * For tests: a device under test as a script, for what goes wrong on a line. It keeps its input, and answers commands as
 * the benchmark’s protocol asks but where the script says otherwise; it computes nothing.
 */
import { peerPort } from '../../testing/scripted-port.ts';

export interface DutScript {
  /** In place of its answer to commands that begin so: all of what it sends, `m-ready` included. */
  says?: Readonly<Record<string, string>>;
  mode?: 'performance' | 'energy';
  /** Ends its lines; CRLF otherwise. */
  lineEnd?: string;
  /** Bytes of each piece in turn; all at once otherwise. */
  pieces?: readonly number[];
  /** Of its clock, for one inference. */
  microseconds?: number;
  /** Where its clock begins. */
  clockUs?: number;
  results?: string;
}

export class ScriptedDut {
  /** Commands, as they came. */
  readonly told: string[] = [];
  readonly input: number[] = [];
  private held = '';
  private expected = 0;
  private nowUs: number;

  constructor(
    private readonly script: DutScript,
    private readonly send: (bytes: Uint8Array) => void,
  ) {
    this.nowUs = script.clockUs ?? 1000;
  }

  hear(bytes: Uint8Array): void {
    this.held += String.fromCharCode(...bytes);
    for (let at = this.held.indexOf('%'); at >= 0; at = this.held.indexOf('%')) {
      const command = this.held.slice(0, at);
      this.held = this.held.slice(at + 1);
      this.told.push(command);
      this.answer(command);
    }
  }

  end(): void {
    this.held = '';
  }

  /** What it says of itself. */
  say(text: string): void {
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const { pieces = [bytes.length] } = this.script;
    for (let at = 0, piece = 0; at < bytes.length; piece++) {
      const size = Math.max(1, pieces[piece % pieces.length]!);
      this.send(bytes.subarray(at, at + size));
      at += size;
    }
  }

  private answer(command: string): void {
    const { says = {}, lineEnd = '\r\n' } = this.script;
    const scripted = Object.keys(says).find((beginning) => command.startsWith(beginning));
    if (scripted !== undefined) this.say(says[scripted]!);
    else this.say([...this.usual(command.split(' ')), 'm-ready'].map((line) => line + lineEnd).join(''));
  }

  private usual([word, first = '', second = '10']: string[]): string[] {
    if (word === 'name') return ['m-name-dut-[scripted]'];
    if (word === 'profile') return ['m-profile-[ULPMark for tinyML Firmware V0.0.1]', 'm-model-[kws01]'];
    if (word === 'timestamp') return this.lap(0);
    if (word === 'results') return [this.results];
    if (word === 'infer') return this.infer(Number(first), Number(second));
    if (word !== 'db') return [`e-[Unknown command: ${word}]`];
    if (first === 'load') {
      this.input.length = 0;
      this.expected = Number(second);
      return [`m-[Expecting ${second} bytes]`];
    }
    if (first === 'print') return this.printed();
    for (const byte of first.match(/../g) ?? []) this.input.push(Number.parseInt(byte, 16));
    return this.input.length === this.expected ? ['m-load-done'] : [];
  }

  private get results(): string {
    return `m-results-[${this.script.results ?? '0.250,0.750'}]`;
  }

  private lap(passedUs: number): string[] {
    this.nowUs = (this.nowUs + passedUs) % 2 ** 32;
    return this.script.mode === 'energy' ? [] : [`m-lap-us-${this.nowUs}`];
  }

  private infer(count: number, warmUps: number): string[] {
    const each = this.script.microseconds ?? 100;
    this.lap(warmUps * each);
    return [
      ...[`m-warmup-start-${warmUps}`, 'm-warmup-done', `m-infer-start-${count}`],
      ...[...this.lap(0), ...this.lap(count * each), 'm-infer-done', this.results],
    ];
  }

  private printed(): string[] {
    const hex = this.input.map((byte) => byte.toString(16).padStart(2, '0'));
    const lines: string[] = [];
    for (let at = 0; at < hex.length; at += 8) lines.push(`m-buffer-${hex.slice(at, at + 8).join('-')}`);
    return [...lines, ''];
  }
}

export const dutPort = (script: DutScript) => peerPort((send) => new ScriptedDut(script, send));
