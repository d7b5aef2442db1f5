import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../training/random.ts';
import { aWeighting, amplitudeShare, loudness, mixSounds } from './between-class.ts';
import { beta, gaussian } from './draws.ts';
import { Fft } from './fft.ts';
import { mixLabels, mixup } from './mixup.ts';
import { makeNoise, noiseColours, pinkNoise, whiteNoise } from './noise.ts';
import { addNoise, asHeard, changeGain, power, timeShift } from './pcm.ts';
import { maskLogMel } from './spec-augment.ts';

const samples = fc.float32Array({ min: -1, max: 1, noNaN: true, minLength: 1, maxLength: 200 });
const seeds = fc.nat(10_000);
const tone = (hertz: number, amplitude: number, length = 16_000) =>
  Float32Array.from({ length }, (_, n) => amplitude * Math.sin((2 * Math.PI * hertz * n) / 16_000));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a time shift', () => {
  it('moves every sample and loses none, so that the energy stays', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: -500, max: 500 }), (pcm, by) => {
        const shifted = timeShift(pcm, by);
        pcm.forEach((sample, n) => {
          const at = (((n + by) % pcm.length) + pcm.length) % pcm.length;
          expect(shifted[at]).toBe(sample);
        });
        expect([...shifted].sort()).toEqual([...pcm].sort());
        expect(timeShift(shifted, -by)).toEqual(pcm);
      }),
    );
    expect(timeShift(new Float32Array(0), 3)).toHaveLength(0);
  });
});

describe('a gain', () => {
  it('changes the power by that many decibels', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: -40, max: 20, noNaN: true }), (seed, decibels) => {
        const pcm = whiteNoise(500, new Random(seed));
        const measured = 10 * Math.log10(power(changeGain(pcm, decibels)) / power(pcm));
        expect(measured).toBeCloseTo(decibels, 5);
      }),
    );
  });

  it('is undone by its opposite, to what float32 holds', () => {
    const pcm = whiteNoise(500, new Random(1));
    changeGain(changeGain(pcm, 6), -6).forEach((sample, n) => expect(sample).toBeCloseTo(pcm[n]!, 6));
  });
});

describe('a microphone', () => {
  it('gives int16 in [-1, 1), nearest to what there is, and clips the rest', () => {
    expect([...asHeard(Float32Array.of(0.25, -1.5, 1, 1.4 / 32_768, -0.6 / 32_768))]).toEqual([
      0.25,
      -1,
      32_767 / 32_768,
      1 / 32_768,
      -1 / 32_768,
    ]);
    fc.assert(
      fc.property(samples, (pcm) => {
        const heard = asHeard(pcm);
        heard.forEach((sample, n) => {
          expect(Number.isInteger(sample * 32_768) && !Object.is(sample, -0)).toBe(true);
          // Half a step, and a whole one at +1, which int16 does not have.
          expect(Math.abs(sample - pcm[n]!)).toBeLessThanOrEqual(1 / 32_768);
        });
        expect(asHeard(heard)).toEqual(heard);
      }),
    );
  });
});

