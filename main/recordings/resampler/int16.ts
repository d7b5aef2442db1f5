/** Whole numbers to floats and back, in WebAssembly (resampler.c). */
import { aligned, Instance } from './instance.ts';

let shared: Instance | null = null;
/** Samples at once: what is given in one piece, however long, needs no more memory. */
const mostAtOnce = 65_536;

/**
 * Splits interleaved samples of 16 bits into channels, full scale 1.
 * @param bytes of a piece of a recording, the lower one of a sample first, wherever they lie
 * @param count of samples of each channel
 */
export function fromInt16(bytes: Uint8Array, count: number, channels: number): Float32Array[] {
  const instance = (shared ??= new Instance());
  const input = instance.start;
  const used = 2 * count * channels;
  const out = aligned(input + used);
  instance.reserve(out + 4 * count);
  instance.bytes(input, used).set(bytes.subarray(0, used));
  return Array.from({ length: channels }, (_, channel) => {
    instance.exports.from_int16(out, input, count, channels, channel);
    return instance.floats(out, count).slice();
  });
}

/** Rounded to the nearest of 65,536 steps, halves upwards, and clamped at full scale; what is no number becomes 0. */
export function toInt16(samples: Float32Array): Int16Array {
  const instance = (shared ??= new Instance());
  const input = instance.start;
  const out = input + 4 * mostAtOnce;
  instance.reserve(out + 2 * mostAtOnce);
  const steps = new Int16Array(samples.length);
  for (let at = 0; at < samples.length; at += mostAtOnce) {
    const piece = samples.subarray(at, at + mostAtOnce);
    instance.floats(input, piece.length).set(piece);
    instance.exports.to_int16(out, input, piece.length);
    steps.set(instance.int16s(out, piece.length), at);
  }
  return steps;
}
