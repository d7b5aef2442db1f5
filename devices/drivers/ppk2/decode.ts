/**
 * The stream of samples, split anywhere: 4 bytes each, little-endian, with ADC in bits 0 to 13, range in 14 to 16, a
 * counter in 18 to 23 and the logic inputs in 24 to 31. Bytes that are no sample are left out and counted.
 */
import { adcSteps, currentTable, SpikeFilter } from './current.ts';
import { ranges, type RangeCalibration } from './metadata.ts';

export const samplesPerSecond = 100_000;
/** The counter has 6 bits. */
export const counterTurn = 64;

const sampleBytes = 4;
/** After a break so many samples must count on before they are believed. */
const believed = 4;

export interface SampleSink {
  /** @param current amperes @param logic input 0 in bit 0 @param range it was measured in */
  sample(current: number, logic: number, range: number): void;
  /** So many samples are missing here, as far as the counter tells: modulo 64. */
  lost(samples: number): void;
}

export class SampleDecoder {
  private readonly table: Float64Array;
  private readonly filter = new SpikeFilter();
  /** What has been taken in and not yet told. */
  private rest = new Uint8Array(0);
  /** Of the next sample; -1 before the first. */
  private expected = -1;
  samples = 0;
  /** Bytes that were no sample. */
  discarded = 0;

  /** @param volts of the supply, which the offset depends on */
  constructor(calibration: readonly RangeCalibration[], volts: number) {
    this.table = currentTable(calibration, volts);
  }

  get rangeChanges(): number {
    return this.filter.changes;
  }

  take(bytes: Uint8Array, sink: SampleSink): void {
    const all = this.rest.length === 0 ? bytes : joined(this.rest, bytes);
    const end = all.length;
    let at = 0;
    while (at + sampleBytes <= end) {
      if (counterOf(all, at) !== this.expected || rangeOf(all, at) >= ranges) {
        // Whether something is lost or the bytes are out of step, only what follows tells.
        if (at + believed * sampleBytes > end) break;
        if (!countsOn(all, at)) {
          at++;
          this.discarded++;
          continue;
        }
        const counter = counterOf(all, at);
        if (this.expected >= 0) sink.lost((counter - this.expected + counterTurn) % counterTurn);
        this.expected = counter;
      }
      const range = rangeOf(all, at);
      const current = this.table[range * adcSteps + (all[at]! | ((all[at + 1]! & 0x3f) << 8))]!;
      sink.sample(this.filter.take(current, range), all[at + 3]!, range);
      this.samples++;
      this.expected = (this.expected + 1) % counterTurn;
      at += sampleBytes;
    }
    this.rest = all.slice(at);
  }
}

const counterOf = (bytes: Uint8Array, at: number): number => bytes[at + 2]! >> 2;
const rangeOf = (bytes: Uint8Array, at: number): number =>
  (bytes[at + 1]! >> 6) | ((bytes[at + 2]! & 1) << 2);

function countsOn(bytes: Uint8Array, at: number): boolean {
  const first = counterOf(bytes, at);
  for (let i = 0; i < believed; i++) {
    const here = at + i * sampleBytes;
    if (counterOf(bytes, here) !== (first + i) % counterTurn || rangeOf(bytes, here) >= ranges) return false;
  }
  return true;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
