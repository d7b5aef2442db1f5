import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeWindow, smallest } from './window-state.ts';

const laptop = { x: 0, y: 25, width: 1440, height: 875 };
const left = { x: -1920, y: 0, width: 1920, height: 1080 };
const kept = { x: 10, y: 40, width: 1000, height: 700, maximized: false };

describe('the place of the window', () => {
  it('is what was kept while its screen is there', () => {
    expect(placeWindow(kept, [laptop])).toEqual(kept);
    const onTheLeft = { ...kept, x: -1800 };
    expect(placeWindow(onTheLeft, [laptop, left])).toEqual(onTheLeft);
  });

  it.each([
    ['the screen was unplugged', { ...kept, x: -1800 }],
    ['only a sliver of the title bar would show', { ...kept, x: 1440 - 20 }],
    ['the title bar would lie above the screen', { ...kept, y: -300 }],
    ['the title bar would lie below the screen', { ...kept, y: 895 }],
  ])('is for the system to choose when %s', (_why, saved) => {
    const place = placeWindow(saved, [laptop]);
    expect(place).not.toHaveProperty('x');
    expect(place).toMatchObject({ width: 1000, height: 700 });
  });

  it('shrinks to a screen that has become smaller', () => {
    expect(placeWindow({ ...kept, width: 5000, height: 5000 }, [laptop])).toMatchObject({
      width: 1440,
      height: 875,
    });
  });

  it('is never too small to use nor out of reach, whatever was kept and whatever screens there are', () => {
    const whole = fc.integer({ min: -4000, max: 4000 });
    const extent = fc.integer({ min: 1, max: 6000 });
    const area = fc.record({ x: whole, y: whole, width: extent, height: extent });
    const saved = fc.oneof(
      fc.record({ x: whole, y: whole, width: extent, height: extent, maximized: fc.boolean() }),
      fc.anything(),
    );
    fc.assert(
      fc.property(saved, fc.array(area, { maxLength: 3 }), (state, areas) => {
        const { x, y, width, height } = placeWindow(state, areas);
        expect(width).toBeGreaterThanOrEqual(smallest.width);
        expect(height).toBeGreaterThanOrEqual(smallest.height);
        if (x === undefined || y === undefined) return;
        const seen = areas.some((one) => {
          const across = Math.min(x + width, one.x + one.width) - Math.max(x, one.x);
          return across >= 100 && y >= one.y && y + 20 <= one.y + one.height;
        });
        expect(seen).toBe(true);
      }),
    );
  });
});
