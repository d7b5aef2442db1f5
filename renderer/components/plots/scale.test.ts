import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axis, unitAxis } from '../../../models/report/plots/frame.ts';
import { placeLabels, scaleOf, tickText } from './scale.ts';

const size = { width: 760, height: 360 };

describe('a plot', () => {
  it('has its axes’ ends at the edges of the drawing area, larger values higher', () => {
    const scale = scaleOf(unitAxis('x'), unitAxis('y'), size);
    expect([scale.x(0), scale.x(1)]).toEqual([50, 746]);
    expect([scale.y(0), scale.y(1)]).toEqual([318, 12]);
    expect(scale.line([[0, 0], [1, 1]])).toBe('50,318 746,12'); // prettier-ignore
  });

  it('writes ticks with the places that tell them apart', () => {
    expect(axis('mJ', 1.2, 1.4).ticks.map((tick) => tickText(tick, axis('mJ', 1.2, 1.4)))).toEqual([
      '1.20',
      '1.25',
      '1.30',
      '1.35',
      '1.40',
    ]);
    expect(tickText(20_000, axis('n', 0, 50_000))).toBe('20,000');
  });

  it('writes no label over another, and leaves out what finds no place', () => {
    const point = fc.record({
      x: fc.integer({ min: 60, max: 740 }),
      y: fc.integer({ min: 20, max: 340 }),
      text: fc.constantFrom('4-bit', 'Ternary, popcount', 'Curiosity, α = 1'),
    });
    fc.assert(
      fc.property(fc.array(point, { maxLength: 20 }), (points) => {
        const boxes = placeLabels(points, size)
          .filter((box) => box !== null)
          .map(({ x, y, text, anchor }) => {
            const long = text.length * 6;
            const left = anchor === 'start' ? x : x - (anchor === 'end' ? long : long / 2);
            return { left, right: left + long, top: y - 10, bottom: y + 2 };
          });
        for (const [i, a] of boxes.entries()) {
          expect(a.left >= 50 && a.right <= size.width).toBe(true);
          for (const b of boxes.slice(i + 1)) {
            const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
            expect(apart).toBe(true);
          }
        }
      }),
    );
    const crowd = Array.from({ length: 9 }, () => ({ x: 300, y: 200, text: '4-bit' }));
    expect(placeLabels(crowd, size).filter((box) => box === null).length).toBeGreaterThan(0);
  });
});
