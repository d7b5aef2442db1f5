/**
 * Masks on a log-mel patch: D. S. Park and others: "SpecAugment: A Simple Data Augmentation Method for Automatic Speech
 * Recognition", Interspeech 2019 (without its time warping, which the authors found to matter least).
 */
import { frontEnd } from '../features/log-mel.ts';
import type { Random } from '../training/random.ts';
import { below } from './draws.ts';

export interface SpecAugment {
  readonly timeMasks: number;
  /** frames, at most; each mask's width is drawn from 0 up to and with it */
  readonly timeWidth: number;
  readonly bandMasks: number;
  /** mel bands, at most */
  readonly bandWidth: number;
}

/**
 * @param logMel [frames][64], row-major
 * @returns the same with the masked cells at the patch's mean, as if nothing were told there
 * @throws RangeError if it holds no whole frames
 */
export function maskLogMel(logMel: Float32Array, masks: SpecAugment, random: Random): Float32Array {
  const bands = frontEnd.melBands;
  const frames = logMel.length / bands;
  if (!Number.isInteger(frames)) throw new RangeError(`${logMel.length} numbers are no whole frames`);
  const masked = Float32Array.from(logMel);
  const mean = logMel.reduce((sum, value) => sum + value, 0) / logMel.length;
  for (let mask = 0; mask < masks.timeMasks; mask++) {
    const [from, to] = stretch(frames, masks.timeWidth, random);
    masked.fill(mean, from * bands, to * bands);
  }
  for (let mask = 0; mask < masks.bandMasks; mask++) {
    const [from, to] = stretch(bands, masks.bandWidth, random);
    for (let frame = 0; frame < frames; frame++) masked.fill(mean, frame * bands + from, frame * bands + to);
  }
  return masked;
}

function stretch(length: number, widest: number, random: Random): [number, number] {
  const width = below(random, Math.min(widest, length) + 1);
  const from = below(random, length - width + 1);
  return [from, from + width];
}
