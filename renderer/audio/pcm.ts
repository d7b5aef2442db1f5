import type { Audio16k } from '../../main/contract/types.ts';

export const sampleRate = 16_000;

/** Little-endian int16 to samples in [-1, 1). */
export function samplesOf(audio: Audio16k): Float32Array<ArrayBuffer> {
  // The bytes may start at an odd offset of a larger message, where an Int16Array cannot be laid over them.
  const view = new DataView(audio.pcm.buffer, audio.pcm.byteOffset, audio.pcm.byteLength);
  return Float32Array.from({ length: audio.samples }, (_, i) => view.getInt16(2 * i, true) / 32_768);
}

/** One window from `startS` on; silence where the recording ends before the window does. */
export function windowOf(samples: Float32Array, startS: number, length: number): Float32Array<ArrayBuffer> {
  const from = Math.round(startS * sampleRate);
  const window = new Float32Array(length);
  window.set(samples.subarray(from, from + length));
  return window;
}
