/** Noise of unit power, to be added at a signal-to-noise ratio (pcm.ts). */
import type { Random } from '../training/random.ts';
import { gaussian } from './draws.ts';
import { Fft } from './fft.ts';

export const noiseColours = ['white', 'pink'] as const;
export type NoiseColour = (typeof noiseColours)[number];

export function makeNoise(colour: NoiseColour, length: number, random: Random): Float32Array {
  return colour === 'white' ? whiteNoise(length, random) : pinkNoise(length, random);
}

/** Independent standard normal samples: the same power at every frequency. */
export function whiteNoise(length: number, random: Random): Float32Array {
  return Float32Array.from({ length }, () => gaussian(random));
}

/**
 * Power falling as 1 / frequency (3 dB an octave) down to the lowest that fits the length. Made in the frequency
 * domain: X[k] = (g + i·g') / √k with normal g, g', X[0] = 0 (after J. Timmer and M. König: "On generating power law
 * noise", 1995), over the next power of two; the first `length` samples are kept, at a mean square of 1.
 */
export function pinkNoise(length: number, random: Random): Float32Array {
  if (length === 0) return new Float32Array(0);
  const fft = new Fft(2 ** Math.ceil(Math.log2(Math.max(4, length))));
  const real = new Float64Array(fft.length);
  const imaginary = new Float64Array(fft.length);
  for (let k = 1; k < fft.length / 2; k++) {
    const amplitude = 1 / Math.sqrt(k);
    real[k] = amplitude * gaussian(random);
    imaginary[k] = amplitude * gaussian(random);
    // Conjugate pairs give real samples.
    real[fft.length - k] = real[k]!;
    imaginary[fft.length - k] = -imaginary[k]!;
  }
  fft.transform(real, imaginary);
  const samples = real.subarray(0, length);
  const scale = Math.sqrt(length / samples.reduce((sum, sample) => sum + sample * sample, 0));
  return Float32Array.from(samples, (sample) => sample * scale);
}
