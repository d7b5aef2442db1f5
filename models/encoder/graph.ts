import type { Graph, Value } from '../onnx/graph.ts';
import { float32s, float64s, int8s } from '../onnx/tensor.ts';
import {
  alongside,
  sizesOf,
  type Encoder,
  type EncoderLayer,
  type EncoderLayerShape,
  type FloatEncoder,
  type FloatEncoderLayer,
} from './encoder.ts';

/**
 * Adds the encoder that a board runs, integer for integer: codes are whole numbers in binary32, whose sums stay
 * below 2^24 and so are exact in whatever order they are added; scaling is binary64, which holds a sum of 30 bits
 * times a multiplier of 22.
 * @param patches float32 [patches, 96, 64]
 * @returns float64 [patches, D]
 */
export function addEncoder(graph: Graph, patches: Value, encoder: Encoder): Value {
  const { offset, scale } = encoder.input;
  // as a board does it, in binary32: near a half its rounding decides
  const centred = graph.node('Sub', [patches, graph.constant('input_offset', float32s([offset], []))]);
  const scaled = graph.node('Mul', [centred, graph.constant('input_scale', float32s([scale], []))]);
  const rounded = graph.cast(graph.node('Round', [scaled]), 'float64');
  let codes = addChannel(graph, clipped(graph, rounded, -127));
  encoder.layers.forEach((layer, i) => {
    codes = addLayer(graph, codes, layer, sizesOf(encoder.layers)[i]!);
  });
  const sums = graph.node('ReduceSum', [graph.cast(codes, 'float64'), graph.int64('cell_axes', [2, 3])], {
    keepdims: 0,
  });
  return graph.node('Mul', [sums, graph.scalar('unit', encoder.unit)]);
}

/** The same encoder with nothing rounded: weights and activations in binary32. */
export function addFloatEncoder(graph: Graph, patches: Value, encoder: FloatEncoder): Value {
  const centred = graph.node('Sub', [
    patches,
    graph.constant('input_offset', float32s([encoder.input.offset], [])),
  ]);
  const value = addFloatLayers(
    graph,
    graph.node('Unsqueeze', [centred, graph.int64('channel_axis', [1])]),
    encoder,
  );
  const mean = graph.node('ReduceMean', [value.at(-1)!, graph.int64('cell_axes', [2, 3])], { keepdims: 0 });
  return graph.cast(mean, 'float64');
}

/** @returns the values behind each layer, float32 [patches, channels, rows, columns] */
export function addFloatLayers(graph: Graph, input: Value, { layers }: FloatEncoder): Value[] {
  const sizes = sizesOf(layers);
  const values: Value[] = [];
  layers.forEach((layer, i) => {
    const from = values.at(-1) ?? input;
    const parameters = layer.weights.length === 0 ? [] : convolutionWeights(graph, layer, layer.weights);
    const bias = layer.weights.length === 0 ? [] : [graph.constant('bias', float32s(layer.bias))];
    const value = addWindow(graph, [from, ...parameters, ...bias], layer, sizes[i]!);
    const active = layer.relu ? graph.node('Relu', [value]) : value;
    const clip = layer.clip && graph.constant('clip', float32s([layer.clip], []));
    values.push(clip ? graph.node('Min', [active, clip]) : active);
  });
  return values;
}

/** [patches, rows, columns] float64 to float32 with one channel. */
function addChannel(graph: Graph, value: Value): Value {
  return graph.node('Unsqueeze', [graph.cast(value, 'float32'), graph.int64('channel_axis', [1])]);
}

function addLayer(graph: Graph, codes: Value, layer: EncoderLayer, from: Size): Value {
  if (layer.kind === 'max-pool') return addWindow(graph, [codes], layer, from);
  if (layer.kind === 'average-pool') {
    // codes are whole numbers: the mean as a board rounds it, half away from zero
    const mean = graph.cast(addWindow(graph, [codes], layer, from), 'float64');
    return graph.cast(roundHalfAway(graph, mean), 'float32');
  }
  const sums = graph.cast(
    addWindow(graph, [codes, ...convolutionWeights(graph, layer, layer.codes)], layer, from),
    'float64',
  );
  const channels = [1, layer.outputs, 1, 1];
  const biased = graph.node('Add', [sums, graph.constant('bias', float64s(layer.bias, channels))]);
  const scales = Float64Array.from(layer.multiplier, (m, o) => m * 2 ** -layer.shift[o]!);
  const scaled = graph.node('Mul', [biased, graph.constant('scales', float64s(scales, channels))]);
  return graph.cast(clipped(graph, roundHalfAway(graph, scaled), layer.relu ? 0 : -127), 'float32');
}

function roundHalfAway(graph: Graph, value: Value): Value {
  const away = graph.node('Floor', [
    graph.node('Add', [graph.node('Abs', [value]), graph.scalar('half', 0.5)]),
  ]);
  return graph.node('Mul', [graph.node('Sign', [value]), away]);
}

function clipped(graph: Graph, value: Value, low: number): Value {
  const below = graph.node('Min', [value, graph.scalar('largest_code', 127)]);
  return graph.node('Max', [below, graph.scalar('smallest_code', low)]);
}

interface Size {
  readonly rows: number;
  readonly columns: number;
}

const operators = {
  convolution: 'Conv',
  depthwise: 'Conv',
  'average-pool': 'AveragePool',
  'max-pool': 'MaxPool',
} as const;

/** Padding cells count neither in a mean nor in a maximum. */
function addWindow(graph: Graph, inputs: readonly Value[], layer: EncoderLayerShape, from: Size): Value {
  const { kind, kernel, stride, outputs } = layer;
  return graph.node(operators[kind], inputs, {
    kernel_shape: kernel,
    strides: [stride, stride],
    pads: paddingOf(layer, from),
    ...(kind === 'depthwise' ? { group: outputs } : {}),
  });
}

/** Before rows and columns, then behind them. */
function paddingOf(layer: EncoderLayerShape, { rows, columns }: Size): number[] {
  const [down, across] = [alongside(layer, 0, rows), alongside(layer, 1, columns)];
  return [down.front, across.front, down.behind, across.behind];
}

/** As ONNX has them: [outputs][input channels of a group][rows][columns]. */
function convolutionWeights(
  graph: Graph,
  { kind, kernel, inputs, outputs }: FloatEncoderLayer | EncoderLayer,
  weights: Float32Array | Int8Array,
): Value[] {
  const cells = kernel[0] * kernel[1];
  const ofGroup = kind === 'convolution' ? inputs : 1;
  // codes are kept as int8, at a quarter of the size, and widened when the session is made
  const ordered = weights.slice();
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < ofGroup; input++) {
      for (let cell = 0; cell < cells; cell++) {
        const at = kind === 'depthwise' ? cell * outputs + output : (output * cells + cell) * inputs + input;
        ordered[(output * ofGroup + input) * cells + cell] = weights[at]!;
      }
    }
  }
  const shape = [outputs, ofGroup, ...kernel];
  if (ordered instanceof Float32Array) return [graph.constant('weights', float32s(ordered, shape))];
  return [graph.cast(graph.constant('codes', int8s(ordered, shape)), 'float32')];
}
