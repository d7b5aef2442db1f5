/** The numbers of IMAGE.md that both the writer and the reader need. */
export const format = {
  magic: 0x574c5243, // 'CRLW' read as a little-endian u32
  version: 1,
  headerBytes: 128,
  sectionEntryBytes: 12,
  alignment: 16,
  longestImage: 512 * 1024,
  kindExpert: 1,
  frontEndLogMel: 1,
  encoderStatistics: 1,
  nameOffset: 32,
  nameBytes: 32,
  referenceOffset: 64,
  sealOffset: 96,
  mostSections: 64,
  mostLayers: 8,
  mostClasses: 64,
  mostInputs: 8192,
} as const;

export const sectionTypes = {
  labels: 1,
  embeddingOffset: 2,
  embeddingScale: 3,
  layer: 10,
  weights: 11,
  weightScales: 12,
  bias: 13,
  normGain: 14,
  normBias: 15,
} as const;

export const layerKinds = { bitlinear: 1, linear: 2 } as const;

/** Layer flag: LayerNorm with gain and bias, then ReLU, follow. */
export const flagNorm = 1;

export function alignUp(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}

/** Bytes of one packed row of 4-bit codes: two a byte, padded to whole 32-bit words. */
export function rowBytes(inputs: number): number {
  return alignUp(inputs, 8) / 2;
}
