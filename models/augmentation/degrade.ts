/** Test clips made harder: what a deployment does to sounds that a data set's recordings do not have. */
import { Random } from '../training/random.ts';
import { makeNoise, type NoiseColour } from './noise.ts';
import { addNoise, asHeard, changeGain, power } from './pcm.ts';
import { lowPassed } from './low-pass.ts';

export type Degradation =
  /** Noise at a signal-to-noise ratio, dB. */
  | { readonly kind: 'noise'; readonly colour: NoiseColour; readonly decibels: number }
  /** Another clip at a signal-to-noise ratio, dB: sounds overlap. */
  | { readonly kind: 'clip'; readonly decibels: number }
  /** As if recorded at a lower rate, hertz: nothing from half of it on is left. */
  | { readonly kind: 'rate'; readonly hertz: number }
  /** Louder, until it clips, or quieter, until the microphone's steps show, dB. */
  | { readonly kind: 'gain'; readonly decibels: number };

export type DegradationKind = Degradation['kind'];

export const degradationKinds = ['noise', 'clip', 'rate', 'gain'] as const satisfies DegradationKind[];

/** The set that a robustness table is made of. */
export const degradations: readonly Degradation[] = [
  ...[20, 10, 5, 0].map((decibels) => ({ kind: 'noise', colour: 'pink', decibels }) as const),
  ...[10, 5, 0].map((decibels) => ({ kind: 'clip', decibels }) as const),
  ...[8000, 4000].map((hertz) => ({ kind: 'rate', hertz }) as const),
  ...[-30, -15, 15].map((decibels) => ({ kind: 'gain', decibels }) as const),
];

export const degradationsOf = (kinds: readonly DegradationKind[]): Degradation[] =>
  degradations.filter(({ kind }) => kinds.includes(kind));

/** For a person, and in files. */
export function degradationName(degradation: Degradation): string {
  switch (degradation.kind) {
    case 'noise':
      return `${degradation.colour} noise, SNR ${degradation.decibels} dB`;
    case 'clip':
      return `another clip, SNR ${degradation.decibels} dB`;
    case 'rate':
      return `sampled at ${degradation.hertz / 1000} kHz`;
    case 'gain':
      return `gain ${degradation.decibels > 0 ? '+' : ''}${degradation.decibels} dB`;
  }
}

export interface DegradeContext {
  /** of the samples, hertz */
  readonly rate: number;
  /** of the drawing: the same for a clip gives the same samples */
  readonly seed: number;
  /** Samples of another clip, for 'clip'; repeated or cut to the clip's length. */
  readonly other: Float32Array;
}

/**
 * The clip as it would be heard: int16 in [-1, 1), clipped where it is too loud. The signal-to-noise ratio is
 * 10 log10(P signal / P noise), each the mean square over the whole clip, pauses and all, before clipping; every
 * ratio of one seed has the same noise. A silent clip stays silent, and a silent other clip adds nothing.
 */
export function degraded(
  pcm: Float32Array,
  degradation: Degradation,
  { rate, seed, other }: DegradeContext,
): Float32Array {
  switch (degradation.kind) {
    case 'noise':
      return asHeard(
        addNoise(pcm, makeNoise(degradation.colour, pcm.length, new Random(seed)), degradation.decibels),
      );
    case 'clip': {
      const fitted = pcm.map((_, i) => other[i % other.length] ?? 0);
      return asHeard(power(fitted) === 0 ? pcm : addNoise(pcm, fitted, degradation.decibels));
    }
    case 'rate':
      return asHeard(lowPassed(pcm, degradation.hertz / 2, rate));
    case 'gain':
      return asHeard(changeGain(pcm, degradation.decibels));
  }
}

/** Which clip is mixed into each: one of another class, drawn. @param labels of the clips @returns their places */
export function partnersOf(labels: readonly number[], seed: number): (number | null)[] {
  const random = new Random(seed);
  return labels.map((label) => {
    const others = labels.flatMap((one, i) => (one === label ? [] : [i]));
    return others[Math.floor(random.uniform() * others.length)] ?? null;
  });
}
