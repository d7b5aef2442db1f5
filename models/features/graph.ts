import type { Graph, Value } from '../onnx/graph.ts';
import { float64s } from '../onnx/tensor.ts';
import { frontEnd, hannWindow, melWeights } from './log-mel.ts';

/**
 * Adds the front end: PCM to log-mel frames. All arithmetic is binary64, so that what a board's binary32
 * differs by is the board's own error; only the finished log-mel is rounded to binary32.
 * @param pcm float32 [samples], 16 kHz, in [-1, 1), at least one frame long
 * @returns float32 [frames, 64]
 */
export function addLogMel(graph: Graph, pcm: Value): Value {
  const { frameHop, frameLength, fftLength, logOffset } = frontEnd;
  // The FFT reads 512 samples where a frame has 400: the window is zero there, but the samples must exist.
  const padded = graph.node('Pad', [
    graph.cast(pcm, 'float64'),
    graph.int64('pad_to_fft', [0, fftLength - frameLength]),
    graph.scalar('silence', 0),
  ]);
  const batch = graph.node('Unsqueeze', [padded, graph.int64('pad_axes', [0, 2])]);
  const spectrum = graph.node(
    'STFT',
    [batch, graph.scalarInt64('frame_hop', frameHop), graph.constant('hann_window', float64s(hannWindow()))],
    { onesided: 1 },
  ); // [1, frames, 257, 2]
  const power = graph.node(
    'ReduceSum',
    [graph.node('Mul', [spectrum, spectrum]), graph.int64('spectrum_axes', [3])],
    { keepdims: 0 },
  );
  const magnitude = graph.node('Squeeze', [graph.node('Sqrt', [power]), graph.int64('batch_axis', [0])]);
  const mel = graph.node('MatMul', [
    magnitude,
    graph.constant('mel_weights', float64s(melWeights(), [fftLength / 2 + 1, frontEnd.melBands])),
  ]);
  const logMel = graph.node('Log', [graph.node('Add', [mel, graph.scalar('log_offset', logOffset)])]);
  return graph.cast(logMel, 'float32');
}

/**
 * Adds the cutting of frames into patches.
 * @param logMel [frames, 64], at least 96 frames
 * @param hop frames from patch to patch
 * @returns [patches, 96, 64], of the same element type
 */
export function addPatches(graph: Graph, logMel: Value, hop: number): Value {
  const { patchFrames } = frontEnd;
  const frames = graph.node('Gather', [graph.node('Shape', [logMel]), graph.scalarInt64('frame_axis', 0)]);
  // Patches start at 0, hop, 2 hop, … as long as 96 frames follow: Range excludes its limit, hence the + 1.
  const limit = graph.node('Sub', [frames, graph.scalarInt64('frames_before_last_start', patchFrames - 1)]);
  const starts = graph.node('Range', [
    graph.scalarInt64('first_start', 0),
    limit,
    graph.scalarInt64('patch_hop', hop),
  ]);
  const indices = graph.node('Add', [
    graph.node('Unsqueeze', [starts, graph.int64('start_axis', [1])]),
    graph.int64(
      'frame_offsets',
      Array.from({ length: patchFrames }, (_, frame) => frame),
    ),
  ]);
  return graph.node('Gather', [logMel, indices], { axis: 0 });
}

/**
 * Adds encoder 1 (models/packing/IMAGE.md): statistics of each band over a patch, 6 × 64 numbers in the order
 * mean, deviation, maximum, minimum, mean and largest absolute step from frame to frame.
 * @param patches [patches, 96, 64]
 * @returns float64 [patches, 384]
 */
export function addStatisticsEncoder(graph: Graph, patches: Value): Value {
  const { patchFrames } = frontEnd;
  const x = graph.cast(patches, 'float64');
  const overTime = graph.int64('time_axis', [1]);
  const reduce = (operator: string, value: Value, keepdims: 0 | 1 = 0) =>
    graph.node(operator, [value, overTime], { keepdims });
  const slice = (from: number, to: number) =>
    graph.node('Slice', [x, graph.int64('from', [from]), graph.int64('to', [to]), overTime]);

  const centred = graph.node('Sub', [x, reduce('ReduceMean', x, 1)]);
  const deviation = graph.node('Sqrt', [reduce('ReduceMean', graph.node('Mul', [centred, centred]))]);
  const step = graph.node('Abs', [graph.node('Sub', [slice(1, patchFrames), slice(0, patchFrames - 1)])]);
  return graph.node(
    'Concat',
    [
      reduce('ReduceMean', x),
      deviation,
      reduce('ReduceMax', x),
      reduce('ReduceMin', x),
      reduce('ReduceMean', step),
      reduce('ReduceMax', step),
    ],
    { axis: 1 },
  );
}

/** Numbers in an embedding of encoder 1. */
export const statisticsSize = 6 * frontEnd.melBands;
