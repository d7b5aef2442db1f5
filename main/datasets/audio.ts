/** A clip's samples as a board hears them, and what is wrong with them. */
import { patchSamples } from '../../models/features/log-mel.ts';
import { asHeard } from '../../models/augmentation/pcm.ts';
import { CurlewError } from '../contract/error.ts';
import { openRecording } from '../recordings/decode.ts';
import { concatenate } from '../recordings/concatenate.ts';
import { mixDown, requireWhole } from '../recordings/pcm16k.ts';
import { Resampler, targetRate } from '../recordings/resample.ts';
import type { Problem, ProblemKind } from './dataset.ts';

/** A sample of this size or more, of any channel at the recording's own rate, counts as full scale. */
export const fullScale = 0.999;
/** A clip is called clipped if more than this share of its samples is at full scale. */
export const clippedShare = 0.001;
/** A clip is called silent if nothing in it reaches this (-80 dB of full scale). */
export const silentBelow = 1e-4;

/** How what embeds a clip hears it. */
export interface Hearing {
  /** Hz */
  readonly rate: number;
  /** The least that is heard; zeros follow a shorter clip. */
  readonly windowSamples: number;
}
export const asBoards: Hearing = { rate: targetRate, windowSamples: patchSamples };

/** What can be said of a clip's sound; small enough to be kept in the cache with its features. */
export interface Sound {
  /** at 16 kHz, before padding */
  readonly samples: number;
  /** largest magnitude of any channel at the recording's own rate */
  readonly peak: number;
  /** share of the samples of all channels that are at full scale, 0 … 1 */
  readonly atFullScale: number;
}

export interface ClipAudio {
  /** mono at the rate that was asked for, rounded to int16, in [-1, 1); zeros follow a clip shorter than one window */
  readonly pcm: Float32Array;
  readonly sound: Sound;
  /** what was lost of a file that still holds audio */
  readonly damage: CurlewError | null;
}

/** @throws CurlewError as openRecording; FILE_EMPTY if not one sample comes out, FILE_TOO_LARGE for more than an hour */
export async function readAudio(
  path: string,
  signal?: AbortSignal,
  hearing: Hearing = asBoards,
): Promise<ClipAudio> {
  const recording = await openRecording(path, signal ? { signal } : {});
  const resampler = new Resampler(recording.info.sampleRate, 0, hearing.rate);
  const pieces: Float32Array[] = [];
  let peak = 0;
  let full = 0;
  let heard = 0;
  for await (const { channels, startSample } of recording.samples(resampler.firstInput, Infinity)) {
    requireWhole(path, startSample / recording.info.sampleRate);
    for (const channel of channels) {
      for (const sample of channel) {
        const magnitude = Math.abs(sample);
        if (magnitude > peak) peak = magnitude;
        if (magnitude >= fullScale) full++;
      }
      heard += channel.length;
    }
    pieces.push(resampler.push(mixDown(channels)));
  }
  pieces.push(resampler.flush());
  const pcm = asHeard(concatenate(pieces));
  if (pcm.length === 0) {
    throw new CurlewError('FILE_EMPTY', `${path} holds no sound; record it again or leave it out.`, { path });
  }
  return {
    pcm: padded(pcm, hearing.windowSamples),
    sound: { samples: Math.round((pcm.length * targetRate) / hearing.rate), peak, atFullScale: full / heard },
    damage: recording.damage,
  };
}

function padded(pcm: Float32Array, windowSamples: number): Float32Array {
  if (pcm.length >= windowSamples) return pcm;
  const whole = new Float32Array(windowSamples);
  whole.set(pcm);
  return whole;
}

/** @returns notes on a clip that is used */
export function soundProblems(
  name: string,
  { samples, peak, atFullScale }: Sound,
  hearing: Hearing = asBoards,
): Problem[] {
  const problems: Problem[] = [];
  const note = (kind: ProblemKind, message: string) =>
    problems.push({ kind, name, message, outcome: 'used' });
  if (peak < silentBelow) {
    note('silent', `${name} is silent: nothing in it reaches −80 dB of full scale; it is used as it is.`);
  }
  if (atFullScale > clippedShare) {
    const share = (100 * atFullScale).toFixed(2);
    note('clipped', `${name} is clipped: ${share} % of its samples are at full scale; it is used as it is.`);
  }
  const windowS = hearing.windowSamples / hearing.rate;
  if (samples < windowS * targetRate) {
    const seconds = (samples / targetRate).toFixed(3);
    note(
      'too-short',
      `${name} is ${seconds} s long, shorter than one window of ${windowS} s; zeros are added.`,
    );
  }
  return problems;
}
