import type { IntegerLayer, LinearLayer, Precision, WeightBits } from '../experts/expert.ts';
import { unpackCodes } from './codes.ts';
import { flags, format, layerKinds, sectionTypes } from './format.ts';
import { bad } from './header.ts';
import type { Sections } from './sections.ts';

interface Expected {
  /** that arrive at this layer */
  readonly inputs: number;
  readonly precision: Precision | 32;
  readonly router: boolean;
}

interface Description {
  readonly kind: number;
  readonly bits: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly activationBits: number;
  readonly flags: number;
  readonly scales: number;
}

/** @param index from 1 */
export function readLayer(
  sections: Sections,
  index: number,
  { inputs: arriving, precision, router }: Expected,
): IntegerLayer | LinearLayer {
  const description = readDescription(sections.take(sectionTypes.layer, index), index);
  const { inputs, outputs, flags: set, scales } = description;
  if (inputs !== arriving) throw bad(`layer ${index} takes ${inputs} inputs where ${arriving} arrive`);
  if (outputs === 0 || outputs > format.mostWidth) throw bad(`layer ${index} has ${outputs} outputs`);
  const known = flags.norm | flags.relu | (router ? flags.dropout : 0);
  if ((set & ~known) !== 0 || (set & (flags.norm | flags.relu)) === (flags.norm | flags.relu)) {
    throw bad(`layer ${index} has the flags ${set}`);
  }
  const integer = checkKind(description, index, precision);

  const weightBytes = sections.take(sectionTypes.weights, index);
  const weightScales = integer
    ? sections.floats(sectionTypes.weightScales, index, scales)
    : new Float32Array();
  if (weightScales.some((scale) => !(scale > 0))) {
    throw bad(`layer ${index} has a weight scale that is not positive`);
  }
  const bias = sections.floats(sectionTypes.bias, index, outputs);
  const norm =
    set & flags.norm
      ? {
          gain: sections.floats(sectionTypes.normGain, index, outputs),
          bias: sections.floats(sectionTypes.normBias, index, outputs),
        }
      : null;
  const shape = {
    inputs,
    outputs,
    bias,
    norm,
    ...(set & flags.relu ? { relu: true } : {}),
    ...(set & flags.dropout ? { dropout: true } : {}),
  };
  if (!integer) {
    const weights = sections.toFloats(weightBytes, inputs * outputs, `layer ${index}`);
    return { kind: 'linear', ...shape, weights };
  }
  const { kind, bits } = description;
  const ternary = kind === layerKinds.ternary;
  const integers = {
    ...shape,
    codes: unpackCodes(weightBytes, { inputs, outputs, bits, ternary }, index),
    scales: weightScales,
  };
  if (kind === layerKinds.bitlinear)
    return { kind: 'bitlinear', weightBits: bits as WeightBits, ...integers };
  const codes = integers.codes as Int8Array;
  if (ternary) {
    return { kind: 'ternary', activationBits: description.activationBits as 8 | 2, ...integers, codes };
  }
  const [activationScale] = sections.floats(sectionTypes.activationScale, index, 1);
  if (!(activationScale! > 0)) throw bad(`layer ${index} has an activation scale that is not positive`);
  return { kind: 'static', activationScale: activationScale!, ...integers, codes };
}

function readDescription(bytes: Uint8Array, index: number): Description {
  if (bytes.length !== 16) throw bad(`layer ${index} is described in ${bytes.length} bytes, not 16`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u16 = (at: number) => view.getUint16(at, true);
  return {
    kind: u16(0),
    bits: u16(2),
    inputs: u16(4),
    outputs: u16(6),
    activationBits: u16(8),
    flags: u16(10),
    scales: view.getUint32(12, true),
  };
}

/**
 * Kind and bits must be what the header announces, or float.
 * @returns whether the layer computes with integers
 */
function checkKind(found: Description, index: number, precision: Precision | 32): boolean {
  const { kind, bits, activationBits, scales, outputs } = found;
  const wanted =
    kind === layerKinds.linear
      ? { kind, bits: 32, activationBits: 32 }
      : precision === 'ternary' || precision === 'ternary-activations'
        ? { kind: layerKinds.ternary, bits: 2, activationBits: precision === 'ternary' ? 8 : 2 }
        : precision === 8 && kind === layerKinds.static
          ? { kind, bits: 8, activationBits: 8 }
          : { kind: layerKinds.bitlinear, bits: precision, activationBits: 8 };
  const integer = kind !== layerKinds.linear;
  const scalesFit = integer ? scales === 1 || scales === outputs : scales === 0;
  const sound =
    kind === wanted.kind &&
    bits === wanted.bits &&
    activationBits === wanted.activationBits &&
    scalesFit &&
    !(integer && precision === 32);
  if (!sound) {
    throw bad(
      `layer ${index} is of kind ${kind} with ${bits}-bit weights, ${activationBits}-bit activations and ` +
        `${scales} scales, in an image of ${precision === 32 ? 'float' : `${precision}-bit`} layers`,
    );
  }
  return integer;
}
