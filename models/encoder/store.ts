import * as v from 'valibot';
import { CurlewError } from '../../main/contract/error.ts';
import type { EncoderLayerShape, FloatEncoder, FloatEncoderLayer } from './encoder.ts';

const whole = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4096));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));

/** An encoder's shapes and ranges; its weights lie beside it as binary32, little-endian, one after the other. */
const schema = v.strictObject({
  name: v.pipe(v.string(), v.minLength(1), v.maxBytes(31)),
  version: v.pipe(v.number(), v.integer(), v.minValue(0)),
  input: v.strictObject({ offset: v.pipe(v.number(), v.finite()), scale: positive }),
  layers: v.array(
    v.strictObject({
      kind: v.picklist(['convolution', 'depthwise', 'average-pool', 'max-pool']),
      kernel: v.tuple([whole, whole]),
      stride: v.picklist([1, 2]),
      padding: v.picklist(['none', 'same', 'same-lower']),
      inputs: whole,
      outputs: whole,
      relu: v.boolean(),
      clip: v.optional(positive),
      range: positive,
    }),
  ),
});

export type EncoderDescription = v.InferOutput<typeof schema>;

/** Takes an encoder apart for keeping: weights, then bias, layer by layer. */
export function storeEncoder(encoder: FloatEncoder): {
  description: EncoderDescription;
  weights: Uint8Array<ArrayBuffer>;
} {
  const { name, version, input, layers } = encoder;
  const description = {
    name,
    version,
    input,
    layers: layers.map(({ weights: _weights, bias: _bias, kernel, ...shape }) => ({
      ...shape,
      kernel: [...kernel] as [number, number],
    })),
  };
  const numbers = layers.flatMap(({ weights, bias }) => [...weights, ...bias]);
  return { description, weights: new Uint8Array(Float32Array.from(numbers).buffer) };
}

/**
 * The opposite of storeEncoder.
 * @param description parsed JSON
 * @throws CurlewError FILE_DAMAGED if the description is none, or the weights are not as many as it asks for
 */
export function restoreEncoder(description: unknown, weights: Uint8Array): FloatEncoder {
  const result = v.safeParse(schema, description);
  if (!result.success) {
    const [issue] = result.issues;
    throw damaged(`its description is wrong at ${v.getDotPath(issue) ?? 'its top'}: ${issue.message}`);
  }
  if (weights.length % 4 !== 0) throw damaged('its weights are not whole binary32 numbers');
  const numbers = new Float32Array(new Uint8Array(weights).buffer);
  if (!numbers.every(Number.isFinite)) throw damaged('a weight is not finite');
  let position = 0;
  const take = (count: number) => numbers.slice(position, (position += count));
  const layers = result.output.layers.map(({ clip, ...shape }): FloatEncoderLayer => {
    const weights = take(weightCount(shape));
    const bias = take(weights.length === 0 ? 0 : shape.outputs);
    return clip === undefined ? { ...shape, weights, bias } : { ...shape, clip, weights, bias };
  });
  if (position !== numbers.length) {
    throw damaged(`it has ${numbers.length} weights and asks for ${position}`);
  }
  return { ...result.output, layers };
}

/** Weights of a layer; none in a pool. */
export function weightCount({ kind, kernel, inputs, outputs }: EncoderLayerShape): number {
  const cells = kernel[0] * kernel[1];
  if (kind === 'convolution') return outputs * cells * inputs;
  return kind === 'depthwise' ? cells * outputs : 0;
}

function damaged(problem: string): CurlewError {
  return new CurlewError(
    'FILE_DAMAGED',
    `This is not a sound encoder: ${problem}. Fetch or export it again.`,
  );
}
