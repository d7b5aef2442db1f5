import { CurlewError } from '../../main/contract/error.ts';
import { weightBits, type BitLinearLayer, type Expert, type LinearLayer } from '../experts/expert.ts';
import { alignUp, flagNorm, format, layerKinds, rowBytes, sectionTypes } from './format.ts';
import { sha256 } from './sha256.ts';

interface Section {
  readonly type: number;
  readonly layer: number;
  readonly content: Uint8Array;
}

/**
 * Writes the image of an expert (IMAGE.md). The same expert and reference give the same bytes.
 * @param reference the quantized reference graph, an ONNX file; its hash goes into the image
 * @throws CurlewError IMAGE_BAD if the expert does not fit the format
 */
export function packExpert(expert: Expert, reference: Uint8Array): Uint8Array<ArrayBuffer> {
  const name = new TextEncoder().encode(expert.name);
  if (name.length === 0 || name.length >= format.nameBytes) {
    throw new CurlewError('IMAGE_BAD', `The expert's name takes ${name.length} bytes; 1 to 31 are possible.`);
  }
  const sections = [
    { type: sectionTypes.labels, layer: 0, content: labelBytes(expert.labels) },
    { type: sectionTypes.embeddingOffset, layer: 0, content: bytesOf(expert.standardization.offset) },
    { type: sectionTypes.embeddingScale, layer: 0, content: bytesOf(expert.standardization.scale) },
    ...expert.layers.flatMap(layerSections),
  ];

  const tableEnd = format.headerBytes + sections.length * format.sectionEntryBytes;
  let length = alignUp(tableEnd, format.alignment);
  const offsets = sections.map(({ content }) => {
    const offset = length;
    length = alignUp(offset + content.length, format.alignment);
    return offset;
  });
  if (length > format.longestImage) {
    throw new CurlewError(
      'IMAGE_BAD',
      `The image would take ${length} bytes, a board's slot has ${format.longestImage}; use smaller layers or fewer bits.`,
    );
  }

  const image = new Uint8Array(length);
  const view = new DataView(image.buffer);
  view.setUint32(0, format.magic, true);
  view.setUint16(4, format.version, true);
  view.setUint16(6, format.headerBytes, true);
  view.setUint32(8, length, true);
  view.setUint32(12, format.kindExpert, true);
  view.setUint32(16, expert.version, true);
  view.setUint16(20, expert.standardization.offset.length, true);
  view.setUint16(22, expert.labels.length, true);
  view.setUint8(24, weightBits(expert));
  view.setUint8(25, expert.layers.length);
  view.setUint16(26, format.frontEndLogMel, true);
  view.setUint16(28, format.encoderStatistics, true);
  view.setUint16(30, sections.length, true);
  image.set(name, format.nameOffset);
  image.set(sha256(reference), format.referenceOffset);
  sections.forEach(({ type, layer, content }, i) => {
    const entry = format.headerBytes + i * format.sectionEntryBytes;
    view.setUint16(entry, type, true);
    view.setUint16(entry + 2, layer, true);
    view.setUint32(entry + 4, offsets[i]!, true);
    view.setUint32(entry + 8, content.length, true);
    image.set(content, offsets[i]);
  });
  image.set(sha256(image), format.sealOffset);
  return image;
}

function layerSections(layer: BitLinearLayer | LinearLayer, index: number): Section[] {
  const quantized = layer.kind === 'bitlinear';
  const description = new DataView(new ArrayBuffer(16));
  description.setUint16(0, layerKinds[layer.kind], true);
  description.setUint16(2, quantized ? layer.weightBits : 32, true);
  description.setUint16(4, layer.inputs, true);
  description.setUint16(6, layer.outputs, true);
  description.setUint16(8, quantized ? 8 : 32, true);
  description.setUint16(10, layer.norm ? flagNorm : 0, true);
  description.setUint32(12, quantized ? layer.scales.length : 0, true);

  const section = (type: number, content: Uint8Array): Section => ({ type, layer: index + 1, content });
  return [
    section(sectionTypes.layer, new Uint8Array(description.buffer)),
    section(sectionTypes.weights, quantized ? packCodes(layer) : bytesOf(layer.weights)),
    ...(quantized ? [section(sectionTypes.weightScales, bytesOf(layer.scales))] : []),
    section(sectionTypes.bias, bytesOf(layer.bias)),
    ...(layer.norm
      ? [
          section(sectionTypes.normGain, bytesOf(layer.norm.gain)),
          section(sectionTypes.normBias, bytesOf(layer.norm.bias)),
        ]
      : []),
  ];
}

/** Two codes a byte, the even input in the low nibble. */
function packCodes({ codes, inputs, outputs }: BitLinearLayer): Uint8Array {
  const stride = rowBytes(inputs);
  const packed = new Uint8Array(outputs * stride);
  codes.forEach((code, i) => {
    const output = Math.floor(i / inputs);
    const input = i % inputs;
    packed[output * stride + (input >> 1)]! |= (code & 15) << (input % 2 === 0 ? 0 : 4);
  });
  return packed;
}

function labelBytes(labels: readonly string[]): Uint8Array {
  return new TextEncoder().encode(labels.map((label) => `${label}\0`).join(''));
}

/** Typed arrays are little-endian on every host that runs JavaScript, as the format is. */
function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
