/**
 * For tests: a Power Profiler Kit 2 as a script. It hears commands and sends metadata and samples as the device does, in
 * its time, with what goes wrong in the field: lost packets, noise on the line, short pieces, silence, another device.
 */
import type { Clock } from '../../../protocol/clock.ts';
import { counterTurn, samplesPerSecond } from '../decode.ts';
import { currentOf } from '../current.ts';
import { parseMetadata, ranges, type RangeCalibration } from '../metadata.ts';

/** What the converter reads at a time. */
export interface Reading {
  adc: number;
  range: number;
  /** Input 0 in bit 0. */
  logic: number;
}

export type Trouble =
  | { kind: 'lost'; at: number; samples: number }
  /** Bytes that are no sample, ahead of the one there. */
  | { kind: 'noise'; at: number; bytes: readonly number[] }
  /** Sends nothing more from there on. */
  | { kind: 'silence'; at: number }
  /** The line goes away. */
  | { kind: 'gone'; at: number };

export interface Script {
  /** Values of its metadata in place of the usual ones, `r3` for one; or all of its answer. */
  metadata?: Readonly<Record<string, string | number>> | string;
  reading?: (sample: number) => Reading;
  troubles?: readonly Trouble[];
  /** Bytes of each piece in turn; 4096 otherwise. */
  pieces?: readonly number[];
  /** It does not hear this command: 0x07 for the stop. */
  deafTo?: readonly number[];
  /** Measures already when the port is opened. */
  measuring?: boolean;
  /** Of real time. */
  speed?: number;
}

const usual: Record<string, string | number> = {
  ...{ Calibrated: 0, VDD: 3000, HW: 9173, mode: 2, IA: 54 },
  ...Object.fromEntries(
    ['R', 'GS', 'GI', 'O', 'S', 'I', 'UG'].flatMap((name) =>
      Array.from({ length: ranges }, (_, range) => [`${name}${range}`, '-nan']),
    ),
  ),
};

/** As the device tells it. */
export function metadataText(values: Readonly<Record<string, string | number>> = {}): string {
  const all = { ...usual };
  const names = Object.keys(all);
  for (const [name, value] of Object.entries(values))
    all[names.find((one) => one.toLowerCase() === name.toLowerCase()) ?? name] = value;
  return `${Object.entries(all)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('')}END\n`;
}

/** @returns the reading of a range that comes nearest to a current, and that current */
export function readingOf(
  amperes: number,
  range: number,
  logic = 0,
  calibration: readonly RangeCalibration[] = parseMetadata(metadataText(), 'a test').calibration,
  volts = 3,
): Reading & { amperes: number } {
  const one = calibration[range]!;
  const [low, high] = [currentOf(0, one, volts), currentOf(1, one, volts)];
  const adc = Math.max(0, Math.min(16_383, Math.round((amperes - low) / (high - low))));
  return { adc, range, logic, amperes: currentOf(adc, one, volts) };
}

export const sampleWord = (sample: number, { adc, range, logic }: Reading): number =>
  (adc | (range << 14) | ((sample % counterTurn) << 18) | (logic << 24)) >>> 0;

const tickMs = 4;

export class ScriptedPpk2 {
  /** Bytes of commands, as they came. */
  readonly told: number[] = [];
  power = false;
  mode = 0;
  millivolts = 0;
  measuring = false;
  private sample = 0;
  private startedMs = 0;
  private piece = 0;
  private rest: number[] = [];
  private endTicks: () => void = () => undefined;

  /**
   * @param send to the other end @param hangUp the device is pulled out
   */
  constructor(
    private readonly script: Script,
    private readonly clock: Clock,
    private readonly send: (bytes: Uint8Array) => void,
    private readonly hangUp: () => void = () => undefined,
  ) {
    if (script.measuring) this.start();
  }

  hear(bytes: Uint8Array): void {
    this.rest.push(...bytes);
    while (this.rest.length > 0) {
      const [byte = 0] = this.rest;
      const needs = byte === 0x0d ? 3 : byte === 0x0c || byte === 0x11 ? 2 : byte === 0x25 ? 6 : 1;
      if (this.rest.length < needs) return;
      const [, ...given] = this.rest.splice(0, needs);
      this.told.push(byte);
      if (!this.script.deafTo?.includes(byte)) this.obey(byte, given);
    }
  }

  /** As if it were pulled out. */
  end(): void {
    this.measuring = false;
    this.endTicks();
  }

  private obey(byte: number, given: readonly number[]): void {
    if (byte === 0x06) this.start();
    else if (byte === 0x07) this.end();
    else if (byte === 0x0c) this.power = given[0] === 1;
    else if (byte === 0x0d) this.millivolts = (given[0]! << 8) | given[1]!;
    else if (byte === 0x11) this.mode = given[0]!;
    else if (byte === 0x19) this.inPieces(asciiOf(this.metadata));
  }

  private get metadata(): string {
    const { metadata } = this.script;
    return typeof metadata === 'string' ? metadata : metadataText(metadata);
  }

  private start(): void {
    this.endTicks();
    this.measuring = true;
    this.sample = 0;
    this.startedMs = this.clock.nowMs();
    this.endTicks = this.clock.every(tickMs, () => this.tick());
  }

  private tick(): void {
    const { speed = 1, troubles = [], reading = () => ({ adc: 1000, range: 1, logic: 0 }) } = this.script;
    const passedMs = this.clock.nowMs() - this.startedMs;
    const until = Math.floor((passedMs * speed * samplesPerSecond) / 1000);
    const bytes: number[] = [];
    for (; this.sample < until && this.measuring; this.sample++) {
      for (const trouble of troubles) {
        if (trouble.at !== this.sample) continue;
        if (trouble.kind === 'noise') bytes.push(...trouble.bytes);
        if (trouble.kind === 'silence' || trouble.kind === 'gone') this.end();
        if (trouble.kind === 'gone') this.hangUp();
      }
      if (!this.measuring || troubles.some((one) => isLostBy(one, this.sample))) continue;
      const word = sampleWord(this.sample, reading(this.sample));
      bytes.push(word & 0xff, (word >> 8) & 0xff, (word >> 16) & 0xff, word >>> 24);
    }
    this.inPieces(Uint8Array.from(bytes));
  }

  private inPieces(bytes: Uint8Array): void {
    const { pieces = [4096] } = this.script;
    for (let at = 0; at < bytes.length;) {
      const size = pieces[this.piece++ % pieces.length]!;
      this.send(bytes.subarray(at, at + size));
      at += size;
    }
  }
}

const isLostBy = (trouble: Trouble, sample: number): boolean =>
  trouble.kind === 'lost' && sample >= trouble.at && sample < trouble.at + trouble.samples;

const asciiOf = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
