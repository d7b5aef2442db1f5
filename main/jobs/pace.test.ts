import { describe, expect, it } from 'vitest';
import { Pace } from './pace.ts';

/** @param reports when, and how much is behind it; `go` and `stop` at their times */
function paced(worked: number, ...reports: [at: number, share: number | null | 'go' | 'stop'][]): Pace {
  const pace = new Pace(worked);
  for (const [at, share] of reports) {
    if (share === 'go') pace.go(at);
    else if (share === 'stop') pace.stop(at);
    else pace.reached(share, at);
  }
  return pace;
}

describe('the time that is left', () => {
  it('is told from what was done since the work settled, and not before a second and half a percent of it', () => {
    const settled = paced(0, [0, 'go'], [500, 0.1], [1000, 0.2]);
    expect(settled.left(1000)).toBeNull();
    settled.reached(0.204, 2100);
    expect(settled.left(2100)).toBeNull();
    settled.reached(0.21, 3000);
    // A hundredth took two seconds.
    expect(settled.left(3000)).toBe(158_000);
    expect(settled.left(5000)).toBe(156_000);
  });

  it('is told by the stage that is under way where another one was faster', () => {
    const pace = paced(0, [0, 'go'], [1000, 0]);
    for (let s = 2; s <= 11; s++) pace.reached(0.02 * (s - 1), 1000 * s);
    for (let s = 12; s <= 21; s++) pace.reached(0.2 + 0.001 * (s - 11), 1000 * s);
    // 0.79 of it, a thousandth a second.
    expect(pace.left(21_000)).toBe(790_000);
  });

  it('does not count as pace what an earlier run had done', () => {
    const resumed = paced(600_000, [0, 'go'], [10, 0.5], [900, 0.6], [1100, 0.6], [11_100, 0.7]);
    expect(resumed.left(11_100)).toBe(30_000);
  });

  it('leaves pauses out, and begins anew after one', () => {
    const pace = paced(0, [0, 'go'], [1000, 0], [11_000, 0.5], [11_000, 'stop']);
    expect(pace.left(11_000)).toBeNull();
    pace.go(500_000);
    pace.reached(0.5, 501_000);
    expect(pace.left(501_000)).toBeNull();
    pace.reached(0.6, 503_000);
    expect(pace.left(503_000)).toBe(8000);
    expect(pace.worked(503_000)).toBe(14_000);
  });

  it('is not told while the share is not known, and goes by the same pace after', () => {
    const pace = paced(0, [0, 'go'], [1000, 0], [11_000, 0.4], [11_000, null]);
    expect(pace.left(12_000)).toBeNull();
    pace.reached(0.5, 13_500);
    expect(pace.left(13_500)).toBe(12_500);
  });

  it('begins anew where the work goes back', () => {
    const pace = paced(0, [0, 'go'], [1000, 0.5], [3000, 0.9], [4000, 0.1]);
    expect(pace.left(4000)).toBeNull();
    pace.reached(0.2, 6000);
    expect(pace.left(6000)).toBe(16_000);
  });

  it('is never less than nothing', () => {
    const pace = paced(0, [0, 'go'], [1000, 0], [3000, 0.9]);
    expect(pace.left(60_000)).toBe(0);
  });
});

it('the time worked goes on from what was worked before', () => {
  const pace = paced(5000, [100, 'go'], [100, 'go'], [300, 'stop'], [900, 'stop']);
  expect(pace.worked(2000)).toBe(5200);
});
