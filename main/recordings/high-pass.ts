/**
 * A high-pass for recordings: Butterworth of order 4 as two biquads, by the bilinear transform (R. Bristow-Johnson,
 * Cookbook formulae for audio EQ biquad filter coefficients; Q of the two sections 1 / (2 cos(π/8)) and 1 / (2 cos(3π/8))).
 */

/** Samples that are filtered before the first one wanted, so that what came before them is forgotten. */
export const highPassRunIn = 16_000;

/** 3 dB down at the cut-off, 24 dB an octave below it. Sound goes in and out in pieces of any length. */
export class HighPass {
  private readonly sections: readonly Biquad[];

  /** @param hertz the cut-off, above 0 and below half of the rate */
  constructor(hertz: number, rate: number) {
    this.sections = [Math.PI / 8, (3 * Math.PI) / 8].map(
      (angle) => new Biquad(hertz, rate, 1 / (2 * Math.cos(angle))),
    );
  }

  /** @returns as many samples as are given */
  push(samples: Float32Array): Float32Array {
    const out = Float64Array.from(samples);
    for (const section of this.sections) section.run(out);
    return Float32Array.from(out);
  }
}

/** Transposed direct form II. */
class Biquad {
  private readonly b0: number;
  private readonly b1: number;
  private readonly a1: number;
  private readonly a2: number;
  private s1 = 0;
  private s2 = 0;

  constructor(hertz: number, rate: number, q: number) {
    const w = (2 * Math.PI * hertz) / rate;
    const alpha = Math.sin(w) / (2 * q);
    const a0 = 1 + alpha;
    this.b0 = (1 + Math.cos(w)) / 2 / a0;
    this.b1 = -(1 + Math.cos(w)) / a0;
    this.a1 = (-2 * Math.cos(w)) / a0;
    this.a2 = (1 - alpha) / a0;
  }

  /** In place. */
  run(samples: Float64Array): void {
    const { b0, b1, a1, a2 } = this;
    let { s1, s2 } = this;
    for (let i = 0; i < samples.length; i++) {
      const x = samples[i]!;
      const y = b0 * x + s1;
      s1 = b1 * x - a1 * y + s2;
      s2 = b0 * x - a2 * y;
      samples[i] = y;
    }
    this.s1 = s1;
    this.s2 = s2;
  }
}
