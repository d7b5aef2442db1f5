/**
 * How much memory an encoder's activations take on a board (models/packing/IMAGE.md, "An encoder's layers"); the
 * board's devices/firmware/core/inference/encoder_rows.c counts the same.
 */
import { sizesOf, type EncoderLayerShape } from './encoder.ts';

const alignment = 16;

/**
 * @param fused how many first layers are computed row by row, 0 to all: of their inputs those rows are held that the
 * next row needs, each layer's at a multiple of 16. The last one's output is held whole, unless all are fused.
 * @returns the most bytes that lie in memory together
 */
export function arenaBytes(layers: readonly EncoderLayerShape[], fused: number): number {
  const sizes = sizesOf(layers);
  const row = sizes.map(({ columns, channels }) => columns * channels);
  const whole = sizes.map(({ rows }, i) => rows * row[i]!);
  const each = layers.slice(fused).map((_, i) => whole[fused + i]! + whole[fused + i + 1]!);
  if (fused > 0) {
    const held = heldBytes(layers, fused).reduce((sum, bytes) => sum + bytes, 0);
    each.push(held + (fused < layers.length ? whole[fused]! : aligned(row[fused]!)));
  }
  return Math.max(...each);
}

/** What each of the fused layers holds of its input: as many rows as its kernel has, or as there are. */
export function heldBytes(layers: readonly EncoderLayerShape[], fused: number): number[] {
  const sizes = sizesOf(layers);
  return layers.slice(0, fused).map(({ kernel }, i) => {
    const { rows, columns, channels } = sizes[i]!;
    return aligned(Math.min(kernel[0], rows) * columns * channels);
  });
}

const aligned = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;
