import { frontEnd } from '../features/log-mel.ts';
import { Graph } from '../onnx/graph.ts';
import type { Runtime } from '../reference/reference.ts';
import { addFloatLayers } from './graph.ts';
import type { FloatEncoder } from './encoder.ts';

/** Share of the patches whose largest activation a range holds whole; the loudest may be clipped. */
const coverage = 0.99;

/**
 * Finds what the codes of each layer stand for, from patches like those it will hear: the largest activation of
 * all but the loudest patches (percentile calibration).
 * @param patches [patches][96][64] log-mel, at least one
 */
export async function calibrateEncoder(
  runtime: Runtime,
  encoder: FloatEncoder,
  patches: Float32Array,
): Promise<FloatEncoder> {
  const { patchFrames, melBands } = frontEnd;
  const count = patches.length / (patchFrames * melBands);
  if (!Number.isInteger(count) || count === 0) throw new RangeError('Patches are 96 × 64 numbers each');
  const session = await runtime.InferenceSession.create(largestActivations(encoder), {
    executionProviders: ['wasm'],
  });
  const { name, version, input, layers } = encoder;
  const centred = patches.map((x) => x - input.offset);
  const shape = [count, 1, patchFrames, melBands];
  const results = await session.run({ patches: new runtime.Tensor('float32', centred, shape) });
  await session.release();
  const largest = centred.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
  let range = largest;
  const ranges = layers.map((layer, i) => {
    if (layer.weights.length === 0) return range;
    const sorted = (results[`largest_${i}`]!.data as Float32Array).slice().sort();
    range = sorted[Math.ceil(coverage * count) - 1]! || 1;
    return range;
  });
  return {
    name,
    version,
    input: { offset: input.offset, scale: 127 / (largest || 1) },
    layers: layers.map((layer, i) => ({ ...layer, range: ranges[i]! })),
  };
}

/** A graph of the largest magnitude behind each layer: outputs `largest_0` … [patches]. */
function largestActivations(encoder: FloatEncoder): Uint8Array<ArrayBuffer> {
  const graph = new Graph('activations');
  const input = graph.input('patches', 'float32', ['patches', 1, frontEnd.patchFrames, frontEnd.melBands]);
  addFloatLayers(graph, input, encoder).forEach((value, i) => {
    const magnitude = graph.node('Abs', [value]);
    const axes = graph.int64('cell_axes', [1, 2, 3]);
    graph.output(`largest_${i}`, graph.node('ReduceMax', [magnitude, axes], { keepdims: 0 }), 'float32', [
      'patches',
    ]);
  });
  return graph.finish({ kind: 'activations' });
}
