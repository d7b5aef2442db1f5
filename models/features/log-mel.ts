/**
 * The front end's constants, in one place: YAMNet's log-mel. The firmware has the same numbers in C; the
 * conformance suite holds the two against each other.
 */
export const frontEnd = {
  /** Hz, one channel, samples in [-1, 1) */
  sampleRate: 16_000,
  /** samples a frame (25 ms) and from frame to frame (10 ms); frame t starts at sample t · hop */
  frameLength: 400,
  frameHop: 160,
  /** points of the zero-padded real FFT */
  fftLength: 512,
  melBands: 64,
  melLowest: 125,
  melHighest: 7500,
  /** added to the mel magnitudes before the natural logarithm */
  logOffset: 0.001,
  /** frames a patch (0.975 s) and from patch to patch (0.48 s) */
  patchFrames: 96,
  patchHop: 48,
} as const;

/** Samples that one patch needs: 15,600. */
export const patchSamples = (frontEnd.patchFrames - 1) * frontEnd.frameHop + frontEnd.frameLength;

/** Samples from one patch to the next: 7,680. */
export const patchHopSamples = frontEnd.patchHop * frontEnd.frameHop;

/** Whole frames in a recording of so many 16 kHz samples. */
export function frameCount(samples: number): number {
  if (samples < frontEnd.frameLength) return 0;
  return Math.floor((samples - frontEnd.frameLength) / frontEnd.frameHop) + 1;
}

/** Whole patches in a recording of so many 16 kHz samples. */
export function patchCount(samples: number, hop: number = frontEnd.patchHop): number {
  const frames = frameCount(samples);
  if (frames < frontEnd.patchFrames) return 0;
  return Math.floor((frames - frontEnd.patchFrames) / hop) + 1;
}

/** Periodic Hann window of one frame, zero-padded to the FFT length. */
export function hannWindow(): Float64Array {
  return Float64Array.from({ length: frontEnd.fftLength }, (_, n) =>
    n < frontEnd.frameLength ? 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / frontEnd.frameLength) : 0,
  );
}

/** Hz to mel, the HTK formula with natural logarithm. */
export function hertzToMel(hertz: number): number {
  return 1127 * Math.log(1 + hertz / 700);
}

/**
 * Triangular mel weights, [257 FFT bins][64 bands], row-major, without area normalisation:
 * max(0, min((mel(f) − lower) / (centre − lower), (upper − mel(f)) / (upper − centre))), DC bin zero.
 */
export function melWeights(): Float64Array {
  const { melBands, melLowest, melHighest, sampleRate, fftLength } = frontEnd;
  const bins = fftLength / 2 + 1;
  const lowest = hertzToMel(melLowest);
  const step = (hertzToMel(melHighest) - lowest) / (melBands + 1);
  const weights = new Float64Array(bins * melBands);
  for (let bin = 1; bin < bins; bin++) {
    const mel = hertzToMel((bin * sampleRate) / fftLength);
    for (let band = 0; band < melBands; band++) {
      const rising = (mel - (lowest + band * step)) / step;
      const falling = (lowest + (band + 2) * step - mel) / step;
      weights[bin * melBands + band] = Math.max(0, Math.min(rising, falling));
    }
  }
  return weights;
}