describe('noise', () => {
  it.each(noiseColours)('%s is added at the set ratio, to 1e-6 dB', (colour) => {
    fc.assert(
      fc.property(seeds, fc.double({ min: -20, max: 40, noNaN: true }), (seed, snr) => {
        const random = new Random(seed);
        const pcm = changeGain(whiteNoise(16_000, random), -20);
        const noisy = addNoise(pcm, makeNoise(colour, pcm.length, random), snr);
        const noise = noisy.map((sample, n) => sample - pcm[n]!);
        const measured = 10 * Math.log10(power(pcm) / power(noise));
        expect(Math.abs(measured - snr)).toBeLessThan(1e-6);
      }),
      { numRuns: 30 },
    );
  });

  it('leaves silence silent, and must fit', () => {
    const silence = new Float32Array(100);
    expect(addNoise(silence, whiteNoise(100, new Random(1)), 10)).toEqual(silence);
    expect(() => addNoise(silence, whiteNoise(99, new Random(1)), 10)).toThrow(RangeError);
    expect(() => addNoise(silence, silence, 10)).toThrow(RangeError);
  });

  /** Mean power a bin in octaves of bins 64 … 128, 128 … 256 and so on, dB. */
  function octaves(make: (seed: number) => Float32Array): number[] {
    const fft = new Fft(4096);
    const power = new Float64Array(5);
    for (let seed = 0; seed < 40; seed++) {
      const real = Float64Array.from(make(seed));
      const imaginary = new Float64Array(4096);
      fft.transform(real, imaginary);
      power.forEach((_, octave) => {
        const first = 64 * 2 ** octave;
        for (let k = first; k < 2 * first; k++)
          power[octave]! += (real[k]! ** 2 + imaginary[k]! ** 2) / first;
      });
    }
    return Array.from(power, (value) => 10 * Math.log10(value));
  }

  it('that is white has the same power in every octave’s bins', () => {
    const levels = octaves((seed) => whiteNoise(4096, new Random(seed)));
    for (const level of levels) expect(Math.abs(level - levels[0]!)).toBeLessThan(0.5);
  });

  it('that is pink loses 3 dB from octave to octave', () => {
    const levels = octaves((seed) => pinkNoise(4096, new Random(seed)));
    levels.slice(1).forEach((level, i) => {
      expect(level - levels[i]!).toBeGreaterThan(-3.01 - 0.5);
      expect(level - levels[i]!).toBeLessThan(-3.01 + 0.5);
    });
  });

  it('that is pink has unit power whatever its length', () => {
    for (const length of [1, 2, 3, 100, 4096, 5000]) {
      expect(power(pinkNoise(length, new Random(length)))).toBeCloseTo(1, 5);
    }
    expect(pinkNoise(0, new Random(1))).toHaveLength(0);
  });
});

describe('the Fourier transform', () => {
  it.each([1, 2, 8, 64])('of %i points is the sum that defines it', (length) => {
    const random = new Random(length);
    const x = Array.from({ length }, () => [gaussian(random), gaussian(random)] as const);
    const real = Float64Array.from(x, ([re]) => re);
    const imaginary = Float64Array.from(x, ([, im]) => im);
    new Fft(length).transform(real, imaginary);
    for (let k = 0; k < length; k++) {
      let re = 0;
      let im = 0;
      x.forEach(([a, b], n) => {
        const angle = (-2 * Math.PI * k * n) / length;
        re += a * Math.cos(angle) - b * Math.sin(angle);
        im += a * Math.sin(angle) + b * Math.cos(angle);
      });
      expect(Math.abs(real[k]! - re)).toBeLessThan(1e-10);
      expect(Math.abs(imaginary[k]! - im)).toBeLessThan(1e-10);
    }
  });

  it('takes powers of two alone', () => {
    expect(() => new Fft(12)).toThrow(RangeError);
    expect(() => new Fft(0)).toThrow(RangeError);
  });
});

describe('loudness', () => {
  it('follows the A-weighting of IEC 61672-1 at its nominal frequencies', () => {
    // The standard's table, rounded to a tenth of a decibel; exact frequencies are 1000 · 10^(n / 10).
    const table = [
      [-10, -19.1],
      [-7, -10.9],
      [-3, -3.2],
      [0, 0],
      [3, 1.2],
      [6, 1.0],
      [9, -1.1],
    ] as const;
    for (const [n, decibels] of table) {
      expect(Math.abs(aWeighting(1000 * 10 ** (n / 10)) - decibels)).toBeLessThan(0.06);
    }
  });

  it('of a full-scale tone at 1 kHz is −3 dB, and moves with the gain', () => {
    expect(loudness(tone(1000, 1))).toBeCloseTo(-3.01, 1);
    expect(loudness(tone(1000, 0.1))).toBeCloseTo(-23.01, 1);
    expect(loudness(tone(100, 1)) - loudness(tone(1000, 1))).toBeCloseTo(-19.1, 0);
  });

  it('is that of the loudest moment, and of silence −100 dB', () => {
    const burst = new Float32Array(48_000);
    burst.set(tone(1000, 1, 4096), 20_480);
    expect(loudness(burst)).toBeCloseTo(-3.01, 1);
    expect(loudness(new Float32Array(16_000))).toBe(-100);
    expect(loudness(new Float32Array(0))).toBe(-100);
    expect(loudness(tone(1000, 1, 1500))).toBeGreaterThan(-10);
  });
});

