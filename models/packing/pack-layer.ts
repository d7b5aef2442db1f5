import type { IntegerLayer, LinearLayer } from '../experts/expert.ts';
import { checkSums, packCodes } from './codes.ts';
import { flags, format, layerKinds, sectionTypes } from './format.ts';
import { bad } from './header.ts';

export interface Section {
  readonly type: number;
  readonly layer: number;
  readonly content: Uint8Array;
}

/** Weight and activation bits as a layer's description tells them. */
export function bitsOf(layer: IntegerLayer | LinearLayer): { weights: number; activations: number } {
  switch (layer.kind) {
    case 'linear':
      return { weights: 32, activations: 32 };
    case 'bitlinear':
      return { weights: layer.weightBits, activations: 8 };
    case 'ternary':
      return { weights: 2, activations: layer.activationBits };
    case 'static':
      return { weights: 8, activations: 8 };
  }
}

/** @param index of the layer, from 0 */
export function layerSections(layer: IntegerLayer | LinearLayer, index: number): Section[] {
  const { kind, inputs, outputs, norm } = layer;
  if (Math.max(inputs, outputs) > format.mostWidth) {
    throw bad(`layer ${index + 1} is ${inputs} × ${outputs}; ${format.mostWidth} is the widest`);
  }
  const bits = bitsOf(layer);
  const description = new DataView(new ArrayBuffer(16));
  description.setUint16(0, layerKinds[kind], true);
  description.setUint16(2, bits.weights, true);
  description.setUint16(4, inputs, true);
  description.setUint16(6, outputs, true);
  description.setUint16(8, bits.activations, true);
  description.setUint16(10, flagsOf(layer), true);
  description.setUint32(12, kind === 'linear' ? 0 : layer.scales.length, true);
  if (bits.weights === 16) checkSums((layer as IntegerLayer).codes, inputs, index + 1);

  const section = (type: number, content: Uint8Array): Section => ({ type, layer: index + 1, content });
  const weights = kind === 'linear' ? bytesOf(layer.weights) : packCodes(layer.codes, inputs, bits.weights);
  return [
    section(sectionTypes.layer, new Uint8Array(description.buffer)),
    section(sectionTypes.weights, weights),
    ...(kind === 'linear' ? [] : [section(sectionTypes.weightScales, bytesOf(layer.scales))]),
    ...(kind === 'static'
      ? [section(sectionTypes.activationScale, bytesOf(Float32Array.of(layer.activationScale)))]
      : []),
    section(sectionTypes.bias, bytesOf(layer.bias)),
    ...(norm
      ? [
          section(sectionTypes.normGain, bytesOf(norm.gain)),
          section(sectionTypes.normBias, bytesOf(norm.bias)),
        ]
      : []),
  ];
}

function flagsOf({ norm, relu, dropout }: IntegerLayer | LinearLayer): number {
  return (norm ? flags.norm : relu ? flags.relu : 0) | (dropout ? flags.dropout : 0);
}

/** Typed arrays are little-endian on every host that runs JavaScript, as the format is. */
export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
