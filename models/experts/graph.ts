import type { Graph, Value } from '../onnx/graph.ts';
import { float64s, int16s, int8s } from '../onnx/tensor.ts';
import { largestActivation, layerNormEpsilon } from '../quantizers/bitlinear.ts';
import type {
  AnyLayer,
  CalibratedLayer,
  IntegerLayer,
  LatentLayer,
  LinearLayer,
  Network,
  Standardization,
} from './expert.ts';

/*
 * The arithmetic of models/packing/IMAGE.md as nodes, in binary64: parameters are the binary32 values of the
 * image, codes and sums of codes are exact, and everything between is far finer than a board's binary32.
 * Values are [patches, numbers].
 */

function addStandardization(graph: Graph, embedding: Value, { offset, scale }: Standardization): Value {
  const centred = graph.node('Sub', [embedding, graph.constant('embedding_offset', float64s(offset))]);
  return graph.node('Mul', [centred, graph.constant('embedding_scale', float64s(scale))]);
}

/** LN(v) = (v − mean) / sqrt(variance + 1e-5). */
function addLayerNorm(graph: Graph, value: Value): Value {
  const axis = graph.int64('norm_axis', [-1]);
  const centred = graph.node('Sub', [value, graph.node('ReduceMean', [value, axis])]);
  const variance = graph.node('ReduceMean', [graph.node('Mul', [centred, centred]), axis]);
  const offset = graph.node('Add', [variance, graph.scalar('norm_epsilon', layerNormEpsilon)]);
  return graph.node('Div', [centred, graph.node('Sqrt', [offset])]);
}

/** What follows a layer: LayerNorm and ReLU, or ReLU alone. */
function addNormAndRelu(graph: Graph, value: Value, layer: AnyLayer): Value {
  if (layer.norm === null) {
    return layer.relu ? graph.node('Max', [value, graph.scalar('zero', 0)]) : value;
  }
  const scaled = graph.node('Mul', [
    addLayerNorm(graph, value),
    graph.constant('gain', float64s(layer.norm.gain)),
  ]);
  const shifted = graph.node('Add', [scaled, graph.constant('norm_bias', float64s(layer.norm.bias))]);
  return graph.node('Max', [shifted, graph.scalar('zero', 0)]);
}

/** Activation codes, as float64 integers, and what one is worth. */
function addActivationCodes(graph: Graph, value: Value, layer: IntegerLayer): { codes: Value; scale: Value } {
  if (layer.kind === 'static') {
    const scale = graph.scalar('activation_scale', layer.activationScale);
    const codes = graph.node('Round', [graph.node('Div', [value, scale])]);
    return { codes: addClamp(graph, codes, largestActivation), scale };
  }
  const ternary = layer.kind === 'ternary' && layer.activationBits === 2;
  const normal = addLayerNorm(graph, value);
  const magnitude = graph.node('Abs', [normal]);
  const scale = ternary
    ? graph.node('ReduceMean', [magnitude, graph.int64('absmean_axis', [-1])])
    : graph.node('Div', [
        graph.node('ReduceMax', [magnitude, graph.int64('absmax_axis', [-1])]),
        graph.scalar('largest_activation', largestActivation),
      ]);
  // An all-zero sample has scale 0 and must give codes 0: divide by something positive instead.
  const divisor = graph.node('Max', [scale, graph.scalar('smallest_divisor', 1e-30)]);
  const codes = graph.node('Round', [graph.node('Div', [normal, divisor])]);
  return { codes: ternary ? addClamp(graph, codes, 1) : codes, scale };
}

/** To ±limit. */
function addClamp(graph: Graph, value: Value, limit: number): Value {
  const below = graph.node('Min', [value, graph.scalar('largest_code', limit)]);
  return graph.node('Max', [below, graph.scalar('smallest_code', -limit)]);
}

/** BitLinear, ternary or static. */
function addIntegerLinear(graph: Graph, value: Value, layer: IntegerLayer): Value {
  const { inputs, outputs } = layer;
  const { codes, scale } = addActivationCodes(graph, value, layer);
  // Sums of integers below 2^53 are exact in binary64, whatever the order. MatMulInteger would say it more
  // plainly, but ONNX Runtime 1.30 fuses it with the Cast and Mul that follow into a node without binary64.
  const transposed = transpose(layer.codes, outputs, inputs);
  const weights = graph.cast(
    graph.constant(
      'codes',
      transposed instanceof Int16Array
        ? int16s(transposed, [inputs, outputs])
        : int8s(transposed, [inputs, outputs]),
    ),
    'float64',
  );
  const sums = graph.node('MatMul', [codes, weights]);
  const unit = graph.node('Mul', [scale, graph.constant('weight_scales', float64s(layer.scales))]);
  const biased = graph.node('Add', [
    graph.node('Mul', [sums, unit]),
    graph.constant('bias', float64s(layer.bias)),
  ]);
  return addNormAndRelu(graph, biased, layer);
}

/** Standardization and all layers, without dropout: embedding to logits. */
export function addNetwork(
  graph: Graph,
  embedding: Value,
  { standardization, layers }: Network<AnyLayer>,
): Value {
  let value = addStandardization(graph, embedding, standardization);
  for (const layer of layers) {
    value = 'codes' in layer ? addIntegerLinear(graph, value, layer) : addLinear(graph, value, layer);
  }
  return value;
}

/** A float layer; a latent one is the same behind LayerNorm. */
function addLinear(graph: Graph, value: Value, layer: LatentLayer | CalibratedLayer | LinearLayer): Value {
  const { inputs, outputs } = layer;
  const input = layer.kind === 'latent' ? addLayerNorm(graph, value) : value;
  const weights = transpose(layer.weights, outputs, inputs);
  // Kept as binary32 in the file, at half the size, and widened when the session is made.
  const widened = graph.cast(
    graph.constant('weights', { type: 'float32', shape: [inputs, outputs], data: weights }),
    'float64',
  );
  const biased = graph.node('Add', [
    graph.node('MatMul', [input, widened]),
    graph.constant('bias', float64s(layer.bias)),
  ]);
  return addNormAndRelu(graph, biased, layer);
}

/** [rows][columns] to [columns][rows]. */
function transpose<A extends Int8Array | Int16Array | Float32Array>(
  matrix: A,
  rows: number,
  columns: number,
): A {
  const result = matrix.slice() as A;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = matrix[row * columns + column]!;
    }
  }
  return result;
}
