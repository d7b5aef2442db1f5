/** What a board can hold and run of an encoder. */
import { grouped } from '../../main/contract/figures.ts';
import { CurlewError } from '../../main/contract/error.ts';
import { arenaBytes } from './arena.ts';
import { sizesOf, type EncoderLayerShape, type ImageSize } from './encoder.ts';
import { encoderOperations, layerOperations, tooMuchWork } from './operations.ts';

export const encoderLimits = {
  layers: 32,
  channels: 512,
  /** of a kernel */
  side: 255,
  /** rows · columns · input channels of a convolution's kernel */
  cells: 2048,
  depthwiseCells: 9,
  /** of what lies in memory together, bytes */
  arena: 49_152,
  /** Σ |weight code| of an output: sums stay below 2^24, so that binary32 holds them exactly */
  rowSum: Math.floor(2 ** 24 / 127),
  /** |sum + bias| stays below this */
  sum: 2 ** 30,
} as const;

/**
 * How many first layers a board computes row by row, as an image is packed: none where all fit its memory whole, as
 * rows take longer; else as many as take the least memory, of equals the fewest.
 */
export function fusedLayers(layers: readonly EncoderLayerShape[]): number {
  let fused = 0;
  let least = arenaBytes(layers, 0);
  if (least <= encoderLimits.arena) return 0;
  for (let more = 1; more <= layers.length; more++) {
    const bytes = arenaBytes(layers, more);
    if (bytes < least) [fused, least] = [more, bytes];
  }
  return fused;
}

/** What an encoder takes of a board's memory. */
export interface EncoderMemory {
  /** First layers that are computed row by row. */
  readonly fusedLayers: number;
  readonly arenaBytes: number;
}

/** As its image is packed. */
export function encoderMemory(layers: readonly EncoderLayerShape[]): EncoderMemory {
  const fused = fusedLayers(layers);
  return { fusedLayers: fused, arenaBytes: arenaBytes(layers, fused) };
}

/**
 * Checks the shapes against what a board can run.
 * @param fused of the image; without: as it would be packed
 * @throws CurlewError ENCODER_UNFIT naming the limit that it breaks, and the layer
 */
export function checkEncoderShape(
  { layers }: { readonly layers: readonly EncoderLayerShape[] },
  fused?: number,
): void {
  if (layers.length < 1 || layers.length > encoderLimits.layers) {
    throw unfit(`it has ${layers.length} layers, and a board runs 1 to ${encoderLimits.layers}`);
  }
  const sizes = sizesOf(layers);
  layers.forEach((layer, i) => checkLayer(layer, i + 1, sizes[i]!));
  const byRows = fused ?? fusedLayers(layers);
  const bytes = arenaBytes(layers, byRows);
  if (bytes > encoderLimits.arena) {
    const how = byRows === 0 ? '' : `, ${layersByRows(byRows)}`;
    throw unfit(
      `its activations need ${grouped(bytes)} bytes of memory${how}; a board has ${grouped(encoderLimits.arena)}`,
    );
  }
  const problem = tooMuchWork(encoderOperations(layers, byRows));
  if (problem === null) return;
  const each = layerOperations(layers, byRows);
  const most = Math.max(...each);
  throw unfit(`${problem} (layer ${each.indexOf(most) + 1} takes most, ${grouped(most)})`);
}

/** For a person. @param fused at least 1 */
export function layersByRows(fused: number): string {
  return fused === 1 ? 'layer 1 computed by rows' : `layers 1 to ${fused} computed by rows`;
}

function checkLayer(layer: EncoderLayerShape, number: number, from: ImageSize): void {
  const { kind, kernel, stride, inputs, outputs, padding } = layer;
  const cells = kernel[0] * kernel[1];
  const convolution = kind === 'convolution';
  const fail = (problem: string) => {
    throw unfit(`layer ${number} ${problem}`);
  };
  if (outputs < 1 || kernel.some((side) => side < 1 || side > encoderLimits.side)) {
    fail(
      `has a kernel of ${kernel.join(' × ')} for ${outputs} channels; sides of 1 to ${encoderLimits.side} are possible`,
    );
  }
  if (inputs !== from.channels) fail(`takes ${inputs} channels where ${from.channels} arrive`);
  if (!convolution && inputs !== outputs) fail(`changes the number of channels, which a ${kind} cannot`);
  if (stride !== 1 && stride !== 2) fail(`has a stride of ${String(stride)}; 1 and 2 are possible`);
  if (padding === 'none' && (kernel[0] > from.rows || kernel[1] > from.columns))
    fail('has a kernel larger than its input');
  if (outputs > encoderLimits.channels)
    fail(`has ${outputs} channels; ${encoderLimits.channels} are possible`);
  if (convolution && cells * inputs > encoderLimits.cells) {
    fail(`has kernels of ${cells * inputs} weights; ${encoderLimits.cells} are possible`);
  }
  if (kind === 'depthwise' && cells > encoderLimits.depthwiseCells) {
    fail(`has depthwise kernels of ${cells} weights; ${encoderLimits.depthwiseCells} are possible`);
  }
}

export function unfit(problem: string): CurlewError {
  return new CurlewError('ENCODER_UNFIT', `This encoder does not fit a board: ${problem}.`);
}
