import { describe, expect, it } from 'vitest';
import { allowed, followEveryMs, lastOf, moved, presetNames, presets, zoomed } from './view-range.ts';

const now = 1_795_392_000_000;
const day = lastOf('day', now);

describe('the stretch that is looked at', () => {
  it.each(presetNames)('ends now where it is the last %s', (preset) => {
    expect(lastOf(preset, now)).toEqual({ fromMs: now - presets[preset], toMs: now });
  });

  it('keeps what the pointer is at where it is when it is stretched', () => {
    const at = day.fromMs + presets.hour;
    const near = zoomed(day, 0.5, at, now);
    expect((at - near.fromMs) / (near.toMs - near.fromMs)).toBeCloseTo(1 / 24, 9);
    expect(near.toMs - near.fromMs).toBe(presets.day / 2);
  });

  it('comes back when it is moved there and back, and goes no further than now', () => {
    expect(moved(moved(day, -0.5, now), 0.5, now)).toEqual(day);
    expect(moved(day, 3, now)).toEqual(day);
    expect(zoomed(day, 2, day.toMs, now).toMs).toBe(now);
  });

  it('is never too short to hold anything, nor longer than four years', () => {
    const span = (range: { fromMs: number; toMs: number }) => range.toMs - range.fromMs;
    let range = day;
    for (let i = 0; i < 40; i++) range = zoomed(range, 0.5, now, now);
    expect(span(range)).toBe(10_000);
    for (let i = 0; i < 60; i++) range = zoomed(range, 2, now - 1, now);
    expect(span(range)).toBe(4 * presets.year);
    expect(span(allowed({ fromMs: now, toMs: now }, now))).toBe(10_000);
  });

  it('is read anew as often as it can look different', () => {
    expect(followEveryMs(lastOf('hour', now), 800)).toBe(4500);
    expect(followEveryMs(lastOf('minute', now), 800)).toBe(2000);
  });
});
