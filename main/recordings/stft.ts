/** Power spectra of windows of sound. */

/** Turns windows of one length, a power of two, into levels; keeps its tables and its room for work. */
export interface Spectra {
  readonly windowSamples: number;
  /** Frequencies of a spectrum: 0 up to half the sample rate, both included. */
  readonly bands: number;
  /**
   * Two windows at once, each under a Hann window; for each the power of every band, where a sine of full scale in the
   * middle of a band gives 1.
   */
  pair(first: Float32Array, second: Float32Array, firstPower: Float64Array, secondPower: Float64Array): void;
}

/**
 * Two real windows are the real and the imaginary part of one complex transform (radix 2, in place), and its symmetry
 * parts them again: W. H. Press et al., Numerical Recipes in C (1992), section 12.3.
 */
export function spectraOf(windowSamples: number): Spectra {
  const n = windowSamples;
  const bands = n / 2 + 1;
  const hann = Float64Array.from({ length: n }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / n));
  const cosines = Float64Array.from({ length: n / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / n));
  const sines = Float64Array.from({ length: n / 2 }, (_, i) => -Math.sin((2 * Math.PI * i) / n));
  const bits = Math.log2(n);
  const reversed = Uint16Array.from({ length: n }, (_, i) => {
    let back = 0;
    for (let bit = 0; bit < bits; bit++) if (i & (1 << bit)) back |= 1 << (bits - 1 - bit);
    return back;
  });
  const re = new Float64Array(n);
  const im = new Float64Array(n);
  // A full-scale sine has n / 4 in its band: half of the Hann window's sum, which is n / 2.
  const scale = (4 / n) ** 2;

  function transform(): void {
    for (let half = 1; half < n; half *= 2) {
      const stride = n / (2 * half);
      for (let start = 0; start < n; start += 2 * half) {
        for (let k = 0; k < half; k++) {
          const a = start + k;
          const b = a + half;
          const c = cosines[k * stride]!;
          const s = sines[k * stride]!;
          const real = re[b]! * c - im[b]! * s;
          const imaginary = re[b]! * s + im[b]! * c;
          re[b] = re[a]! - real;
          im[b] = im[a]! - imaginary;
          re[a]! += real;
          im[a]! += imaginary;
        }
      }
    }
  }

  return {
    windowSamples: n,
    bands,
    pair(first, second, firstPower, secondPower) {
      for (let i = 0; i < n; i++) {
        const from = reversed[i]!;
        re[i] = first[from]! * hann[from]!;
        im[i] = second[from]! * hann[from]!;
      }
      transform();
      for (let k = 0; k < bands; k++) {
        const mirror = (n - k) % n;
        const evenReal = (re[k]! + re[mirror]!) / 2;
        const oddImaginary = (im[k]! - im[mirror]!) / 2;
        const evenImaginary = (im[k]! + im[mirror]!) / 2;
        const oddReal = (re[mirror]! - re[k]!) / 2;
        firstPower[k] = scale * (evenReal ** 2 + oddImaginary ** 2);
        secondPower[k] = scale * (evenImaginary ** 2 + oddReal ** 2);
      }
    },
  };
}
