/**
 * FLAC files of 16-bit samples (RFC 9639): fixed predictors of orders 0 to 4, whose errors are Rice-coded in partitions.
 * What the format allows beyond that makes files a few percent smaller; any decoder reads these.
 */
import { createHash } from 'node:crypto';
import { CurlewError } from '../contract/error.ts';
import { BitWriter } from './bit-writer.ts';
import { interleaved } from './write-wav.ts';

const blockSamples = 4096;
const bitsOfSample = 16;
const mostChannels = 8;
/** A sample rate has 20 bits in the header. */
const highestRate = 2 ** 20 - 1;
const mostOrder = 4;
const mostPartitions = 6;
const mostParameter = 14;

/**
 * @param channels of the same length, at least a sample of each
 * @throws CurlewError REQUEST_INVALID for more channels, or a higher sample rate, than the format has room for
 */
export function flacFile(channels: readonly Int16Array[], sampleRate: number): Uint8Array {
  if (channels.length > mostChannels || sampleRate > highestRate) {
    throw new CurlewError(
      'REQUEST_INVALID',
      `FLAC holds ${mostChannels} channels and ${highestRate} Hz at most, and this recording has ${channels.length} at ${sampleRate} Hz; write it as WAV.`,
    );
  }
  const samples = channels[0]!.length;
  const frames: Uint8Array[] = [];
  for (let from = 0, number = 0; from < samples; from += blockSamples, number++)
    frames.push(
      frameOf(
        channels.map((one) => one.subarray(from, from + blockSamples)),
        number,
      ),
    );
  return new Uint8Array(Buffer.concat([head(channels, sampleRate, frames), ...frames]));
}

/** The marker and STREAMINFO, the only block of metadata. */
function head(channels: readonly Int16Array[], sampleRate: number, frames: readonly Uint8Array[]): Buffer {
  const sizes = frames.map(({ length }) => length);
  const bits = new BitWriter();
  bits.put(0x80, 8);
  bits.put(34, 24);
  bits.put(blockSamples, 16);
  bits.put(blockSamples, 16);
  bits.put(Math.min(...sizes), 24);
  bits.put(Math.max(...sizes), 24);
  bits.put(sampleRate, 20);
  bits.put(channels.length - 1, 3);
  bits.put(bitsOfSample - 1, 5);
  bits.put(0, 4);
  const samples = channels[0]!.length;
  bits.put(Math.floor(samples / 2 ** 16), 16);
  bits.put(samples % 2 ** 16, 16);
  return Buffer.concat([
    Buffer.from('fLaC'),
    bits.since(0),
    createHash('md5').update(interleaved(channels)).digest(),
  ]);
}

function frameOf(channels: readonly Int16Array[], number: number): Uint8Array {
  const bits = new BitWriter();
  const samples = channels[0]!.length;
  // Fixed block size; the length of this block in 16 bits; the sample rate stands in STREAMINFO.
  bits.put(0xfff8, 16);
  bits.put(0x70, 8);
  bits.put(((channels.length - 1) << 4) | 0b1000, 8);
  for (const byte of utf8Of(number)) bits.put(byte, 8);
  bits.put(samples - 1, 16);
  bits.put(crc8(bits.since(0)), 8);
  for (const one of channels) putSubframe(bits, one);
  bits.align();
  bits.put(crc16(bits.since(0)), 16);
  return bits.since(0);
}

/** A number as UTF-8 codes characters. */
function utf8Of(number: number): number[] {
  if (number < 0x80) return [number];
  const tail: number[] = [];
  let left = number;
  let room = 0x40;
  while (left >= room) {
    tail.unshift(0x80 | (left & 0x3f));
    left >>= 6;
    room >>= 1;
  }
  return [((0xff << (7 - tail.length)) & 0xff & ~(room * 2 - 1)) | left, ...tail];
}