describe('between-class mixing', () => {
  const ratios = fc.double({ min: 0.001, max: 0.999, noNaN: true });
  const levels = fc.double({ min: -60, max: 0, noNaN: true });

  it('weighs two sounds so that they are heard at the ratio', () => {
    fc.assert(
      fc.property(ratios, levels, levels, (ratio, g1, g2) => {
        const p = amplitudeShare(ratio, g1, g2);
        // What the formula is made for: p · 10^(G1/20) : (1 − p) · 10^(G2/20) = r : 1 − r.
        const heard = (p * 10 ** (g1 / 20)) / ((1 - p) * 10 ** (g2 / 20));
        expect(heard / (ratio / (1 - ratio))).toBeCloseTo(1, 9);
        expect(amplitudeShare(1 - ratio, g2, g1)).toBeCloseTo(1 - p, 12);
      }),
    );
  });

  it('gives the ratio itself to equally loud sounds, and one sound alone at its ends', () => {
    expect(amplitudeShare(0.3, -20, -20)).toBeCloseTo(0.3, 12);
    const [a, b] = [tone(500, 0.5), tone(2000, 0.01)];
    expect(mixSounds(a, b, 1)).toEqual(a);
    expect(mixSounds(a, b, 0)).toEqual(b);
  });

  it('mixes a loud and a soft sound to what is heard as half and half', () => {
    const [loud, soft] = [tone(500, 0.5), tone(2000, 0.01)];
    const half = mixSounds(loud, soft, 0.5);
    const partOf = (sound: Float32Array, hertz: number) => {
      const one = tone(hertz, 1);
      return (2 * sound.reduce((sum, sample, n) => sum + sample * one[n]!, 0)) / one.length;
    };
    const levelOf = (hertz: number) => loudness(tone(hertz, partOf(half, hertz)));
    expect(levelOf(500) - levelOf(2000)).toBeCloseTo(0, 2);
  });

  it('keeps the power of unrelated sounds', () => {
    const [a, b] = [whiteNoise(50_000, new Random(1)), whiteNoise(50_000, new Random(2))];
    for (const ratio of [0.1, 0.5, 0.8]) expect(power(mixSounds(a, b, ratio))).toBeCloseTo(1, 1);
  });

  it('refuses sounds of different lengths and ratios that are none', () => {
    const [a, b] = [new Float32Array(10), new Float32Array(11)];
    expect(() => mixSounds(a, b, 0.5)).toThrow(RangeError);
    for (const ratio of [-0.1, 1.1, NaN]) expect(() => mixSounds(a, a, ratio)).toThrow(RangeError);
  });
});

describe('draws', () => {
  it('of the normal distribution have its moments', () => {
    const random = new Random(3);
    const values = Array.from({ length: 50_000 }, () => gaussian(random));
    expect(mean(values)).toBeCloseTo(0, 1);
    expect(mean(values.map((x) => x ** 2))).toBeCloseTo(1, 1);
    expect(Math.abs(mean(values.map((x) => x ** 4)) - 3)).toBeLessThan(0.15);
  });

  it.each([
    [0.2, 0.2],
    [1, 1],
    [0.4, 2],
    [5, 3],
  ])('of Beta(%d, %d) have its mean and variance', (a, b) => {
    const random = new Random(4);
    const values = Array.from({ length: 50_000 }, () => beta(random, a, b));
    const expected = a / (a + b);
    expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(Math.abs(mean(values) - expected)).toBeLessThan(0.01);
    const variance = mean(values.map((value) => (value - expected) ** 2));
    expect(Math.abs(variance - (a * b) / ((a + b) ** 2 * (a + b + 1)))).toBeLessThan(0.005);
  });

  it('of Beta are refused for numbers that are not above 0, and end where they are tiny', () => {
    for (const alpha of [0, -1, NaN]) expect(() => beta(new Random(1), alpha, 1)).toThrow(RangeError);
    const random = new Random(1);
    const ends = Array.from({ length: 100 }, () => beta(random, 1e-4, 1e-4));
    expect(new Set(ends.map((value) => Math.round(value)))).toEqual(new Set([0, 1]));
  });
});

