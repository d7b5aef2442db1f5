import { Fft } from './fft.ts';

/**
 * Without what lies at or above a frequency: its bins of the Fourier transform are set to 0, over the next power of
 * two that holds the samples.
 * @param hertz where nothing is left @param rate of the samples, hertz
 */
export function lowPassed(pcm: Float32Array, hertz: number, rate: number): Float32Array {
  if (pcm.length === 0) return new Float32Array(0);
  const fft = new Fft(2 ** Math.ceil(Math.log2(Math.max(4, pcm.length))));
  const { length } = fft;
  const real = new Float64Array(length);
  const imaginary = new Float64Array(length);
  real.set(pcm);
  fft.transform(real, imaginary);
  const first = Math.ceil((hertz * length) / rate);
  real.fill(0, first, length - first + 1);
  imaginary.fill(0, first, length - first + 1);
  // The inverse is the transform with real and imaginary parts exchanged, over the length.
  fft.transform(imaginary, real);
  return Float32Array.from(real.subarray(0, pcm.length), (sample) => sample / length);
}
