import { fromHex, hex } from '../packing/sha256.ts';
import type { CalibratedLayer, LatentExpert, LatentLayer, LinearLayer } from './expert.ts';

/** An expert's shapes and names; its numbers lie beside it as binary32, little-endian, one after the other. */
export interface ExpertDescription {
  readonly name: string;
  readonly version: number;
  readonly labels: readonly string[];
  readonly embeddingSize: number;
  readonly layers: readonly {
    readonly kind: 'latent' | 'calibrated' | 'linear';
    readonly inputs: number;
    readonly outputs: number;
    /** LayerNorm with gain and bias, then ReLU, follow */
    readonly norm: boolean;
    /** of a calibrated layer */
    readonly activationScale?: number;
    /** ReLU alone follows */
    readonly relu?: boolean;
    /** in a router, dropout follows */
    readonly dropout?: boolean;
  }[];
  /** SHA-256 of the encoder's image, in hex; without: the log-mel's statistics */
  readonly encoder?: string;
}

/**
 * Takes an expert apart for keeping: everything that float graph, quantized graph and image are made of.
 * @returns the numbers in the order offset, scale, then for each layer weights, bias, gain and norm bias
 */
export function storeExpert(expert: LatentExpert): {
  description: ExpertDescription;
  weights: Uint8Array<ArrayBuffer>;
} {
  const { name, version, labels, standardization, encoderHash, layers } = expert;
  const description = {
    name,
    version,
    labels,
    embeddingSize: standardization.offset.length,
    layers: layers.map((layer) => {
      const { kind, inputs, outputs, norm, relu, dropout } = layer;
      return {
        ...{ kind, inputs, outputs, norm: norm !== null },
        ...(layer.kind === 'calibrated' ? { activationScale: layer.activationScale } : {}),
        ...(relu ? { relu } : {}),
        ...(dropout ? { dropout } : {}),
      };
    }),
    ...(encoderHash ? { encoder: hex(encoderHash) } : {}),
  };
  const numbers = [
    standardization.offset,
    standardization.scale,
    ...layers.flatMap(({ weights, bias, norm }) => [weights, bias, ...(norm ? [norm.gain, norm.bias] : [])]),
  ];
  const all = new Float32Array(numbers.reduce((sum, array) => sum + array.length, 0));
  let position = 0;
  for (const array of numbers) {
    all.set(array, position);
    position += array.length;
  }
  return { description, weights: new Uint8Array(all.buffer) };
}

/**
 * The opposite of storeExpert.
 * @throws RangeError if there are more or fewer numbers than the description asks for, or no scale where one belongs
 */
export function restoreExpert(description: ExpertDescription, weights: Uint8Array): LatentExpert {
  const { name, version, labels, embeddingSize, encoder } = description;
  const numbers = new Float32Array(new Uint8Array(weights).buffer);
  let position = 0;
  const take = (count: number) => {
    if (position + count > numbers.length) {
      throw new RangeError(`The weights of ${name} end after ${numbers.length} numbers`);
    }
    position += count;
    return numbers.slice(position - count, position);
  };
  const standardization = { offset: take(embeddingSize), scale: take(embeddingSize) };
  const layers = description.layers.map((layer): LatentLayer | CalibratedLayer | LinearLayer => {
    const { kind, inputs, outputs, norm, activationScale, relu, dropout } = layer;
    const rest = {
      inputs,
      outputs,
      weights: take(inputs * outputs),
      bias: take(outputs),
      norm: norm ? { gain: take(outputs), bias: take(outputs) } : null,
      ...(relu ? { relu } : {}),
      ...(dropout ? { dropout } : {}),
    };
    if (kind !== 'calibrated') return { kind, ...rest };
    if (!(activationScale !== undefined && activationScale > 0)) {
      throw new RangeError(`A calibrated layer of ${name} has no activation scale`);
    }
    return { kind, activationScale, ...rest };
  });
  if (position !== numbers.length) {
    throw new RangeError(`The weights of ${name} go on after the ${position} numbers it has`);
  }
  return {
    ...{ name, version, labels, standardization, layers },
    ...(encoder === undefined ? {} : { encoderHash: fromHex(encoder) }),
  };
}
