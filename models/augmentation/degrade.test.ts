import { describe, expect, test } from 'vitest';
import { Random } from '../training/random.ts';
import { degradationName, degradations, degraded, partnersOf, type DegradeContext } from './degrade.ts';
import { whiteNoise } from './noise.ts';
import { power } from './pcm.ts';

const rate = 16_000;
const tone = (hertz: number, amplitude: number, length = 4096) =>
  Float32Array.from({ length }, (_, i) => amplitude * Math.sin((2 * Math.PI * hertz * i) / rate));
const other = whiteNoise(1000, new Random(8)).map((sample) => sample / 20);
const context: DegradeContext = { rate, seed: 5, other };
/** What was added, as decibels below the signal. */
const ratio = (clean: Float32Array, noisy: Float32Array) =>
  10 * Math.log10(power(clean) / power(noisy.map((sample, i) => sample - clean[i]!)));

describe('a degraded clip', () => {
  const clean = tone(500, 0.1);

  test('has noise, or another clip, at the ratio that was asked for', () => {
    for (const decibels of [20, 5, 0]) {
      const noisy = degraded(clean, { kind: 'noise', colour: 'pink', decibels }, context);
      expect(ratio(clean, noisy)).toBeCloseTo(decibels, 1);
      const mixed = degraded(clean, { kind: 'clip', decibels }, context);
      expect(ratio(clean, mixed)).toBeCloseTo(decibels, 1);
    }
  });

  test('repeats with its seed, and has the same noise at every ratio', () => {
    const noisy = (decibels: number, seed: number) =>
      degraded(clean, { kind: 'noise', colour: 'white', decibels }, { ...context, seed });
    expect(noisy(10, 5)).toEqual(noisy(10, 5));
    expect(noisy(10, 5)).not.toEqual(noisy(10, 6));
    const added = (decibels: number) => noisy(decibels, 5).map((sample, i) => sample - clean[i]!);
    const [loud, faint] = [added(0), added(20)];
    const along = loud.reduce((sum, sample, i) => sum + sample * faint[i]!, 0);
    expect(along / Math.sqrt(power(loud) * power(faint)) / clean.length).toBeGreaterThan(0.999);
  });

  test('of a lower rate keeps what lies below half of it, and nothing above', () => {
    const low = tone(1000, 0.2);
    const high = tone(3000, 0.2);
    const both = low.map((sample, i) => sample + high[i]!);
    const heard = degraded(both, { kind: 'rate', hertz: 4000 }, context);
    const left = heard.map((sample, i) => sample - low[i]!);
    expect(power(heard) / power(low)).toBeCloseTo(1, 2);
    expect(10 * Math.log10(power(left) / power(low))).toBeLessThan(-25);
    expect(degraded(low, { kind: 'rate', hertz: 8000 }, context).length).toBe(low.length);
  });

  test('clips where it is too loud, and loses its small steps where it is too quiet', () => {
    const loud = degraded(tone(500, 0.5), { kind: 'gain', decibels: 15 }, context);
    expect(Math.max(...loud)).toBe(32_767 / 32_768);
    expect(Math.min(...loud)).toBe(-1);
    const quiet = degraded(tone(500, 0.001), { kind: 'gain', decibels: -30 }, context);
    expect(new Set(quiet).size).toBeLessThan(5);
  });

  test('is silent where it was silent, and as it was where the other is', () => {
    const silent = new Float32Array(100);
    for (const one of degradations) expect(degraded(silent, one, context)).toEqual(silent);
    const alone = degraded(clean, { kind: 'clip', decibels: 0 }, { ...context, other: silent });
    expect(ratio(clean, alone)).toBeGreaterThan(60);
    expect(degraded(new Float32Array(0), degradations[0]!, context)).toHaveLength(0);
  });
});

test('every degradation of the table has a name of its own', () => {
  expect(new Set(degradations.map(degradationName)).size).toBe(degradations.length);
  expect(degradationName({ kind: 'gain', decibels: 15 })).toBe('gain +15 dB');
});

test('a clip is mixed with one of another class, drawn by the seed; where there is none with nothing', () => {
  const labels = Array.from({ length: 30 }, (_, i) => i % 3);
  const partners = partnersOf(labels, 2);
  partners.forEach((partner, i) => expect(labels[partner!]).not.toBe(labels[i]));
  expect(new Set(partners).size).toBeGreaterThan(10);
  expect(partnersOf(labels, 2)).toEqual(partners);
  expect(partnersOf([1, 1], 2)).toEqual([null, null]);
});
