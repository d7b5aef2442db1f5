import { describe, expect, test } from 'vitest';
import { Noise, type NoiseOptions } from './noise.ts';

const pattern = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 7) & 255);
const baud = 921_600;

function flipped(sent: Uint8Array, got: Uint8Array): number {
  let bits = 0;
  sent.forEach((byte, i) => {
    for (let left = byte ^ (got[i] as number); left; left &= left - 1) bits++;
  });
  return bits;
}

describe('noise', () => {
  test('flips bits as often as it is told to', () => {
    for (const rate of [1e-4, 1e-3, 1e-2]) {
      const bytes = pattern(1_000_000);
      const got = new Noise({ seed: 1, bitErrorRate: rate }).pass(bytes, baud);
      expect(got).toHaveLength(bytes.length);
      const expected = 8 * bytes.length * rate;
      expect(Math.abs(flipped(bytes, got) - expected)).toBeLessThan(5 * Math.sqrt(expected));
    }
  });

  test('of one seed is the same in whatever pieces the bytes come, of another it differs', () => {
    const options = { bitErrorRate: 1e-3, bursts: { everyBytes: 500, bytes: 20 }, lostBytes: 1e-3 };
    const bytes = pattern(20_000);
    const whole = new Noise({ ...options, seed: 5 }).pass(bytes, baud);
    const noise = new Noise({ ...options, seed: 5 });
    const pieces: number[] = [];
    for (let at = 0; at < bytes.length; at += 77)
      pieces.push(...noise.pass(bytes.subarray(at, at + 77), baud));
    expect(pieces).toEqual([...whole]);
    expect(new Noise({ ...options, seed: 6 }).pass(bytes, baud)).not.toEqual(whole);
  });

  test('comes in bursts of the length and distance it is told', () => {
    const bytes = new Uint8Array(400_000);
    const got = new Noise({ seed: 3, bursts: { everyBytes: 4000, bytes: 50 } }).pass(bytes, baud);
    const places = [...got.keys()].filter((i) => got[i] !== 0);
    const starts = places.filter((at, i) => i === 0 || at - (places[i - 1] as number) > 10);
    expect(starts.length).toBeGreaterThan(60);
    expect(starts.length).toBeLessThan(140);
    expect(places.length / starts.length).toBeGreaterThan(40);
    expect(places.length / starts.length).toBeLessThan(55);
  });

  test('loses, doubles and eats bytes and whole writes', () => {
    const passed = (options: Omit<NoiseOptions, 'seed'>, bytes = pattern(10_000)): number =>
      new Noise({ seed: 9, ...options }).pass(bytes, baud).length;
    expect(passed({})).toBe(10_000);
    expect(Math.abs(passed({ lostBytes: 0.1 }) - 9000)).toBeLessThan(150);
    expect(Math.abs(passed({ doubledBytes: 0.1 }) - 11_000)).toBeLessThan(150);
    expect(passed({ lostWrites: 1 })).toBe(0);
    expect(passed({ doubledWrites: 1 })).toBe(20_000);
    const some = Uint8Array.of(0x10, 0x11, 0x12, 0x13);
    expect([...new Noise({ seed: 9, eaten: [0x11, 0x13] }).pass(some, baud)]).toEqual([0x10, 0x12]);
  });

  test('may depend on the rate of the line', () => {
    const noise = new Noise({ seed: 2, bitErrorRate: (rate) => (rate > 500_000 ? 1e-2 : 0) });
    const bytes = pattern(1000);
    expect(noise.pass(bytes, 921_600)).not.toEqual(bytes);
    expect(noise.pass(bytes, 460_800)).toEqual(bytes);
    expect(noise.pass(bytes, 921_600)).not.toEqual(bytes);
  });
});
