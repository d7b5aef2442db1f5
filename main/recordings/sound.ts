/** Stretches of recordings at their own rate, to be heard. */
import type { ChannelHeard } from './contract.ts';
import { openRecording } from './decode.ts';
import { concatenate } from './concatenate.ts';
import { toInt16 } from './pcm16k.ts';
import { heardOf } from './spectrogram.ts';

/** Of one reply: 4 MB. */
export const mostSoundSamples = 2 ** 21;

/**
 * A stretch of a recording: shorter where it ends, or where `mostSoundSamples` do.
 * @throws CurlewError as openRecording; REQUEST_INVALID for a channel that the recording lacks
 */
export async function soundOf(
  path: string,
  startS: number,
  durationS: number,
  channel: ChannelHeard,
): Promise<{ pcm: Int16Array; sampleRate: number }> {
  const recording = await openRecording(path);
  const { sampleRate } = recording.info;
  const from = Math.round(startS * sampleRate);
  const to = Math.min(from + mostSoundSamples, Math.round((startS + durationS) * sampleRate));
  const pieces: Float32Array[] = [];
  for await (const { channels } of recording.samples(from, to))
    pieces.push(heardOf(recording, channels, channel));
  return { pcm: toInt16(concatenate(pieces)), sampleRate };
}
