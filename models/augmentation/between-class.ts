/**
 * Between-class mixing: Y. Tokozume, Y. Ushiku, T. Harada: "Learning from Between-class Examples for Deep Sound
 * Recognition", ICLR 2018.
 */
import { frontEnd } from '../features/log-mel.ts';
import { Fft } from './fft.ts';

/** Samples of a window of loudness, about a tenth of a second as in the paper, and from window to window. */
const windowLength = 2048;
const windowHop = 1024;
/** dB: what silence counts as. */
const quietest = -100;

/**
 * A-weighting in dB (IEC 61672-1): 0 at 1 kHz.
 * R(f) = 12194² f⁴ / ((f² + 20.6²) √((f² + 107.7²)(f² + 737.9²)) (f² + 12194²)), A(f) = 20 log10 R(f) + 2.00
 */
export function aWeighting(hertz: number): number {
  const f2 = hertz * hertz;
  const response =
    (12_194 ** 2 * f2 * f2) /
    ((f2 + 20.6 ** 2) * Math.sqrt((f2 + 107.7 ** 2) * (f2 + 737.9 ** 2)) * (f2 + 12_194 ** 2));
  return 20 * Math.log10(response) + 2;
}

const fft = new Fft(windowLength);
const hann = Float64Array.from(
  { length: windowLength },
  (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / windowLength),
);
/** What each bin below the middle adds to the mean square: both signs of the frequency, the window's power taken off. */
const weights = Float64Array.from({ length: windowLength / 2 }, (_, k) => {
  const windowPower = hann.reduce((sum, value) => sum + value * value, 0);
  const gain = 10 ** (aWeighting((k * frontEnd.sampleRate) / windowLength) / 10);
  return (2 * gain) / (windowLength * windowPower);
});

/**
 * The paper's G: the loudest window's A-weighted level in dB, 0 being a mean square of 1; at least −100.
 * @param pcm 16 kHz
 */
export function loudness(pcm: Float32Array): number {
  const real = new Float64Array(windowLength);
  const imaginary = new Float64Array(windowLength);
  let loudest = 10 ** (quietest / 10);
  for (let start = 0; start === 0 || start + windowLength <= pcm.length; start += windowHop) {
    for (let n = 0; n < windowLength; n++) real[n] = hann[n]! * (pcm[start + n] ?? 0);
    imaginary.fill(0);
    fft.transform(real, imaginary);
    let level = 0;
    for (let k = 1; k < windowLength / 2; k++) {
      level += weights[k]! * (real[k]! ** 2 + imaginary[k]! ** 2);
    }
    if (level > loudest) loudest = level;
  }
  return 10 * Math.log10(loudest);
}

/**
 * The share p of the first sound's amplitude at which it is heard at the ratio r: p = 1 / (1 + 10^((G1 − G2) / 20) ·
 * (1 − r) / r).
 * @param ratio r, 0 … 1
 * @param loudness1 G1, dB
 */
export function amplitudeShare(ratio: number, loudness1: number, loudness2: number): number {
  if (ratio === 0) return 0;
  return 1 / (1 + 10 ** ((loudness1 - loudness2) / 20) * ((1 - ratio) / ratio));
}

/**
 * (p · x1 + (1 − p) · x2) / √(p² + (1 − p)²): heard at the ratio r : 1 − r, whatever the two sounds' levels; the
 * power of two unrelated sounds of equal power stays. Its label is mixLabels (mixup.ts) at the ratio r.
 * @param ratio r, 0 … 1; 1 gives the first
 * @throws RangeError if the sounds differ in length, or r is not between 0 and 1
 */
export function mixSounds(first: Float32Array, second: Float32Array, ratio: number): Float32Array {
  if (first.length !== second.length) {
    throw new RangeError(`sounds of ${first.length} and ${second.length} samples cannot be mixed`);
  }
  if (!(ratio >= 0 && ratio <= 1)) throw new RangeError(`the ratio ${ratio} is not between 0 and 1`);
  const share = amplitudeShare(ratio, loudness(first), loudness(second));
  const scale = 1 / Math.sqrt(share ** 2 + (1 - share) ** 2);
  return first.map((sample, i) => scale * (share * sample + (1 - share) * second[i]!));
}
