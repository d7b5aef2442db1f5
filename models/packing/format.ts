/** The numbers of IMAGE.md that both the writer and the reader need. */
export const format = {
  magic: 0x574c5243, // 'CRLW' read as a little-endian u32
  version: 2,
  headerBytes: 128,
  sectionEntryBytes: 12,
  alignment: 16,
  longestImage: 8 * 1024 * 1024,
  frontEndLogMel: 1,
  encoderStatistics: 1,
  /** the one whose image's hash stands in section 7 */
  encoderImage: 2,
  nameOffset: 32,
  nameBytes: 32,
  referenceOffset: 64,
  sealOffset: 96,
  hashBytes: 32,
  mostSections: 64,
  /** of an encoder */
  mostEncoderSections: 192,
  mostLayers: 8,
  mostClasses: 64,
  mostExperts: 8,
  /** of a bank */
  mostEncoders: 4,
  mostPasses: 64,
  /** of a layer: inputs and outputs */
  mostWidth: 2048,
} as const;

export const imageKinds = { expert: 1, router: 2, encoder: 3 } as const;
export type ImageKind = keyof typeof imageKinds;

export const sectionTypes = {
  labels: 1,
  embeddingOffset: 2,
  embeddingScale: 3,
  experts: 4,
  routing: 5,
  prior: 6,
  encoder: 7,
  encoderInput: 8,
  layer: 10,
  weights: 11,
  weightScales: 12,
  bias: 13,
  normGain: 14,
  normBias: 15,
  encoderLayer: 16,
  requantizeBias: 17,
  multiplier: 18,
  shift: 19,
  activationScale: 20,
  cascade: 21,
} as const;

export const layerKinds = { bitlinear: 1, linear: 2, ternary: 3, static: 4 } as const;

export const paddings = { none: 0, same: 1, 'same-lower': 2 } as const;

export const encoderLayerKinds = { convolution: 1, depthwise: 2, 'average-pool': 3, 'max-pool': 4 } as const;

/** Of a cascade: what decides how far a window goes. */
export const decisions = { 'top-probability': 1, entropy: 2, curiosity: 3, gate: 4 } as const;

/** Layer flags: LayerNorm with gain and bias, then ReLU, follow; ReLU alone follows; then dropout, in a router. */
export const flags = { norm: 1, relu: 2, dropout: 4 } as const;

export function alignUp(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}
