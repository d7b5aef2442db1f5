import {
  type Encoder,
  type EncoderLayer,
  type EncoderLayerKind,
  type EncoderLayerShape,
  type Padding,
} from '../encoder/encoder.ts';
import { checkEncoderShape, encoderLimits } from '../encoder/limits.ts';
import { CurlewError } from '../../main/contract/error.ts';
import { weightCount } from '../encoder/store.ts';
import { unpackCodes } from './codes.ts';
import { encoderLayerKinds, paddings, sectionTypes } from './format.ts';
import { bad, type ImageHeader } from './header.ts';
import { Sections } from './sections.ts';

export interface EncoderImage {
  readonly kind: 'encoder';
  readonly encoder: Encoder;
  /** First layers that a board computes row by row. */
  readonly fused: number;
  /** SHA-256 of the quantized reference graph that the image was packed with. */
  readonly referenceSha256: Uint8Array;
}

/** @throws CurlewError IMAGE_BAD */
export function readEncoderImage(bytes: Uint8Array, header: ImageHeader): EncoderImage {
  const sections = new Sections(bytes, header.sections);
  const [offset, scale, unit] = sections.floats(sectionTypes.encoderInput, 0, 3) as unknown as [
    number,
    number,
    number,
  ];
  if (!(scale > 0) || !(unit > 0)) throw bad('its input scale or its unit is not positive');
  const layers: EncoderLayer[] = [];
  for (let index = 1; index <= header.layers; index++) {
    layers.push(readLayer(sections, index, layers.at(-1)?.outputs ?? 1));
  }
  sections.finish();
  const { name, version, referenceSha256 } = header;
  const encoder = { name, version, input: { offset, scale }, layers, unit };
  try {
    checkEncoderShape(encoder, header.fused);
  } catch (thrown) {
    throw bad(thrown instanceof CurlewError ? thrown.message.replace(/\.$/, '') : 'its shape is wrong');
  }
  if (layers.at(-1)!.outputs !== header.outputs) throw bad('its last layer does not give its embedding');
  return { kind: 'encoder', encoder, fused: header.fused, referenceSha256 };
}

function readLayer(sections: Sections, index: number, inputs: number): EncoderLayer {
  const shape = readShape(sections.take(sectionTypes.encoderLayer, index), index, inputs);
  const none = new Int32Array();
  const count = weightCount(shape);
  if (count === 0) {
    return { ...shape, codes: new Int8Array(), bias: none, multiplier: none, shift: new Uint8Array() };
  }
  const { kind, outputs } = shape;
  const row = kind === 'depthwise' ? outputs : count / outputs;
  const packed = sections.take(sectionTypes.weights, index);
  const codes = unpackCodes(
    packed,
    { inputs: row, outputs: count / row, bits: 8, ternary: false },
    index,
  ) as Int8Array;
  const bias = integers(sections.take(sectionTypes.requantizeBias, index), outputs, index);
  const multiplier = integers(sections.take(sectionTypes.multiplier, index), outputs, index);
  const shift = new Uint8Array(sections.take(sectionTypes.shift, index));
  if (shift.length !== outputs) throw bad(`layer ${index} has ${shift.length} shifts for ${outputs} outputs`);
  if (multiplier.some((m) => m < 0)) throw bad(`layer ${index} has a negative multiplier`);
  if (shift.some((s) => s < 33 || s > 62)) throw bad(`layer ${index} has a shift outside 33 to 62`);
  const layer = { ...shape, codes, bias, multiplier, shift };
  checkSums(layer, index);
  return layer;
}

function readShape(bytes: Uint8Array, index: number, inputs: number): EncoderLayerShape {
  if (bytes.length !== 16) throw bad(`layer ${index} is described in ${bytes.length} bytes, not 16`);
  const words = new Uint16Array(new Uint8Array(bytes).buffer);
  const [number, rows, columns, stride, padded, outputs, relu, zero] = words as unknown as number[];
  const kind = (Object.keys(encoderLayerKinds) as EncoderLayerKind[]).find(
    (one) => encoderLayerKinds[one] === number,
  );
  const pool = kind === 'average-pool' || kind === 'max-pool';
  if (kind === undefined) throw bad(`layer ${index} is of the unknown kind ${number}`);
  const padding = (Object.keys(paddings) as Padding[]).find((one) => paddings[one] === padded);
  if (padding === undefined || relu! > (pool ? 0 : 1) || zero !== 0)
    throw bad(`layer ${index} has a mark that is unknown`);
  return {
    kind,
    kernel: [rows!, columns!],
    stride: stride as 1 | 2,
    padding,
    inputs,
    outputs: outputs!,
    relu: relu === 1,
  };
}

function integers(bytes: Uint8Array, count: number, index: number): Int32Array {
  if (bytes.length !== 4 * count) throw bad(`layer ${index} has ${bytes.length} bytes for ${count} integers`);
  return new Int32Array(new Uint8Array(bytes).buffer);
}

/** |sum + bias| stays within 30 bits, whatever the activations are. */
function checkSums({ kind, codes, bias, outputs }: EncoderLayer, index: number): void {
  const cells = codes.length / outputs;
  bias.forEach((units, output) => {
    let sum = 0;
    for (let i = 0; i < cells; i++) {
      sum += Math.abs(codes[kind === 'depthwise' ? i * outputs + output : output * cells + i]!);
    }
    if (127 * sum + Math.abs(units) >= encoderLimits.sum) {
      throw bad(`the sums of layer ${index}'s output ${output} could leave 30 bits`);
    }
  });
}
