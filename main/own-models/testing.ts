/** Small models for tests, as others might bring them. Nothing in the product imports this. */
import { Graph, type Dimension, type Value } from '../../models/onnx/graph.ts';
import { float32s } from '../../models/onnx/tensor.ts';
import { noise } from '../recordings/testing.ts';

export interface Made {
  /** Of the first dimension; null: there is none. */
  batch?: Dimension | null;
  samples?: Dimension;
  classes?: number;
  /** What stands behind the last layer. */
  activation?: 'none' | 'softmax' | 'sigmoid';
  embedding?: boolean;
  /** Answers NaN to whatever it hears. */
  broken?: boolean;
  metadata?: Record<string, string>;
}

const units = 8;

/** A convolution over samples, their mean, and a linear layer: input `sound`, outputs `scores` and perhaps `embedding`. */
export function waveformModel(made: Made = {}): Uint8Array<ArrayBuffer> {
  const { batch = 'N', samples = 4000, metadata = {} } = made;
  const graph = new Graph('sounds');
  const shape = batch === null ? [samples] : [batch, samples];
  const sound = graph.input('sound', 'float32', shape);
  const axes = graph.int64('axes', batch === null ? [0, 1] : [1]);
  const rows = graph.node('Unsqueeze', [sound, axes]);
  const weights = graph.constant('filters', float32s(noise(units * 64, 3), [units, 1, 64]));
  const heard = graph.node('Conv', [rows, weights], { kernel_shape: [64], strides: [16] });
  const loud = graph.node('Abs', [heard]);
  const mean = graph.node('ReduceMean', [loud, graph.int64('time', [2])], { keepdims: 0 });
  return head(graph, mean, made, batch, metadata);
}

/** A linear layer over a log-mel patch: input `patch` [batch, 1, 96, 64]. */
export function logMelModel(made: Made = {}): Uint8Array<ArrayBuffer> {
  const { batch = 'N', metadata = {} } = made;
  const graph = new Graph('patches');
  const patch = graph.input('patch', 'float32', [batch ?? 1, 1, 96, 64]);
  const flat = graph.node('Flatten', [patch], { axis: 1 });
  const weights = graph.constant(
    'weights',
    float32s(
      noise(6144 * units, 5).map((w) => w / 50),
      [6144, units],
    ),
  );
  return head(graph, graph.node('MatMul', [flat, weights]), made, batch, metadata);
}

function head(
  graph: Graph,
  embedding: Value,
  { classes = 3, activation = 'softmax', embedding: shown = false, broken = false }: Made,
  batch: Dimension | null,
  metadata: Record<string, string>,
): Uint8Array<ArrayBuffer> {
  const first = batch ?? 1;
  const weights = graph.constant(
    'head',
    float32s(
      noise(units * classes, 9).map((w) => 8 * w),
      [units, classes],
    ),
  );
  let scores = graph.node('MatMul', [embedding, weights]);
  if (broken)
    scores = graph.node('Log', [
      graph.node('Sub', [scores, graph.node('Add', [scores, graph.constant('one', float32s([1]))])]),
    ]);
  if (activation === 'softmax') scores = graph.node('Softmax', [scores], { axis: -1 });
  if (activation === 'sigmoid') scores = graph.node('Sigmoid', [scores]);
  graph.output('scores', scores, 'float32', [first, classes]);
  if (shown) graph.output('embedding', embedding, 'float32', [first, units]);
  return graph.finish(metadata);
}

/** What must be told of `waveformModel()` as it is made where nothing else is said. */
export const told = {
  name: 'Three sounds',
  sampleRate: 8000,
  output: { values: 'probabilities', activation: 'softmax' },
  labels: ['curlew', 'rain', 'saw'],
};
