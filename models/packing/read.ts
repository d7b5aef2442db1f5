import type { BitLinearLayer, Expert, LinearLayer } from '../experts/expert.ts';
import { flagNorm, format, layerKinds, rowBytes, sectionTypes } from './format.ts';
import { bad, readHeader } from './header.ts';
import { Sections } from './sections.ts';

export interface ExpertImage {
  readonly expert: Expert;
  /** SHA-256 of the quantized reference graph that the image was packed with. */
  readonly referenceSha256: Uint8Array;
}

/**
 * Reads an image back, refusing everything that IMAGE.md does not allow.
 * @throws CurlewError IMAGE_BAD (structure) or IMAGE_HASH (the seal does not match)
 */
export function readImage(bytes: Uint8Array): ExpertImage {
  const header = readHeader(bytes);
  const sections = new Sections(bytes, header.sections);
  const labels = readLabels(sections.take(sectionTypes.labels, 0), header.classes);
  const standardization = {
    offset: sections.floats(sectionTypes.embeddingOffset, 0, header.embeddingSize),
    scale: sections.floats(sectionTypes.embeddingScale, 0, header.embeddingSize),
  };
  const layers: (BitLinearLayer | LinearLayer)[] = [];
  let inputs = header.embeddingSize;
  for (let index = 1; index <= header.layers; index++) {
    const layer = readLayer(sections, index, inputs, header.weightBits);
    layers.push(layer);
    inputs = layer.outputs;
  }
  if (inputs !== header.classes) {
    throw bad(`its last layer has ${inputs} outputs for ${header.classes} classes`);
  }
  sections.finish();
  const { name, version, referenceSha256 } = header;
  return { expert: { name, version, labels, standardization, layers }, referenceSha256 };
}

function readLayer(
  sections: Sections,
  index: number,
  expectedInputs: number,
  weightBits: number,
): BitLinearLayer | LinearLayer {
  const description = sections.take(sectionTypes.layer, index);
  if (description.length !== 16)
    throw bad(`layer ${index} is described in ${description.length} bytes, not 16`);
  const view = new DataView(description.buffer, description.byteOffset, description.byteLength);
  const [kind, bits, inputs, outputs, activationBits, flags] = [0, 2, 4, 6, 8, 10].map((offset) =>
    view.getUint16(offset, true),
  ) as [number, number, number, number, number, number];
  const scales = view.getUint32(12, true);

  if (inputs !== expectedInputs || inputs > format.mostInputs) {
    throw bad(`layer ${index} takes ${inputs} inputs where ${expectedInputs} arrive`);
  }
  if (outputs === 0) throw bad(`layer ${index} has no outputs`);
  if ((flags & ~flagNorm) !== 0) throw bad(`layer ${index} has unknown flags ${flags}`);
  const quantized = kind === layerKinds.bitlinear;
  if (!quantized && kind !== layerKinds.linear) throw bad(`layer ${index} is of unknown kind ${kind}`);
  const sound = quantized
    ? bits === 4 && bits === weightBits && activationBits === 8 && (scales === 1 || scales === outputs)
    : bits === 32 && activationBits === 32 && scales === 0;
  if (!sound) {
    throw bad(
      `layer ${index} has ${bits}-bit weights, ${activationBits}-bit activations and ${scales} scales`,
    );
  }

  const weightBytes = sections.take(sectionTypes.weights, index);
  const weightScales = quantized
    ? sections.floats(sectionTypes.weightScales, index, scales)
    : new Float32Array();
  if (weightScales.some((scale) => !(scale > 0))) {
    throw bad(`layer ${index} has a weight scale that is not positive`);
  }
  const bias = sections.floats(sectionTypes.bias, index, outputs);
  const norm =
    flags & flagNorm
      ? {
          gain: sections.floats(sectionTypes.normGain, index, outputs),
          bias: sections.floats(sectionTypes.normBias, index, outputs),
        }
      : null;
  const shape = { inputs, outputs, bias, norm };
  return quantized
    ? {
        kind: 'bitlinear',
        weightBits: 4,
        ...shape,
        codes: unpackCodes(weightBytes, inputs, outputs, index),
        scales: weightScales,
      }
    : {
        kind: 'linear',
        ...shape,
        weights: sections.toFloats(weightBytes, inputs * outputs, `layer ${index}`),
      };
}

function unpackCodes(packed: Uint8Array, inputs: number, outputs: number, layer: number): Int8Array {
  const stride = rowBytes(inputs);
  if (packed.length !== outputs * stride) {
    throw bad(`layer ${layer} has ${packed.length} bytes of weights, not ${outputs * stride}`);
  }
  const codes = new Int8Array(inputs * outputs);
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < stride * 2; input++) {
      const byte = packed[output * stride + (input >> 1)]!;
      const code = ((input % 2 === 0 ? byte << 28 : byte << 24) >> 28) as number;
      if (code === -8) throw bad(`layer ${layer} has the weight code −8; 4-bit codes are −7 to 7`);
      if (input < inputs) codes[output * inputs + input] = code;
      else if (code !== 0) throw bad(`the padding of layer ${layer}'s row ${output} is not zero`);
    }
  }
  return codes;
}

function readLabels(bytes: Uint8Array, classes: number): string[] {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw bad('its labels are not UTF-8');
  }
  const labels = text.split('\0');
  if (labels.pop() !== '' || labels.length !== classes || labels.some((label) => label === '')) {
    throw bad(`it does not hold one zero-terminated label for each of ${classes} classes`);
  }
  return labels;
}
