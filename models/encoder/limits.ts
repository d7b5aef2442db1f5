/** What a board can hold and run of an encoder. */
import { grouped } from '../../main/contract/figures.ts';
import { CurlewError } from '../../main/contract/error.ts';
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
  /** a layer's input and output, bytes */
  arena: 49_152,
  /** Σ |weight code| of an output: sums stay below 2^24, so that binary32 holds them exactly */
  rowSum: Math.floor(2 ** 24 / 127),
  /** |sum + bias| stays below this */
  sum: 2 ** 30,
} as const;

/**
 * Checks the shapes against what a board can run.
 * @throws CurlewError ENCODER_UNFIT naming the layer and the limit it breaks
 */
export function checkEncoderShape({ layers }: { readonly layers: readonly EncoderLayerShape[] }): void {
  if (layers.length < 1 || layers.length > encoderLimits.layers) {
    throw unfit(`it has ${layers.length} layers, and a board runs 1 to ${encoderLimits.layers}`);
  }
  const sizes = sizesOf(layers);
  layers.forEach((layer, i) => checkLayer(layer, i + 1, sizes[i]!, sizes[i + 1]!));
  const problem = tooMuchWork(encoderOperations({ layers }));
  if (problem === null) return;
  const each = layerOperations(layers);
  const most = Math.max(...each);
  throw unfit(`${problem} (layer ${each.indexOf(most) + 1} takes most, ${grouped(most)})`);
}

function checkLayer(layer: EncoderLayerShape, number: number, from: ImageSize, to: ImageSize): void {
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
  const bytes = from.rows * from.columns * from.channels + to.rows * to.columns * to.channels;
  if (bytes > encoderLimits.arena) {
    fail(`needs ${bytes} bytes of memory for its input and output; a board has ${encoderLimits.arena}`);
  }
}

export function unfit(problem: string): CurlewError {
  return new CurlewError('ENCODER_UNFIT', `This encoder does not fit a board: ${problem}.`);
}
