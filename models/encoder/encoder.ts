/**
 * An encoder as data: a chain of convolutions from a log-mel patch to an embedding (models/packing/IMAGE.md,
 * "Encoder images"). Images are height (frames) × width (bands) × channels; weights lie as the board has them:
 * convolution [outputs][row][column][input channel], depthwise [row][column][channel].
 */
import { frontEnd } from '../features/log-mel.ts';

export type EncoderLayerKind = 'convolution' | 'depthwise' | 'average-pool' | 'max-pool';

export type Padding = 'none' | 'same' | 'same-lower';

export interface EncoderLayerShape {
  readonly kind: EncoderLayerKind;
  /** rows and columns */
  readonly kernel: readonly [number, number];
  readonly stride: 1 | 2;
  /** `same`: the output is ceil(input / stride), the odd cell of padding behind, or in front for `same-lower` */
  readonly padding: Padding;
  /** channels */
  readonly inputs: number;
  readonly outputs: number;
  readonly relu: boolean;
}

/** Before quantization. Pools have no weights and no bias. */
export interface FloatEncoderLayer extends EncoderLayerShape {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  /** values above are cut off, as ReLU6 does; without: none */
  readonly clip?: number;
  /** what the largest code, 127, stands for behind this layer; > 0. A pool keeps that of its input. */
  readonly range: number;
}

/** On a board. */
export interface EncoderLayer extends EncoderLayerShape {
  /** −127 to 127 */
  readonly codes: Int8Array;
  /** in units of the sums */
  readonly bias: Int32Array;
  /** an output code is round((sum + bias) · multiplier / 2^shift), half away from zero */
  readonly multiplier: Int32Array;
  readonly shift: Uint8Array;
}

interface Common<Layer> {
  /** At most 31 bytes of UTF-8. */
  readonly name: string;
  readonly version: number;
  /** The network sees x − offset; the code is round((x − offset) · scale), within ±127. Both binary32. */
  readonly input: { readonly offset: number; readonly scale: number };
  readonly layers: readonly Layer[];
}

export type FloatEncoder = Common<FloatEncoderLayer>;

/** Weights and biases. */
export const parameterCount = ({ layers }: Pick<FloatEncoder, 'layers'>): number =>
  layers.reduce((sum, { weights, bias }) => sum + weights.length + bias.length, 0);

export interface Encoder extends Common<EncoderLayer> {
  /** embedding_c = Σ codes of channel c · unit; binary32 */
  readonly unit: number;
}

export interface ImageSize {
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
}

/** Rows, columns and channels of the input and behind each layer. */
export function sizesOf(layers: readonly EncoderLayerShape[]): ImageSize[] {
  const sizes: ImageSize[] = [{ rows: frontEnd.patchFrames, columns: frontEnd.melBands, channels: 1 }];
  for (const layer of layers) {
    const { rows, columns } = sizes.at(-1)!;
    const [down, across] = [alongside(layer, 0, rows), alongside(layer, 1, columns)];
    sizes.push({ rows: down.steps, columns: across.steps, channels: layer.outputs });
  }
  return sizes;
}

/**
 * How a layer's kernel goes along one side of its input.
 * @param axis 0 rows, 1 columns
 * @returns steps, and cells of padding in front and behind
 */
export function alongside(
  { kernel, stride, padding }: Pick<EncoderLayerShape, 'kernel' | 'stride' | 'padding'>,
  axis: 0 | 1,
  size: number,
): { steps: number; front: number; behind: number } {
  const cells = kernel[axis];
  if (padding === 'none') return { steps: Math.floor((size - cells) / stride) + 1, front: 0, behind: 0 };
  const steps = Math.ceil(size / stride);
  const all = Math.max(0, (steps - 1) * stride + cells - size);
  const front = padding === 'same' ? Math.floor(all / 2) : Math.ceil(all / 2);
  return { steps, front, behind: all - front };
}

/** Numbers in the embedding. */
export function embeddingSizeOf({ layers }: { readonly layers: readonly EncoderLayerShape[] }): number {
  return layers.at(-1)?.outputs ?? 0;
}

/** Multiply-accumulates of one patch, padding included. */
export function multiplyAccumulates({ layers }: { readonly layers: readonly EncoderLayerShape[] }): number {
  const sizes = sizesOf(layers);
  return layers.reduce((sum, { kind, kernel, inputs, outputs }, i) => {
    if (kind !== 'convolution' && kind !== 'depthwise') return sum;
    const { rows, columns } = sizes[i + 1]!;
    const cells = kernel[0] * kernel[1] * (kind === 'convolution' ? inputs : 1);
    return sum + rows * columns * cells * outputs;
  }, 0);
}
