/** 16 kHz mono of any recording: what experts hear, whatever the microphone gave. */
import { patchSamples } from '../../models/features/log-mel.ts';
import { CurlewError } from '../contract/error.ts';
import { concatenate } from './concatenate.ts';
import { openRecording, type Recording } from './decode.ts';
import { Resampler, targetRate } from './resample.ts';

/** What the board is given. */
export { toInt16 } from './resampler/int16.ts';

export interface Span {
  /** Seconds into the recording, rounded to the nearest 16 kHz sample; default 0. */
  startS?: number;
  /** Default: to the end. */
  durationS?: number;
  signal?: AbortSignal;
}

/**
 * Mean of the channels, converted to 16 kHz, in pieces of any length. A span gives the very samples that the whole
 * recording gives there.
 * @throws CurlewError as openRecording
 */
export async function* read16kMono(path: string, span: Span = {}): AsyncGenerator<Float32Array> {
  const recording = await openRecording(path, span.signal ? { signal: span.signal } : {});
  const first = Math.round((span.startS ?? 0) * targetRate);
  yield* convert16kMono(recording, first, first + Math.round((span.durationS ?? Infinity) * targetRate));
}

/**
 * The 16 kHz samples `from` up to `to` of an opened recording.
 * @param channel counted from 0; null: the mean of all
 */
export const convert16kMono = (
  recording: Recording,
  from: number,
  to: number,
  channel: number | null = null,
): AsyncGenerator<Float32Array> => convertMono(recording, targetRate, { from, to, channel });

/** The same at any rate: the samples `from` up to `to`, counted at that rate. */
export async function* convertMono(
  recording: Recording,
  rate: number,
  { from, to, channel }: { from: number; to: number; channel: number | null },
): AsyncGenerator<Float32Array> {
  const resampler = new Resampler(recording.info.sampleRate, from, rate);
  let position = from;
  for await (const { channels } of recording.samples(resampler.firstInput, Infinity)) {
    const samples = resampler.push(channel === null ? mixDown(channels) : channels[channel]!);
    const wanted = Math.min(samples.length, to - position);
    if (wanted > 0) yield samples.subarray(0, wanted);
    position += samples.length;
    if (position >= to) return;
  }
  const rest = resampler.flush();
  const wanted = Math.min(rest.length, to - position);
  if (wanted > 0) yield rest.subarray(0, wanted);
}

/** The mean of the channels. */
export function mixDown(channels: Float32Array[]): Float32Array {
  const first = channels[0]!;
  if (channels.length === 1) return first;
  const mixed = Float32Array.from(first);
  for (const channel of channels.slice(1)) {
    for (let i = 0; i < mixed.length; i++) mixed[i]! += channel[i]!;
  }
  const scale = 1 / channels.length;
  for (let i = 0; i < mixed.length; i++) mixed[i]! *= scale;
  return mixed;
}

/** What is held whole in memory, an hour of it at most: longer recordings are gone through in pieces. */
export const mostWholeSeconds = 3600;

/**
 * A short recording as a whole: 16 kHz mono, floats in about −1 … 1.
 * @throws CurlewError as openRecording; FILE_TOO_LARGE for more than an hour
 */
export async function decodeAll(path: string, options: { signal?: AbortSignal } = {}): Promise<Float32Array> {
  const pieces: Float32Array[] = [];
  let samples = 0;
  for await (const piece of read16kMono(path, options)) {
    samples += piece.length;
    requireWhole(path, samples / targetRate);
    pieces.push(piece);
  }
  return concatenate(pieces);
}

/** @param seconds of it that were found @throws CurlewError FILE_TOO_LARGE when they are more than an hour */
export function requireWhole(path: string, seconds: number): void {
  if (seconds <= mostWholeSeconds) return;
  throw new CurlewError(
    'FILE_TOO_LARGE',
    `${path} is longer than an hour, the most that is taken as one clip; cut it, or classify it instead.`,
    { path },
  );
}

/**
 * @param samples of the recording, at the rate of the window
 * @throws CurlewError FILE_TOO_SHORT when it holds no whole window
 */
export function requireOneWindow(
  path: string,
  samples: number,
  { rate, windowSamples } = { rate: targetRate, windowSamples: patchSamples },
): void {
  if (samples >= windowSamples) return;
  const seconds = samples / rate;
  throw new CurlewError(
    'FILE_TOO_SHORT',
    `${path} is ${seconds.toFixed(3)} s long and what answers needs at least ${windowSamples / rate} s; choose a longer recording.`,
    { path, seconds },
  );
}