describe('masks on a log-mel', () => {
  const masks = { timeMasks: 2, timeWidth: 20, bandMasks: 1, bandWidth: 16 };

  it('set whole frames and whole bands to the mean, no more of them than allowed, and nothing else', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = new Random(seed);
        const logMel = whiteNoise(96 * 64, random);
        const masked = maskLogMel(logMel, masks, random);
        const fill = Math.fround(mean([...logMel]));
        const cells = Array.from({ length: 96 }, (_, frame) =>
          Array.from({ length: 64 }, (_, band) => masked[frame * 64 + band] !== logMel[frame * 64 + band]),
        );
        const frames = cells.map((row) => row.every(Boolean));
        const bands = Array.from({ length: 64 }, (_, band) => cells.every((row) => row[band]));
        const odd = cells.flatMap((row, f) =>
          row.flatMap((cell, b) => {
            const filled = Math.abs(masked[f * 64 + b]! - fill) < 1e-5;
            return cell === (frames[f]! || bands[b]!) && (!cell || filled) ? [] : [[f, b]];
          }),
        );
        expect(odd).toEqual([]);
        expect(frames.filter(Boolean).length).toBeLessThanOrEqual(2 * 20);
        const bandCount = bands.filter(Boolean).length;
        expect(bandCount).toBeLessThanOrEqual(16);
        // Bands that are masked stand side by side.
        if (bandCount > 0) expect(bands.lastIndexOf(true) - bands.indexOf(true) + 1).toBe(bandCount);
      }),
    );
  });

  it('of no width change nothing, and reach every frame and band', () => {
    const logMel = whiteNoise(96 * 64, new Random(1));
    const none = { timeMasks: 3, timeWidth: 0, bandMasks: 3, bandWidth: 0 };
    expect(maskLogMel(logMel, none, new Random(1))).toEqual(logMel);
    const random = new Random(2);
    const reached = new Set<number>();
    for (let run = 0; run < 500; run++) {
      maskLogMel(logMel, masks, random).forEach((value, i) => {
        if (value !== logMel[i]) reached.add(i);
      });
    }
    expect(reached.size).toBe(96 * 64);
  });

  it('wider than the patch stay within it, and want whole frames', () => {
    const wide = { timeMasks: 1, timeWidth: 1000, bandMasks: 1, bandWidth: 1000 };
    for (let seed = 0; seed < 50; seed++) {
      expect(maskLogMel(new Float32Array(64 * 3).fill(1), wide, new Random(seed))).toHaveLength(64 * 3);
    }
    expect(() => maskLogMel(new Float32Array(65), wide, new Random(1))).toThrow(RangeError);
  });
});

describe('mixup', () => {
  it('mixes rows and labels at the same ratio', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.array(fc.nat(4), { minLength: 1, maxLength: 20 }),
        fc.double({ min: 0.05, max: 4, noNaN: true }),
        (seed, labels, alpha) => {
          // Features that are the labels, one-hot: what is mixed must be the targets.
          const features = new Float32Array(labels.length * 5);
          labels.forEach((label, row) => (features[row * 5 + label] = 1));
          const mixedBatch = mixup(features, labels, 5, alpha, new Random(seed));
          mixedBatch.features.forEach((value, i) => expect(value).toBeCloseTo(mixedBatch.targets[i]!, 6));
          labels.forEach((label, row) => {
            const target = mixedBatch.targets.subarray(row * 5, (row + 1) * 5);
            expect(mean([...target]) * 5).toBeCloseTo(1, 6);
            expect(target.filter((share) => share > 0).length).toBeLessThanOrEqual(2);
            expect(labels.length > 1 || target[label] === 1).toBe(true);
          });
        },
      ),
    );
  });

  it('of one class with itself is that class', () => {
    expect([...mixLabels(1, 1, 0.3, 3)].map((share) => Math.round(share * 1e6) / 1e6)).toEqual([0, 1, 0]);
    const [first, , second] = mixLabels(0, 2, 0.25, 3);
    expect([first, second]).toEqual([0.25, 0.75]);
  });

  it('refuses features that are no rows', () => {
    expect(() => mixup(new Float32Array(5), [0, 1], 2, 1, new Random(1))).toThrow(RangeError);
    expect(() => mixup(new Float32Array(5), [], 2, 1, new Random(1))).toThrow(RangeError);
    expect(mixup(new Float32Array(0), [], 2, 1, new Random(1)).targets).toHaveLength(0);
  });
});
