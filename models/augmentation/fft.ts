/** Fast Fourier transform of a power-of-two length (J. W. Cooley and J. W. Tukey, 1965; radix 2). */
export class Fft {
  readonly #cosine: Float64Array;
  readonly #sine: Float64Array;

  /** @throws RangeError if the length is no power of two */
  constructor(readonly length: number) {
    if (!Number.isInteger(Math.log2(length))) throw new RangeError(`${length} is no power of two`);
    const angle = (k: number) => (2 * Math.PI * k) / length;
    this.#cosine = Float64Array.from({ length: length / 2 }, (_, k) => Math.cos(angle(k)));
    this.#sine = Float64Array.from({ length: length / 2 }, (_, k) => Math.sin(angle(k)));
  }

  /** In place: X[k] = Σ x[n] · exp(−2πi · k · n / length). */
  transform(real: Float64Array, imaginary: Float64Array): void {
    const { length } = this;
    for (let i = 1, j = 0; i < length; i++) {
      let bit = length >> 1;
      for (; j & bit; bit >>= 1) j ^= bit;
      j ^= bit;
      if (i >= j) continue;
      [real[i], real[j]] = [real[j]!, real[i]!];
      [imaginary[i], imaginary[j]] = [imaginary[j]!, imaginary[i]!];
    }
    for (let half = 1; half < length; half *= 2) {
      const step = length / (2 * half);
      for (let start = 0; start < length; start += 2 * half) {
        for (let k = 0; k < half; k++) {
          const cosine = this.#cosine[k * step]!;
          const sine = -this.#sine[k * step]!;
          const a = start + k;
          const b = a + half;
          const turnedReal = real[b]! * cosine - imaginary[b]! * sine;
          const turnedImaginary = real[b]! * sine + imaginary[b]! * cosine;
          real[b] = real[a]! - turnedReal;
          imaginary[b] = imaginary[a]! - turnedImaginary;
          real[a] = real[a]! + turnedReal;
          imaginary[a] = imaginary[a]! + turnedImaginary;
        }
      }
    }
  }
}
