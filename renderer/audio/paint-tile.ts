import type { SpectrogramPiece } from '../../main/contract/types.ts';

/** Which levels are drawn from the darkest to the brightest: half decibels above −127.5 dB of full scale. */
export interface LevelRange {
  low: number;
  high: number;
}

/** The level that but one value in 500 stays below: what is loud in a piece. */
export function loudLevel({ levels }: SpectrogramPiece): number {
  const counts = new Uint32Array(256);
  for (const level of levels) counts[level]!++;
  let left = levels.length / 500;
  for (let level = 255; level > 0; level--) {
    left -= counts[level]!;
    if (left < 0) return level;
  }
  return 0;
}

/** RGBA, a pixel a column and band, high bands at the top. @param colours 256 RGB triples */
export function paintTile(
  { columns, bands, levels }: SpectrogramPiece,
  { low, high }: LevelRange,
  colours: Uint8ClampedArray,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(columns * bands * 4);
  const place = Uint8ClampedArray.from({ length: 256 }, (_, level) => (255 * (level - low)) / (high - low));
  for (let column = 0; column < columns; column++) {
    for (let band = 0; band < bands; band++) {
      const colour = 3 * place[levels[column * bands + band]!]!;
      const pixel = 4 * ((bands - 1 - band) * columns + column);
      pixels[pixel] = colours[colour]!;
      pixels[pixel + 1] = colours[colour + 1]!;
      pixels[pixel + 2] = colours[colour + 2]!;
      pixels[pixel + 3] = 255;
    }
  }
  return pixels;
}
