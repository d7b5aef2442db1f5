import { largestCode, roundHalfEven } from '../quantizers/bitlinear.ts';
import {
  sizesOf,
  type Encoder,
  type EncoderLayer,
  type FloatEncoder,
  type FloatEncoderLayer,
} from './encoder.ts';
import { checkEncoderShape, encoderLimits, unfit } from './limits.ts';

const largest = largestCode(8);

/**
 * Rounds an encoder to int8: weights symmetric with a scale an output, activations by each layer's range, and
 * between layers a dyadic number an output (HAWQ-V3, arXiv 2011.10680, section 3.2) of 22 significant bits, so
 * that binary64 repeats a board's integers exactly.
 * @throws CurlewError ENCODER_UNFIT if it breaks a limit of the board
 */
export function quantizeEncoder(encoder: FloatEncoder): Encoder {
  checkEncoderShape(encoder);
  const { name, version, input } = encoder;
  const scale = Math.fround(input.scale);
  let unit = 1 / scale; // what one code is worth
  const layers = encoder.layers.map((layer, i): EncoderLayer => {
    if (layer.weights.length === 0) return pool(layer);
    const from = unit;
    unit = layer.range / largest;
    return quantizeLayer(layer, i + 1, from, unit);
  });
  const { rows, columns } = sizesOf(layers).at(-1)!;
  return {
    name,
    version,
    input: { offset: Math.fround(input.offset), scale },
    layers,
    unit: Math.fround(unit / (rows * columns)),
  };
}

function pool({ range: _range, weights: _weights, clip: _clip, ...layer }: FloatEncoderLayer): EncoderLayer {
  const none = new Int32Array();
  return { ...layer, codes: new Int8Array(), bias: none, multiplier: none, shift: new Uint8Array() };
}

/** @param from what an input code is worth @param to what an output code is worth */
function quantizeLayer(
  { range: _range, clip: _clip, weights, bias, ...layer }: FloatEncoderLayer,
  number: number,
  from: number,
  to: number,
): EncoderLayer {
  const { outputs } = layer;
  const codes = new Int8Array(weights.length);
  const integers = new Int32Array(outputs);
  const multiplier = new Int32Array(outputs);
  const shift = new Uint8Array(outputs);
  for (let output = 0; output < outputs; output++) {
    const mine = weightsOf(layer, weights.length, output);
    const absmax = mine.reduce((max, at) => Math.max(max, Math.abs(weights[at]!)), 0);
    const scale = absmax > 0 ? absmax / largest : 1;
    let rowSum = 0;
    for (const at of mine) {
      codes[at] = roundHalfEven(weights[at]! / scale);
      rowSum += Math.abs(codes[at]!);
    }
    const product = from * scale;
    integers[output] = limited(Math.round(bias[output]! / product), number, rowSum);
    const dyadic = dyadicNumber(product / to);
    if (dyadic === null) {
      throw unfit(
        `layer ${number} makes its output ${output} so much larger that its codes cannot be scaled`,
      );
    }
    multiplier[output] = dyadic.multiplier;
    shift[output] = dyadic.shift;
  }
  return { ...layer, codes, bias: integers, multiplier, shift };
}

/** Where the weights of one output lie. */
function weightsOf(
  { kind, outputs }: { kind: string; outputs: number },
  count: number,
  output: number,
): number[] {
  const cells = count / outputs;
  return Array.from({ length: cells }, (_, i) =>
    kind === 'depthwise' ? i * outputs + output : output * cells + i,
  );
}

function limited(bias: number, number: number, rowSum: number): number {
  if (rowSum > encoderLimits.rowSum) {
    throw unfit(
      `layer ${number} has an output whose weights sum to ${rowSum}; ${encoderLimits.rowSum} are possible`,
    );
  }
  if (Math.abs(bias) + largest * rowSum >= encoderLimits.sum) {
    throw unfit(`layer ${number} has a bias of ${bias} units, and sums must stay below ${encoderLimits.sum}`);
  }
  return bias;
}

const significantBits = 22;

/**
 * multiplier / 2^shift, nearest to `factor`, with 22 significant bits.
 * @returns null if the factor is 1/4 or more, which a board does not scale by
 */
export function dyadicNumber(factor: number): { multiplier: number; shift: number } | null {
  if (!(factor < 0.25)) return null;
  // factor = mantissa · 2^(exponent − 22), the mantissa of 22 bits
  let exponent = Math.floor(Math.log2(factor)) + 1;
  let mantissa = Math.round(factor * 2 ** (significantBits - exponent));
  if (mantissa >= 2 ** significantBits) {
    mantissa /= 2;
    exponent++;
  }
  // the multiplier has 31 bits: the mantissa moved up by 9
  const shift = 31 - exponent;
  if (shift > 62) return { multiplier: 0, shift: 62 };
  return shift < 33 ? null : { multiplier: mantissa * 2 ** (31 - significantBits), shift };
}
