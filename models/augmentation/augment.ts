/** One heard variation of a clip: where it starts, how loud it is, how noisy. */
import { frontEnd } from '../features/log-mel.ts';
import type { Random } from '../training/random.ts';
import { uniform } from './draws.ts';
import { makeNoise, type NoiseColour } from './noise.ts';
import { addNoise, asHeard, changeGain, timeShift } from './pcm.ts';

export interface ClipAugmentation {
  /** seconds, at most, either way */
  readonly shiftS: number;
  /** dB, from … to */
  readonly gain: readonly [number, number];
  /** dB of signal over noise, from … to; null adds none */
  readonly snr: readonly [number, number] | null;
  readonly noise: NoiseColour;
}

/**
 * Shifted, with noise, at another level, and then as a microphone would give it: rounded to int16 and clipped. What is
 * drawn follows from the generator's state alone.
 * @param pcm 16 kHz
 */
export function augmentClip(pcm: Float32Array, augmentation: ClipAugmentation, random: Random): Float32Array {
  const { shiftS, gain, snr, noise } = augmentation;
  let heard = timeShift(pcm, Math.round(uniform(random, -shiftS, shiftS) * frontEnd.sampleRate));
  if (snr) heard = addNoise(heard, makeNoise(noise, pcm.length, random), uniform(random, ...snr));
  return asHeard(changeGain(heard, uniform(random, ...gain)));
}