function putSubframe(bits: BitWriter, samples: Int16Array): void {
  if (samples.every((one) => one === samples[0])) {
    bits.put(0, 8);
    bits.put(samples[0]!, bitsOfSample);
    return;
  }
  const { order, errors } = bestPredictor(samples);
  const coded = partitionsOf(errors, samples.length, order);
  if (coded.bits + order * bitsOfSample >= samples.length * bitsOfSample) {
    bits.put(0b0000_0010, 8);
    for (const one of samples) bits.put(one, bitsOfSample);
    return;
  }
  bits.put((0b1000 | order) << 1, 8);
  for (let i = 0; i < order; i++) bits.put(samples[i]!, bitsOfSample);
  // Rice codes with parameters of four bits.
  bits.put(0, 2);
  bits.put(coded.order, 4);
  let at = 0;
  coded.parameters.forEach((parameter, partition) => {
    bits.put(parameter, 4);
    const end = (partition + 1) * (samples.length >> coded.order) - order;
    for (; at < end; at++) {
      bits.unary(errors[at]! >>> parameter);
      if (parameter > 0) bits.put(errors[at]!, parameter);
    }
  });
}

/** The fixed predictor whose errors are smallest together. @returns its errors, folded: 0, −1, 1, −2 … become 0, 1, 2, 3 … */
function bestPredictor(samples: Int16Array): { order: number; errors: Uint32Array } {
  let best = { order: 0, sum: Infinity, errors: Int32Array.from(samples) };
  let errors = best.errors;
  for (let order = 0; order <= Math.min(mostOrder, samples.length - 1); order++) {
    // Each order's errors are the differences of those before.
    if (order > 0) errors = errors.subarray(1).map((one, i) => one - errors[i]!);
    const sum = errors.reduce((total, one) => total + Math.abs(one), 0);
    if (sum < best.sum) best = { order, sum, errors };
  }
  return {
    order: best.order,
    errors: Uint32Array.from(best.errors, (one) => (one < 0 ? -2 * one - 1 : 2 * one)),
  };
}

interface Partitions {
  order: number;
  parameters: number[];
  bits: number;
}

/** Of the ways to divide a block's errors into partitions, each with a parameter of its own, the shortest. */
function partitionsOf(errors: Uint32Array, samples: number, predictor: number): Partitions {
  let best: Partitions = { order: 0, parameters: [], bits: Infinity };
  for (let order = 0; order <= mostPartitions; order++) {
    const length = samples >> order;
    if (length << order !== samples || length <= predictor) break;
    const parameters: number[] = [];
    let bits = 0;
    for (let at = 0; at < errors.length;) {
      const end = parameters.length === 0 ? length - predictor : at + length;
      const one = parameterOf(errors.subarray(at, end));
      parameters.push(one.parameter);
      bits += 4 + one.bits;
      at = end;
    }
    if (bits < best.bits) best = { order, parameters, bits };
  }
  return best;
}

function parameterOf(errors: Uint32Array): { parameter: number; bits: number } {
  const sum = errors.reduce((total, one) => total + one, 0);
  const guess = Math.floor(Math.log2(Math.max(1, sum / Math.max(1, errors.length))));
  let best = { parameter: 0, bits: Infinity };
  for (let parameter = Math.max(0, guess - 1); parameter <= Math.min(mostParameter, guess + 1); parameter++) {
    const bits = errors.reduce((total, one) => total + (one >>> parameter) + 1 + parameter, 0);
    if (bits < best.bits) best = { parameter, bits };
  }
  if (best.bits < Infinity) return best;
  return {
    parameter: mostParameter,
    bits: errors.reduce((total, one) => total + (one >>> mostParameter) + 1 + mostParameter, 0),
  };
}

/** Polynomial x⁸ + x² + x + 1. */
function crc8(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? ((crc << 1) ^ 0x07) & 0xff : crc << 1;
  }
  return crc;
}

/** Polynomial x¹⁶ + x¹⁵ + x² + 1, a byte at a time. */
const crc16Table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x8005) & 0xffff : crc << 1;
  return crc;
});

function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) & 0xffff) ^ crc16Table[(crc >> 8) ^ byte]!;
  return crc;
}
