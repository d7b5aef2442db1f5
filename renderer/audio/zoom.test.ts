import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  coarsestZoom,
  framing,
  hertzTicks,
  moved,
  secondsSeen,
  showing,
  within,
  zoomFrequency,
  zoomSteps,
  zoomTime,
} from './zoom.ts';

const bounds = fc.record({
  seconds: fc.double({ min: 0.1, max: 100_000, noNaN: true }),
  highestHz: fc.double({ min: 500, max: 192_000, noNaN: true }),
  width: fc.integer({ min: 100, max: 3000 }),
});
const seen = fc.record({
  startS: fc.double({ min: -10, max: 200_000, noNaN: true }),
  zoom: fc.integer({ min: -2, max: 20 }),
  lowHz: fc.double({ min: -500, max: 100_000, noNaN: true }),
  highHz: fc.double({ min: 0, max: 300_000, noNaN: true }),
});

describe('what is seen of a recording', () => {
  it('can be a stretch, whole and in the middle, as near as a zoom step comes', () => {
    const of = { seconds: 3600, highestHz: 24_000, width: 1000 };
    const view = framing({ startS: 0, zoom: 13, lowHz: 0, highHz: 24_000 }, of, 100, 105);
    const span = secondsSeen(view, of);
    expect(span).toBeGreaterThanOrEqual(5);
    expect(span).toBeLessThan(10);
    expect(view.startS + span / 2).toBeCloseTo(102.5, 9);
    expect(framing(view, of, -2, 3).startS).toBe(0);
    expect(secondsSeen(framing(view, of, -1000, 90_000), of)).toBeGreaterThanOrEqual(3600);
  });

  it('is all of a short recording, stretched over the whole width', () => {
    const of = { seconds: 5, highestHz: 24_000, width: 1000 };
    const view = framing({ startS: 0, zoom: 0, lowHz: 0, highHz: 24_000 }, of, 0, 30);
    expect(secondsSeen(view, of)).toBe(5);
    expect(view.startS).toBe(0);
    const nearer = zoomTime(view, of, 1, 2.5);
    expect(secondsSeen(nearer, of)).toBeLessThan(5);
    expect(secondsSeen(zoomTime(nearer, of, -1, 2.5), of)).toBe(5);
  });

  it('lies within it, whatever is scrolled and zoomed', () => {
    fc.assert(
      fc.property(
        seen,
        bounds,
        fc.integer({ min: -3, max: 3 }),
        fc.double({ min: -1e5, max: 1e5, noNaN: true }),
        (any, of, by, amount) => {
          const first = within(any, of);
          for (const view of [
            first,
            zoomTime(first, of, by, first.startS + 1),
            zoomFrequency(first, of, by, first.lowHz + 100),
            moved(first, of, amount, amount),
            showing(first, of, Math.abs(amount)),
          ]) {
            expect(view.zoom).toBeGreaterThanOrEqual(0);
            expect(view.zoom).toBeLessThanOrEqual(coarsestZoom(of));
            expect(view.startS).toBeGreaterThanOrEqual(0);
            if (view.startS > 0)
              expect(view.startS + secondsSeen(view, of)).toBeLessThanOrEqual(of.seconds + 1e-6);
            expect(view.lowHz).toBeGreaterThanOrEqual(0);
            expect(view.highHz).toBeLessThanOrEqual(of.highestHz + 1e-6);
            expect(view.highHz).toBeGreaterThan(view.lowHz);
          }
        },
      ),
    );
  });

  it('keeps the moment and the frequency under the pointer in their place while it is zoomed', () => {
    const of = { seconds: 3600, highestHz: 24_000, width: 1000 };
    const before = within({ startS: 1000, zoom: 6, lowHz: 0, highHz: 24_000 }, of);
    const after = zoomTime(before, of, 2, 1002);
    const place = (view: typeof before) => (1002 - view.startS) / secondsSeen(view, of);
    expect(after.zoom).toBe(4);
    expect(place(after)).toBeCloseTo(place(before), 9);
    const band = zoomFrequency(before, of, 1, 6000);
    expect(band).toMatchObject({ lowHz: 3000, highHz: 15_000 });
  });

  it('turns to a moment that is out of sight, and stays where it is in sight', () => {
    const of = { seconds: 3600, highestHz: 24_000, width: 1000 };
    const before = within({ startS: 0, zoom: 6, lowHz: 0, highHz: 24_000 }, of);
    expect(showing(before, of, 1)).toBe(before);
    const turned = showing(before, of, 1800);
    expect(turned.startS).toBeLessThan(1800);
    expect(turned.startS + secondsSeen(turned, of)).toBeGreaterThan(1800);
  });

  it('is coarse enough for the whole of a short recording, and never coarser than the lab gives out', () => {
    expect(zoomSteps.at(-1)).toBe(4);
    expect(zoomSteps[coarsestZoom({ seconds: 60, highestHz: 1, width: 1000 })]).toBe(0.0625);
    expect(zoomSteps[coarsestZoom({ seconds: 86_400, highestHz: 1, width: 1000 })]).toBe(4);
  });
});

it('frequencies on the axis are round, within the band and not too many', () => {
  expect(hertzTicks(0, 24_000, 8)).toEqual([0, 5000, 10_000, 15_000, 20_000]);
  expect(hertzTicks(19_300, 21_100, 8)).toEqual([19_500, 20_000, 20_500, 21_000]);
});
