import { describe, expect, it } from 'vitest';
import { HighPass, highPassRunIn } from './high-pass.ts';
import { noise, tone } from './testing.ts';

const rate = 16_000;

/** How much of a tone is left once the filter has settled, dB. */
function gainAt(hertz: number, cutOff: number): number {
  const out = new HighPass(cutOff, rate).push(tone(3, rate, hertz)).subarray(2 * rate);
  const sum = (of: Float32Array) => of.reduce((total, x) => total + x * x, 0);
  return 10 * Math.log10(sum(out) / sum(tone(3, rate, hertz).subarray(2 * rate)));
}

describe('the high-pass', () => {
  it.each([100, 500, 2000])('is 3 dB down at its cut-off of %i Hz, 24 dB an octave below', (cutOff) => {
    expect(gainAt(cutOff, cutOff)).toBeCloseTo(-3.01, 1);
    expect(gainAt(4 * cutOff > 7500 ? 7500 : 4 * cutOff, cutOff)).toBeCloseTo(0, 1);
    // Order 4: 24.1 dB from one octave to the next; one octave below, 10 log10(1 + 2^8), the bilinear warp aside.
    expect(gainAt(cutOff / 4, cutOff)).toBeLessThan(-47);
  });

  it('takes a constant off', () => {
    const out = new HighPass(80, rate).push(new Float32Array(rate).fill(0.5));
    expect(Math.max(...out.subarray(rate / 2).map(Math.abs))).toBeLessThan(1e-6);
  });

  it('gives the same however the sound is split', () => {
    const sound = noise(1000, 4);
    const whole = new HighPass(300, rate).push(sound);
    for (const at of [0, 1, 2, 399, 999, 1000]) {
      const filter = new HighPass(300, rate);
      const both = [...filter.push(sound.subarray(0, at)), ...filter.push(sound.subarray(at))];
      expect(both).toEqual([...whole]);
    }
  });

  it('has forgotten after its run-in what it did not hear, to less than a step of 16 bits', () => {
    const sound = noise(3 * highPassRunIn, 5);
    const whole = new HighPass(20, rate).push(sound).subarray(2 * highPassRunIn);
    const entered = new HighPass(20, rate).push(sound.subarray(highPassRunIn)).subarray(highPassRunIn);
    let worst = 0;
    whole.forEach((x, i) => (worst = Math.max(worst, Math.abs(x - entered[i]!))));
    expect(worst).toBeLessThan(1 / 65_536);
  });
});
