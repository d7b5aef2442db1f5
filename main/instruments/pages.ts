/**
 * A capture on disk: pages of samples, and what stretches of them come to, level by level. A page is whole or counts as not
 * written: its checksum tells, so that a capture that was cut off is readable up to its last page.
 */
import { writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { gap, type Samples } from './totals.ts';

export const pageSamples = 4096;
const headerBytes = 32;
/** Currents as float32, inputs, ranges. */
export const pageBytes = headerBytes + pageSamples * 6;
const magic = 0x3147_5043; // CPG1

/** Samples that one entry of each level stands for. */
export const levelSamples = [256, 4096, 65_536, 1_048_576] as const;
export const levelNames = levelSamples.map((_samples, level) => `level-${level + 1}.bin`);
export const samplesName = 'samples.bin';

/** One page, over the same bytes again and again. */
export class Page {
  readonly bytes = new Uint8Array(pageBytes);
  readonly samples: Samples;
  private readonly view = new DataView(this.bytes.buffer);

  constructor() {
    this.samples = samplesIn(this.bytes.buffer, headerBytes);
  }

  /** @param first sample of it @param count that are in it; the rest of the page is told to be none */
  seal(first: number, count: number): Uint8Array {
    const { currents, logic, ranges } = this.samples;
    currents.fill(NaN, count);
    logic.fill(0, count);
    ranges.fill(gap, count);
    this.view.setUint32(0, magic, true);
    this.view.setFloat64(8, first, true);
    this.view.setUint32(16, count, true);
    this.view.setUint32(4, crc32(this.bytes.subarray(8)), true);
    return this.bytes;
  }

  /** @returns how many samples are in it; null where it is not whole, or not the one that begins there */
  opened(first: number): number | null {
    const { view } = this;
    if (view.getUint32(0, true) !== magic || view.getFloat64(8, true) !== first) return null;
    return view.getUint32(4, true) === crc32(this.bytes.subarray(8)) ? view.getUint32(16, true) : null;
  }
}

const samplesIn = (buffer: ArrayBuffer, at: number): Samples => ({
  currents: new Float32Array(buffer, at, pageSamples),
  logic: new Uint8Array(buffer, at + 4 * pageSamples, pageSamples),
  ranges: new Uint8Array(buffer, at + 5 * pageSamples, pageSamples),
});

/** All of them, or an error: where the disk is full a write may take a part. @throws what the file system does */
export function writeWhole(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

export const newSamples = (count: number): Samples => ({
  currents: new Float32Array(count),
  logic: new Uint8Array(count),
  ranges: new Uint8Array(count),
});
