import type { Graph, Value } from '../onnx/graph.ts';
import { float64s, int8s } from '../onnx/tensor.ts';
import { largestActivation, layerNormEpsilon } from '../quantizers/bitlinear.ts';
import type { BitLinearLayer, LatentLayer, LinearLayer, Standardization } from './expert.ts';

/*
 * The arithmetic of models/packing/IMAGE.md as nodes, in binary64: parameters are the binary32 values of the
 * image, codes and sums of codes are exact, and everything between is far finer than a board's binary32.
 * Values are [patches, numbers].
 */

export function addStandardization(
  graph: Graph,
  embedding: Value,
  { offset, scale }: Standardization,
): Value {
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

function addNormAndRelu(
  graph: Graph,
  value: Value,
  layer: LatentLayer | LinearLayer | BitLinearLayer,
): Value {
  if (layer.norm === null) return value;
  const scaled = graph.node('Mul', [
    addLayerNorm(graph, value),
    graph.constant('gain', float64s(layer.norm.gain)),
  ]);
  const shifted = graph.node('Add', [scaled, graph.constant('norm_bias', float64s(layer.norm.bias))]);
  return graph.node('Max', [shifted, graph.scalar('zero', 0)]);
}

export function addBitLinear(graph: Graph, value: Value, layer: BitLinearLayer): Value {
  const { inputs, outputs } = layer;
  const normal = addLayerNorm(graph, value);
  const largest = graph.node('ReduceMax', [graph.node('Abs', [normal]), graph.int64('absmax_axis', [-1])]);
  const scale = graph.node('Div', [largest, graph.scalar('largest_activation', largestActivation)]);
  // An all-zero sample has scale 0 and must give codes 0: divide by something positive instead.
  const divisor = graph.node('Max', [scale, graph.scalar('smallest_divisor', 1e-30)]);
  const codes = graph.node('Round', [graph.node('Div', [normal, divisor])]);
  // Sums of integers below 2^53 are exact in binary64, whatever the order. MatMulInteger would say it more
  // plainly, but ONNX Runtime 1.30 fuses it with the Cast and Mul that follow into a node without binary64.
  const weights = graph.cast(
    graph.constant('codes', int8s(transpose(layer.codes, outputs, inputs), [inputs, outputs])),
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

/** A float layer; a latent one is the same behind LayerNorm. */
export function addLinear(graph: Graph, value: Value, layer: LatentLayer | LinearLayer): Value {
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
function transpose<A extends Int8Array | Float32Array>(matrix: A, rows: number, columns: number): A {
  const result = matrix.slice() as A;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = matrix[row * columns + column]!;
    }
  }
  return result;
}
