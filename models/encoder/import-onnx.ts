/**
 * An encoder of one's own, from an ONNX file: a chain from a log-mel patch to an embedding. Convolution, depthwise
 * convolution, batch normalization, ReLU and clipping, pools, and a global mean at the end.
 */
import { readOnnx, type OnnxGraph, type OnnxNode, type OnnxTensor } from '../onnx/read.ts';
import { sizesOf, type FloatEncoder, type FloatEncoderLayer } from './encoder.ts';
import { checkEncoderShape, unfit } from './limits.ts';
import { batchNorm, called, convolution, scaleWeights, window } from './onnx-layers.ts';

/**
 * The encoder of an ONNX file, not yet calibrated: every range is Infinity (see calibrateEncoder).
 * @param name at most 31 bytes of UTF-8; what the board shows
 * @throws CurlewError FILE_DAMAGED (no ONNX file), ENCODER_UNFIT naming the node and the limit it breaks
 */
export function importEncoder(bytes: Uint8Array, name: string): FloatEncoder {
  const graph = readOnnx(bytes);
  checkInput(graph);
  const chain = new Chain(graph);
  for (const node of chainOf(graph)) chain.add(node);
  const { layers, offset } = chain.finish();
  const encoder = { name, version: 1, input: { offset, scale: 1 }, layers };
  checkEncoderShape(encoder);
  return encoder;
}

function checkInput({ inputs }: OnnxGraph): void {
  const [input, other] = inputs;
  if (!input || other) throw unfit(`it has ${inputs.length} inputs; one, the log-mel patch, is expected`);
  const shape = input.shape.slice(1);
  const fits = [
    [96, 64],
    [1, 96, 64],
    [96, 64, 1],
  ].some(
    (known) =>
      known.length === shape.length && known.every((side, i) => shape[i] === side || shape[i] === null),
  );
  if (!fits) {
    const found = input.shape.map((side) => side ?? '?').join(', ');
    throw unfit(`its input is [${found}]; a log-mel patch of 96 frames × 64 bands is [N, 1, 96, 64]`);
  }
}

/** The nodes from the input to the first output, which must follow one another. */
function chainOf({ nodes, constants, inputs, outputs }: OnnxGraph): OnnxNode[] {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const chain: OnnxNode[] = [];
  let at = outputs[0] ?? '';
  while (at !== inputs[0]!.name) {
    const node = makers.get(at);
    if (!node || chain.length > nodes.length)
      throw unfit('no chain of nodes leads from its input to its output');
    const variable = node.inputs.filter(
      (input) => input !== '' && !constants.has(input) && makers.get(input)?.operator !== 'Constant',
    );
    if (variable.length !== 1) {
      throw unfit(`${called(node)} joins ${variable.length} branches; a board runs a chain of layers`);
    }
    chain.unshift(node);
    at = variable[0]!;
  }
  return chain;
}

/** Operators that only move numbers around: before the first layer and behind the global mean. */
const shaping = new Set([
  'Identity',
  'Dropout',
  'Unsqueeze',
  'Squeeze',
  'Reshape',
  'Flatten',
  'Transpose',
  'Cast',
]);

class Chain {
  readonly #layers: FloatEncoderLayer[] = [];
  readonly #constants: Map<string, OnnxTensor>;
  /** what is taken off the log-mel, and the factor behind it */
  #offset = 0;
  #factor = 1;
  #ended = false;

  constructor(graph: OnnxGraph) {
    this.#constants = new Map(graph.constants);
    for (const { operator, outputs, attributes } of graph.nodes) {
      const value = attributes.get('value');
      if (operator === 'Constant' && typeof value === 'object' && 'data' in value) {
        this.#constants.set(outputs[0]!, value);
      }
    }
  }

  add(node: OnnxNode): void {
    const { operator } = node;
    if (shaping.has(operator) && (this.#ended || this.#layers.length === 0)) return;
    if (operator === 'Identity' || operator === 'Dropout') return;
    if (this.#ended) {
      throw unfit(`${called(node)} follows its global mean; export the graph up to that mean`);
    }
    const { rows, columns, channels } = sizesOf(this.#layers).at(-1)!;
    if (operator === 'Conv') {
      this.#layers.push(convolution(node, this.#constants, { rows, columns, channels }));
    } else if (operator === 'AveragePool' || operator === 'MaxPool') {
      this.#layers.push(window(node, { rows, columns, channels }));
    } else if (operator === 'GlobalAveragePool' || operator === 'ReduceMean') {
      this.#ended = true;
    } else if (operator === 'BatchNormalization') {
      this.#replaceLast(node, (layer) => batchNorm(node, this.#constants, layer));
    } else if (operator === 'Relu') {
      this.#replaceLast(node, (layer) => ({ ...layer, relu: true }));
    } else if (operator === 'Clip') {
      this.#replaceLast(node, (layer) => this.#clipped(node, layer));
    } else if (this.#layers.length === 0 && ['Sub', 'Add', 'Mul', 'Div'].includes(operator)) {
      this.#normalise(node);
    } else {
      throw unfit(`${called(node)} is no layer that a board runs`);
    }
  }

  /** @throws CurlewError ENCODER_UNFIT where the chain does not end in a global mean */
  finish(): { layers: FloatEncoderLayer[]; offset: number } {
    const [first, ...others] = this.#layers;
    if (!first || !this.#ended) throw unfit('it does not end in a global mean (GlobalAveragePool)');
    // the network sees x − offset; what it was multiplied with goes into the first weights
    return { layers: [scaleWeights(first, this.#factor), ...others], offset: this.#offset };
  }

  #replaceLast(node: OnnxNode, change: (layer: FloatEncoderLayer) => FloatEncoderLayer): void {
    const last = this.#layers.pop();
    if (!last || last.weights.length === 0) throw unfit(`${called(node)} does not follow a convolution`);
    if (last.relu) throw unfit(`${called(node)} follows a ReLU, and nothing but a layer can`);
    this.#layers.push(change(last));
  }

  #clipped(node: OnnxNode, layer: FloatEncoderLayer): FloatEncoderLayer {
    const bound = (place: number, attribute: string) =>
      this.#constants.get(node.inputs[place] ?? '')?.data[0] ?? node.attributes.get(attribute);
    const [low, high] = [bound(1, 'min'), bound(2, 'max')];
    if (low !== 0 || typeof high !== 'number' || !(high > 0)) {
      throw unfit(`${called(node)} does not clip to 0 and above`);
    }
    return { ...layer, relu: true, clip: high };
  }

  /** x' = (x − offset) · factor, followed by one more step with a constant. */
  #normalise(node: OnnxNode): void {
    const constant = node.inputs.map((input) => this.#constants.get(input)).find((tensor) => tensor);
    const value = constant?.data.length === 1 ? constant.data[0]! : NaN;
    const order = this.#constants.has(node.inputs[0]!);
    if (!Number.isFinite(value) || order || (node.operator === 'Div' && value === 0)) {
      throw unfit(`${called(node)} does not normalise the input by one number`);
    }
    if (node.operator === 'Mul') this.#factor *= value;
    else if (node.operator === 'Div') this.#factor /= value;
    else this.#offset += (node.operator === 'Sub' ? value : -value) / this.#factor;
  }
}
