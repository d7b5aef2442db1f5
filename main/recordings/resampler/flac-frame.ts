/** A frame of FLAC from bits to samples, in WebAssembly (flac.c). */
import type { FlacFrameHeader, FlacStreamInfo } from '../flac-frames.ts';
import { aligned, Instance } from './instance.ts';

let shared: Instance | null = null;
/** Bytes that may be read and written behind what is used. */
const slack = 32;

/**
 * @param bytes from the frame's first on, and whatever follows it
 * @param header what they begin with
 * @returns its length, and its samples by channel, full scale 1, lent until the next
 *   frame is decoded; null where it is cut short, its checksum does not hold or
 *   it is written in a way that FLAC does not have
 */
export function decodeFlacFrame(
  bytes: Uint8Array,
  { headerBytes, blockSize, channels }: FlacFrameHeader,
  { depth }: FlacStreamInfo,
): { bytes: number; channels: Float32Array[] } | null {
  const instance = (shared ??= new Instance());
  const input = instance.start;
  const words = aligned(input + bytes.length + slack);
  const samples = aligned(words + bytes.length + slack);
  const out = samples + 8 * channels * blockSize;
  instance.reserve(out + 4 * channels * blockSize);
  instance.bytes(input, bytes.length).set(bytes);
  const { flac_frame: decode } = instance.exports;
  const used = decode(out, blockSize, input, bytes.length, headerBytes, depth, samples, words);
  if (used === 0) return null;
  const samplesOf = (channel: number) => instance.floats(out + 4 * channel * blockSize, blockSize);
  return { bytes: used, channels: Array.from({ length: channels }, (_, channel) => samplesOf(channel)) };
}
