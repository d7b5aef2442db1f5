/**
 * How much work an encoder is, in operations as section "Work" of models/packing/IMAGE.md counts them; the board's
 * devices/firmware/core/inference/operations.c counts the same.
 */
import { grouped } from '../../main/contract/figures.ts';
import { heldBytes } from './arena.ts';
import { sizesOf, type EncoderLayerShape, type ImageSize } from './encoder.ts';

/** Most operations of one image, and of a bank's inference. */
export const mostOperations = 64_000_000;

/** About the instructions that a Cortex-M4 takes, rounded up. */
const cost = {
  cell: 200,
  number: 40,
  kernelRow: 32,
  code: 4,
  kernelCell: 16,
  tap: 4,
  pooled: 10,
  fusedRow: 500,
} as const;

/**
 * Operations of each layer.
 * @param fused how many first layers are computed row by row
 */
export function layerOperations(layers: readonly EncoderLayerShape[], fused: number): number[] {
  const sizes = sizesOf(layers);
  const held = heldBytes(layers, fused);
  return layers.map((layer, i) => {
    const { rows, columns } = sizes[i + 1]!;
    const alone = i < fused ? cost.fusedRow + held[i]! : 0;
    return rows * (columns * cellOperations(layer, sizes[i]!) + alone);
  });
}

/** Operations of one patch. */
export function encoderOperations(layers: readonly EncoderLayerShape[], fused: number): number {
  return layerOperations(layers, fused).reduce((sum, operations) => sum + operations, 0);
}

/** For one cell of a layer's output. */
function cellOperations({ kind, kernel, inputs, outputs }: EncoderLayerShape, from: ImageSize): number {
  const cells = kernel[0] * kernel[1];
  if (kind === 'convolution') {
    const codes = 16 * Math.ceil((cells * inputs) / 16);
    const sums = 4 * Math.ceil(outputs / 4);
    return cost.cell + cost.kernelRow * kernel[0] + codes * (sums + cost.code) + cost.number * sums;
  }
  if (kind === 'depthwise') {
    return cost.cell + cost.kernelCell * cells + (cost.tap * cells + cost.number) * outputs;
  }
  const inside = Math.min(kernel[0], from.rows) * Math.min(kernel[1], from.columns);
  return cost.cell + (cost.pooled * inside + cost.number) * outputs;
}

/** @returns what is wrong with so many operations; null where a board does them */
export function tooMuchWork(operations: number): string | null {
  if (operations <= mostOperations) return null;
  return `an inference takes ${grouped(operations)} operations; ${grouped(mostOperations)} are possible`;
}
