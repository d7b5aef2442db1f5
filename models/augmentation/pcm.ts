/** Changes to a recording's samples. Each returns new samples and leaves its input as it is. */

/** Rounded to int16 and clipped, as a board's microphone gives samples: in [-1, 1). */
export function asHeard(pcm: Float32Array): Float32Array {
  // int16 has one zero: adding 0 makes −0 that one.
  return pcm.map((sample) => (Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768))) + 0) / 32_768);
}

/**
 * Later by so many samples (earlier where negative); what leaves at one end enters at the other, so that nothing is
 * lost and the energy stays.
 */
export function timeShift(pcm: Float32Array, samples: number): Float32Array {
  const { length } = pcm;
  if (length === 0) return new Float32Array(0);
  const split = length - (((samples % length) + length) % length);
  const shifted = new Float32Array(length);
  shifted.set(pcm.subarray(split));
  shifted.set(pcm.subarray(0, split), length - split);
  return shifted;
}

/** Amplitude times 10^(decibels / 20); nothing is clipped (asHeard does that). */
export function changeGain(pcm: Float32Array, decibels: number): Float32Array {
  const factor = 10 ** (decibels / 20);
  return pcm.map((sample) => sample * factor);
}

/** Mean square. */
export function power(pcm: Float32Array): number {
  let sum = 0;
  for (const sample of pcm) sum += sample * sample;
  return pcm.length === 0 ? 0 : sum / pcm.length;
}

/**
 * Adds noise so that 10 log10(power of the signal / power of the noise) over the whole length is `decibels`. A silent
 * signal has no such ratio and stays silent.
 * @param noise of the signal's length and not silent
 * @throws RangeError if it is not
 */
export function addNoise(pcm: Float32Array, noise: Float32Array, decibels: number): Float32Array {
  if (noise.length !== pcm.length) {
    throw new RangeError(`${noise.length} samples of noise do not fit ${pcm.length} of signal`);
  }
  const noisePower = power(noise);
  if (pcm.length > 0 && noisePower === 0) throw new RangeError('the noise is silent');
  const factor = Math.sqrt(power(pcm) / noisePower / 10 ** (decibels / 10));
  return pcm.map((sample, i) => sample + factor * noise[i]!);
}
