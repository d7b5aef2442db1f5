import { expect, it } from 'vitest';
import { waveOf } from './wave.ts';

it('draws the least and the most of what each pixel holds', () => {
  const samples = Float32Array.of(0, 0.5, -1, 1, 0, 0, 0.25, -0.25);
  expect(waveOf(samples, 4, 100)).toBe(
    'M0.0 25.0h1V50.5h-1zM1.0 0.0h1V100.5h-1zM2.0 50.0h1V50.5h-1zM3.0 37.5h1V63.0h-1z',
  );
});

it('draws no more columns than there are samples, and nothing of none', () => {
  expect(waveOf(Float32Array.of(0, 0), 100, 10)).toBe('M0.0 5.0h1V5.5h-1zM50.0 5.0h1V5.5h-1z');
  expect(waveOf(new Float32Array(), 100, 10)).toBe('');
});
