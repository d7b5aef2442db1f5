import { expect, it } from 'vitest';
import { noise, tone } from './testing.ts';
import { spectraOf } from './stft.ts';

const powersOf = (windowSamples: number, first: Float32Array, second: Float32Array) => {
  const spectra = spectraOf(windowSamples);
  const found = [new Float64Array(spectra.bands), new Float64Array(spectra.bands)] as const;
  spectra.pair(first, second, ...found);
  return found;
};

it.each([256, 512, 1024, 2048])('two windows of %i give the powers that their sums of sines do', (n) => {
  const windows = [noise(n, 1), noise(n, 2)] as const;
  const found = powersOf(n, ...windows);
  windows.forEach((window, which) => {
    for (const band of [0, 1, 7, n / 4, n / 2 - 1, n / 2]) {
      let real = 0;
      let imaginary = 0;
      window.forEach((sample, i) => {
        const weighed = sample * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / n));
        real += weighed * Math.cos((2 * Math.PI * band * i) / n);
        imaginary -= weighed * Math.sin((2 * Math.PI * band * i) / n);
      });
      expect(found[which]![band]).toBeCloseTo((4 / n) ** 2 * (real ** 2 + imaginary ** 2), 9);
    }
  });
});

it('a sine of full scale in the middle of a band gives 1 there, and nothing two bands away', () => {
  const [power] = powersOf(512, tone(512 / 16_000, 16_000, (40 * 16_000) / 512, 1), new Float32Array(512));
  expect(power[40]).toBeCloseTo(1, 5);
  expect(power[42]).toBeCloseTo(0, 9);
});
