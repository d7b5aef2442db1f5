import { expect, it } from 'vitest';
import { loudLevel, paintTile } from './paint-tile.ts';

const grey = Uint8ClampedArray.from({ length: 768 }, (_, i) => Math.floor(i / 3));
const piece = {
  columns: 2,
  bands: 3,
  sampleRate: 8000,
  levels: Uint8Array.from([100, 150, 200, 90, 250, 100]),
};

it('a tile has its low bands at the bottom, and levels outside the range as its ends', () => {
  const pixels = paintTile(piece, { low: 100, high: 200 }, grey);
  const reds = Array.from({ length: 6 }, (_, i) => pixels[4 * i]);
  expect(reds).toEqual([255, 0, 128, 255, 0, 0]);
  expect(pixels[3]).toBe(255);
});

it('what is loud is passed by one value in 500', () => {
  const levels = new Uint8Array(10_000).fill(40).fill(120, 0, 100).fill(255, 0, 10);
  expect(loudLevel({ ...piece, levels })).toBe(120);
  expect(loudLevel({ ...piece, levels: new Uint8Array(0) })).toBe(0);
});
