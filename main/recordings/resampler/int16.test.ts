import { describe, expect, it } from 'vitest';
import { noise } from '../testing.ts';
import { fromInt16, toInt16 } from './int16.ts';

describe('16-bit samples', () => {
  it.each([1, 2, 3, 8])(
    'of %i channels become floats, each channel by itself, however many and wherever they lie',
    (channels) => {
      for (let count = 0; count < 40; count++) {
        for (const shift of [0, 1, 2]) {
          const bytes = Uint8Array.from(
            { length: shift + 2 * channels * count },
            (_, i) => (i * 89 + 7 * count) % 256,
          );
          const view = new DataView(bytes.buffer, shift);
          const expected = Array.from({ length: channels }, (_, channel) =>
            Array.from(
              { length: count },
              (_, i) => view.getInt16(2 * (i * channels + channel), true) / 32_768,
            ),
          );
          expect(fromInt16(bytes.subarray(shift), count, channels).map((one) => [...one])).toEqual(expected);
        }
      }
    },
  );

  it('of floats are the nearest steps, halves upwards, clamped at full scale', () => {
    // Ties and their neighbours, what is beyond full scale, what is no number, and everything between.
    const near = [-1.5, -0.5, 0.5, 1.5, 20_000.5, -20_000.5].flatMap((step) => {
      const value = step / 32_768;
      const least = Math.abs(value) * 2 ** -23;
      return [value - least, value, value + least];
    });
    const samples = Float32Array.from([
      ...near,
      ...[2, -2, 1e9, -1e9, Infinity, -Infinity, NaN, 1e-40, -1e-40, 0, 1, -1],
      ...noise(5_000).map((sample) => 3 * sample),
    ]);
    const expected = Int16Array.from(samples, (sample) =>
      Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768))),
    );
    expect(toInt16(samples)).toEqual(expected);
    for (let count = 0; count < 40; count++) {
      expect(toInt16(samples.subarray(3, 3 + count))).toEqual(expected.subarray(3, 3 + count));
    }
  });

  it('are rounded the same in one piece of any length', () => {
    const samples = noise(150_000);
    const halves = [toInt16(samples.subarray(0, 70_000)), toInt16(samples.subarray(70_000))];
    expect(Buffer.concat(halves.map((half) => Buffer.from(half.buffer)))).toEqual(
      Buffer.from(toInt16(samples).buffer),
    );
  });
});
