import { describe, expect, it } from 'vitest';
import { barLength, fitted, labelled, metres, projected, type Point } from './projection.ts';

describe('positions on a plane', () => {
  it('lie as far apart as on the earth', () => {
    // A degree of latitude is 111.2 km on a sphere; one of longitude that times the cosine of the latitude.
    const [south, north] = projected([
      { latitude: 47, longitude: 11 },
      { latitude: 48, longitude: 11 },
    ]) as [Point, Point];
    expect(south.y - north.y).toBeCloseTo(111_195, -1);
    expect(south.x).toBeCloseTo(0, 6);
    const [west, east] = projected([
      { latitude: 60, longitude: 10 },
      { latitude: 60, longitude: 11 },
    ]) as [Point, Point];
    expect(east.x - west.x).toBeCloseTo(55_598, -1);
  });

  it('are near each other on both sides of the date line', () => {
    const [west, east] = projected([
      { latitude: 0, longitude: 179.9 },
      { latitude: 0, longitude: -179.9 },
    ]) as [Point, Point];
    expect(east.x - west.x).toBeCloseTo(22_239, -1);
  });
});

describe('a drawing', () => {
  it('holds all points, in one scale both ways', () => {
    const points = [
      { x: -1000, y: 0 },
      { x: 3000, y: 500 },
      { x: 0, y: -100 },
    ];
    const { scale, at } = fitted(points, 800, 400, 40);
    expect(scale).toBeCloseTo(720 / 4000);
    for (const { x, y } of at) {
      expect(x).toBeGreaterThanOrEqual(40 - 1e-9);
      expect(x).toBeLessThanOrEqual(760 + 1e-9);
      expect(y).toBeGreaterThanOrEqual(40);
      expect(y).toBeLessThanOrEqual(360);
    }
    expect((at[1]!.y - at[0]!.y) / 500).toBeCloseTo(scale);
  });

  it('has a lone board in its middle, and boards at one place', () => {
    expect(fitted([{ x: 0, y: 0 }], 800, 400, 40).at).toEqual([{ x: 400, y: 200 }]);
    const { scale } = fitted(
      [
        { x: 0, y: 0 },
        { x: 0, y: 0 },
      ],
      800,
      400,
      40,
    );
    expect(scale).toBeCloseTo(320 / 50);
  });

  it.each([
    [1, 120, 100, '100 m'],
    [0.11, 120, 1000, '1 km'],
    [0.01, 120, 10_000, '10 km'],
    [0.05, 120, 2000, '2 km'],
    [6.4, 120, 10, '10 m'],
  ])(
    'of %d pixels a metre has a bar of at most %d pixels of a round length',
    (scale, most, expected, text) => {
      const length = barLength(scale, most);
      expect(length).toBeCloseTo(expected);
      expect(length * scale).toBeLessThanOrEqual(most);
      expect(metres(length)).toBe(text);
    },
  );
});

describe('labels', () => {
  const boxOf = (label: { x: number; y: number; anchor: string }, text: string) => {
    const long = 6.2 * text.length;
    const left =
      label.anchor === 'start' ? label.x : label.anchor === 'end' ? label.x - long : label.x - long / 2;
    return { left, right: left + long, top: label.y - 10, bottom: label.y + 3 };
  };

  it('of eighty boards cover neither each other nor a board, and stay in the drawing', () => {
    const at = Array.from({ length: 80 }, (_, i) => ({ x: 40 + ((i * 97) % 820), y: 30 + ((i * 53) % 340) }));
    const texts = at.map((_, i) => `Station ${i}`);
    const labels = labelled(at, texts, 900, 400);
    const boxes = labels.flatMap((label, i) => (label ? [boxOf(label, texts[i]!)] : []));
    expect(boxes.length).toBeGreaterThan(50);
    boxes.forEach((a, i) => {
      expect(a.left >= -3 && a.right <= 903 && a.top >= 0 && a.bottom <= 400).toBe(true);
      for (const b of boxes.slice(i + 1)) {
        const apart =
          a.right <= b.left + 2 || b.right <= a.left + 2 || a.bottom <= b.top || b.bottom <= a.top;
        expect(apart).toBe(true);
      }
      for (const { x, y } of at)
        expect(x > a.left + 3 && x < a.right - 3 && y > a.top && y < a.bottom).toBe(false);
    });
  });

  it('are left out where there is no room', () => {
    const at = Array.from({ length: 5 }, () => ({ x: 100, y: 100 }));
    const labels = labelled(at, ['a board', 'b', 'c', 'd', 'e'], 200, 200);
    expect(labels.filter((one) => one !== null).length).toBe(4);
  });
});
