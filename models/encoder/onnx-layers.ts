/** Layers of an encoder from nodes of an ONNX graph. */
import type { OnnxNode, OnnxTensor } from '../onnx/read.ts';
import {
  alongside,
  type EncoderLayerShape,
  type FloatEncoderLayer,
  type ImageSize,
  type Padding,
} from './encoder.ts';
import { unfit } from './limits.ts';

type Constants = ReadonlyMap<string, OnnxTensor>;

/** How a node is told of. */
export const called = ({ operator, name, outputs }: OnnxNode) => `its ${operator} “${name || outputs[0]}”`;

/**
 * A Conv node, its weights in a board's order.
 * @param from size of what arrives
 * @throws CurlewError ENCODER_UNFIT for groups, dilations, strides or paddings that a board does not have
 */
export function convolution(node: OnnxNode, constants: Constants, from: ImageSize): FloatEncoderLayer {
  const weights = constants.get(node.inputs[1] ?? '');
  const bias = constants.get(node.inputs[2] ?? '');
  if (!weights || weights.shape.length !== 4)
    throw unfit(`${called(node)} has no two-dimensional constant weights`);
  const [outputs, ofGroup, rows, columns] = weights.shape as [number, number, number, number];
  const group = number(node, 'group', 1);
  const depthwise = group > 1;
  if (depthwise && (group !== from.channels || outputs !== group || ofGroup !== 1)) {
    throw unfit(
      `${called(node)} has ${group} groups for ${from.channels} channels and ${outputs} outputs; all or one are possible`,
    );
  }
  if (!depthwise && ofGroup !== from.channels) {
    throw unfit(`${called(node)} takes ${ofGroup} channels where ${from.channels} arrive`);
  }
  if (bias && bias.data.length !== outputs) throw unfit(`${called(node)} has ${bias.data.length} biases`);
  const kernel = [rows, columns] as const;
  return {
    ...slide(node, kernel, from),
    kind: depthwise ? 'depthwise' : 'convolution',
    inputs: from.channels,
    outputs,
    relu: false,
    weights: ordered(weights.data, { outputs, ofGroup, cells: rows * columns, depthwise }),
    bias: bias ? bias.data.slice() : new Float32Array(outputs),
    range: Infinity,
  };
}

/** A pool. @throws as convolution */
export function window(node: OnnxNode, from: ImageSize): FloatEncoderLayer {
  const kernel = list(node, 'kernel_shape', []);
  if (kernel.length !== 2) throw unfit(`${called(node)} has no two-dimensional kernel`);
  if (number(node, 'ceil_mode', 0) !== 0) throw unfit(`${called(node)} rounds its size up (ceil_mode)`);
  const layer = {
    ...slide(node, kernel as unknown as readonly [number, number], from),
    kind: node.operator === 'MaxPool' ? ('max-pool' as const) : ('average-pool' as const),
    inputs: from.channels,
    outputs: from.channels,
    relu: false,
    weights: new Float32Array(),
    bias: new Float32Array(),
    range: Infinity,
  };
  if (layer.padding !== 'none' && number(node, 'count_include_pad', 0) !== 0) {
    throw unfit(`${called(node)} counts its padding in the mean (count_include_pad)`);
  }
  return layer;
}

/** Batch normalization folded into the layer before: w' = w · γ / sqrt(σ² + ε), b' = (b − μ) · γ / sqrt(σ² + ε) + β. */
export function batchNorm(node: OnnxNode, constants: Constants, layer: FloatEncoderLayer): FloatEncoderLayer {
  const [gain, shift, mean, variance] = node.inputs.slice(1, 5).map((input) => constants.get(input)?.data);
  if (!gain || !shift || !mean || !variance || gain.length !== layer.outputs) {
    throw unfit(`${called(node)} has no constant numbers for ${layer.outputs} channels`);
  }
  const epsilon = number(node, 'epsilon', 1e-5);
  const factor = gain.map((g, o) => g / Math.sqrt(variance[o]! + epsilon));
  return {
    ...layer,
    weights: layer.weights.map((w, i) => w * factor[outputOf(layer, i)]!),
    bias: layer.bias.map((b, o) => (b - mean[o]!) * factor[o]! + shift[o]!),
  };
}

/** The same layer for an input that is not multiplied with `factor` beforehand. */
export function scaleWeights(layer: FloatEncoderLayer, factor: number): FloatEncoderLayer {
  return { ...layer, weights: layer.weights.map((weight) => weight * factor) };
}

function outputOf({ kind, outputs, weights }: FloatEncoderLayer, at: number): number {
  return kind === 'depthwise' ? at % outputs : Math.floor((at * outputs) / weights.length);
}

/** [outputs][channels][rows][columns] to a board's order. */
function ordered(
  weights: Float32Array,
  {
    outputs,
    ofGroup,
    cells,
    depthwise,
  }: { outputs: number; ofGroup: number; cells: number; depthwise: boolean },
): Float32Array {
  const result = new Float32Array(weights.length);
  weights.forEach((weight, at) => {
    const cell = at % cells;
    const channel = Math.floor(at / cells) % ofGroup;
    const output = Math.floor(at / (cells * ofGroup));
    result[depthwise ? cell * outputs + output : (output * cells + cell) * ofGroup + channel] = weight;
  });
  return result;
}

/** Kernel, stride and the padding of a board that puts the kernel at the same places as the node's own. */
function slide(
  node: OnnxNode,
  kernel: readonly [number, number],
  from: ImageSize,
): Pick<EncoderLayerShape, 'kernel' | 'stride' | 'padding'> {
  const strides = list(node, 'strides', [1, 1]);
  if (strides[0] !== strides[1]) throw unfit(`${called(node)} has different strides along its sides`);
  if (list(node, 'dilations', [1, 1]).some((one) => one !== 1)) throw unfit(`${called(node)} is dilated`);
  const stride = strides[0] as 1 | 2;
  const automatic = node.attributes.get('auto_pad');
  if (automatic === 'SAME_UPPER') return { kernel, stride, padding: 'same' };
  if (automatic === 'SAME_LOWER') return { kernel, stride, padding: 'same-lower' };
  const pads = automatic === 'VALID' ? [0, 0, 0, 0] : list(node, 'pads', [0, 0, 0, 0]);
  const sizes = [from.rows, from.columns];
  const fits = (padding: Padding) =>
    ([0, 1] as const).every((axis) => {
      const { steps, front } = alongside({ kernel, stride, padding }, axis, sizes[axis]!);
      const padded = sizes[axis]! + pads[axis]! + pads[axis + 2]!;
      return front === pads[axis] && steps === Math.floor((padded - kernel[axis]) / stride) + 1;
    });
  const padding = (['same', 'none', 'same-lower'] as const).find(fits);
  if (padding) return { kernel, stride, padding };
  throw unfit(
    `${called(node)} is padded by ${pads.join(', ')}; a board pads to the same size, or not at all`,
  );
}

function number(node: OnnxNode, name: string, fallback: number): number {
  const value = node.attributes.get(name) ?? fallback;
  if (typeof value !== 'number') throw unfit(`${called(node)} has a ${name} that is no number`);
  return value;
}

function list(node: OnnxNode, name: string, fallback: readonly number[]): readonly number[] {
  const value = node.attributes.get(name) ?? fallback;
  if (typeof value !== 'object' || 'data' in value)
    throw unfit(`${called(node)} has a ${name} that is no list`);
  return value;
}
