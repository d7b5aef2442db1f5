import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatenate } from './concatenate.ts';
import { resampledLength, Resampler } from './resample.ts';
import { noise, tone } from './testing.ts';

const rates = [
  1_000, 8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 44_101, 48_000, 96_000, 192_000, 384_000,
];

function resample(input: Float32Array, rate: number, cuts: number[] = []): Float32Array {
  const resampler = new Resampler(rate);
  const edges = [0, ...cuts.filter((cut) => cut < input.length).sort((a, b) => a - b), input.length];
  const pieces = edges.slice(1).map((edge, i) => resampler.push(input.subarray(edges[i]!, edge)));
  return concatenate([...pieces, resampler.flush()]);
}

/** Vitest compares typed arrays element by element, slowly; the bytes tell the same. */
const sameBits = (a: Float32Array, b: Float32Array) =>
  a.length === b.length &&
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));

/** Level of the middle of the output against the tone put in, dB. */
function levelDb(rate: number, hertz: number): number {
  const output = resample(tone(0.5, rate, hertz, 1), rate);
  const middle = output.subarray(2_000, 6_000);
  const power = middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length;
  return 10 * Math.log10(2 * power + 1e-30);
}

describe('the resampler', () => {
  it.each(rates)('passes %i Hz up to 7.5 kHz (or 15/16 of its band) within 0.1 dB', (rate) => {
    const edge = (Math.min(rate, 16_000) / 2) * (15 / 16);
    for (const share of [0.05, 0.3, 0.6, 0.9, 0.98, 1]) {
      expect(Math.abs(levelDb(rate, share * edge)), `${share * edge} Hz`).toBeLessThan(0.1);
    }
  });

  it.each(rates.filter((rate) => rate > 17_000))(
    'keeps what is above 8.5 kHz at %i Hz at least 80 dB down',
    (rate) => {
      const top = rate / 2 - 50;
      for (let hertz = 8_500; hertz < top; hertz += Math.max(331, (top - 8_500) / 40)) {
        expect(levelDb(rate, hertz), `${hertz} Hz`).toBeLessThan(-80);
      }
    },
  );

  it('gives no images of a slow recording above its own band', () => {
    const output = resample(tone(1, 8_000, 3_000, 1), 8_000).subarray(2_000, 14_000);
    // The image of 3 kHz at 8 kHz stands at 5 kHz.
    let real = 0;
    let imaginary = 0;
    output.forEach((sample, i) => {
      real += sample * Math.cos((2 * Math.PI * 5_000 * i) / 16_000);
      imaginary += sample * Math.sin((2 * Math.PI * 5_000 * i) / 16_000);
    });
    expect((2 * Math.hypot(real, imaginary)) / output.length).toBeLessThan(1e-4);
  });

  it.each(rates)('keeps time at %i Hz: a tone comes out where it was', (rate) => {
    const hertz = rate / 10 > 900 ? 900 : rate / 10;
    const output = resample(tone(0.6, rate, hertz, 1), rate);
    const expected = tone(0.6, 16_000, hertz, 1);
    expect(output.length).toBe(resampledLength(Math.round(0.6 * rate), rate));
    let worst = 0;
    for (let i = 2_000; i < 7_000; i++) worst = Math.max(worst, Math.abs(output[i]! - expected[i]!));
    expect(worst).toBeLessThan(1e-3);
  });

  it.each([48_000, 96_000, 192_000])('adds less than 5e-7 of full scale to a tone at %i Hz', (rate) => {
    const output = resample(tone(0.6, rate, 1_000, 1), rate).subarray(2_000, 6_000);
    // What is left of it without the tone itself, whose periods are 16 samples long.
    let [real, imaginary] = [0, 0];
    const angle = (i: number) => (2 * Math.PI * i) / 16;
    output.forEach((sample, i) => {
      real += (2 * sample * Math.cos(angle(i))) / output.length;
      imaginary += (2 * sample * Math.sin(angle(i))) / output.length;
    });
    const left = output.map(
      (sample, i) => sample - real * Math.cos(angle(i)) - imaginary * Math.sin(angle(i)),
    );
    expect(Math.sqrt(left.reduce((sum, value) => sum + value * value, 0) / left.length)).toBeLessThan(5e-7);
  });

  it('gives the same bits of what comes in one long piece', () => {
    const input = noise(400_000);
    const cuts = [1, 70_000, 70_001, 300_000];
    expect(sameBits(resample(input, 48_000, cuts), resample(input, 48_000))).toBe(true);
    const upwards = new Resampler(1_000, 0, 96_000);
    const whole = concatenate([upwards.push(input.subarray(0, 10_000)), upwards.flush()]);
    expect(whole).toHaveLength(960_000);
  });

  it('leaves 16 kHz as it is', () => {
    const input = noise(5_000);
    expect(sameBits(resample(input, 16_000), input)).toBe(true);
  });

  it('gives the same bits however the input is split', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...rates),
        fc.array(fc.nat(6_000), { maxLength: 30 }),
        fc.integer({ min: 0, max: 6_000 }),
        (rate, cuts, length) => {
          const input = noise(length, rate);
          expect(sameBits(resample(input, rate, cuts), resample(input, rate))).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('gives the same bits sample by sample', () => {
    const input = noise(1_200);
    for (const rate of [8_000, 44_100, 48_000]) {
      const single = resample(
        input,
        rate,
        Array.from(input, (_, i) => i),
      );
      expect(sameBits(single, resample(input, rate)), `${rate} Hz`).toBe(true);
    }
  });

  it('gives the same bits when it is entered in the middle', () => {
    const length = 20_000;
    for (const rate of rates) {
      const input = noise(length, 7);
      const whole = resample(input, rate);
      for (const firstOutput of [1, 100, 777, 2_500].filter((n) => n < whole.length)) {
        const resampler = new Resampler(rate, firstOutput);
        const part = concatenate([resampler.push(input.subarray(resampler.firstInput)), resampler.flush()]);
        expect(sameBits(part, whole.subarray(firstOutput)), `${rate} Hz from ${firstOutput}`).toBe(true);
      }
    }
  });

  it('stays exact in a recording of a year', () => {
    const year = 16_000 * 86_400 * 365;
    const resampler = new Resampler(44_100, year);
    expect(Math.abs(resampler.firstInput - (year * 44_100) / 16_000)).toBeLessThan(400);
  });
});

/** As models of the person's own take sound: 22.05, 32 and 48 kHz of what recorders give. */
describe('to another rate than 16 kHz', () => {
  const pairs = [
    [48_000, 32_000],
    [44_100, 32_000],
    [16_000, 32_000],
    [44_100, 48_000],
    [96_000, 48_000],
    [250_000, 48_000],
    [48_000, 22_050],
    [32_000, 44_101],
  ] as const;
  const convert = (input: Float32Array, rate: number, to: number, first = 0) => {
    const resampler = new Resampler(rate, first, to);
    return concatenate([resampler.push(input.subarray(resampler.firstInput)), resampler.flush()]);
  };

  it.each(pairs)('%i to %i Hz keeps time and level up to 7/8 of the narrower band', (rate, to) => {
    for (const share of [0.02, 0.5, 0.875]) {
      const hertz = share * (Math.min(rate, to) / 2);
      const output = convert(tone(0.3, rate, hertz, 1), rate, to);
      const expected = tone(0.3, to, hertz, 1);
      expect(output.length).toBe(resampledLength(Math.round(0.3 * rate), rate, to));
      const [from, end] = [Math.round(0.1 * to), Math.round(0.2 * to)];
      let worst = 0;
      for (let i = from; i < end; i++) worst = Math.max(worst, Math.abs(output[i]! - expected[i]!));
      expect(worst, `${hertz} Hz`).toBeLessThan(1e-2);
    }
  });

  it.each(pairs.filter(([rate, to]) => rate > 1.15 * to))(
    '%i to %i Hz keeps what would fold into the passed band 60 dB down',
    (rate, to) => {
      // From 9/8 of the band on nothing may come through, whatever it would fold to.
      for (let hertz = (9 / 8) * (to / 2); hertz < rate / 2 - 50; hertz += rate / 40) {
        const output = convert(tone(0.3, rate, hertz, 1), rate, to);
        const middle = output.subarray(Math.round(0.1 * to), Math.round(0.2 * to));
        const power = middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length;
        expect(10 * Math.log10(2 * power + 1e-30), `${hertz} Hz`).toBeLessThan(-60);
      }
    },
  );

  it.each(pairs)('%i to %i Hz gives the same bits wherever it is entered and split', (rate, to) => {
    const input = noise(6_000);
    const whole = convert(input, rate, to);
    for (const first of [1, 160, 1000]) {
      expect(sameBits(convert(input, rate, to, first), whole.slice(first))).toBe(true);
    }
    for (let cut = 1; cut < 6_000; cut += 577) {
      const resampler = new Resampler(rate, 0, to);
      const pieces = [resampler.push(input.subarray(0, cut)), resampler.push(input.subarray(cut))];
      expect(sameBits(concatenate([...pieces, resampler.flush()]), whole)).toBe(true);
    }
  });
});
