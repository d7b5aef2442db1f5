import { CurlewError } from '../../main/contract/error.ts';
import { alignUp, format, imageKinds, type ImageKind } from './format.ts';
import type { Section } from './pack-layer.ts';
import { sha256 } from './sha256.ts';

/** What the header says (IMAGE.md), besides what follows from the sections. */
interface HeaderFields {
  readonly kind: ImageKind;
  readonly name: string;
  readonly version: number;
  readonly embeddingSize: number;
  readonly outputs: number;
  readonly bits: number;
  readonly ternary: number;
  readonly layers: number;
  /** where the embedding comes from; of an encoder, how many layers are fused */
  readonly encoder: number;
}

/**
 * Header, section table, sections, seal.
 * @param reference the graph whose hash goes into the header, an ONNX file
 * @throws CurlewError IMAGE_BAD if the name or the whole does not fit the format
 */
export function writeImage(
  header: HeaderFields,
  reference: Uint8Array,
  sections: readonly Section[],
): Uint8Array<ArrayBuffer> {
  const name = new TextEncoder().encode(header.name);
  if (name.length === 0 || name.length >= format.nameBytes) {
    throw new CurlewError(
      'IMAGE_BAD',
      `The ${header.kind}'s name takes ${name.length} bytes; 1 to 31 are possible.`,
    );
  }
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
      `The image would take ${length} bytes, ${format.longestImage} are possible; use smaller layers or fewer bits.`,
    );
  }

  const image = new Uint8Array(length);
  const view = new DataView(image.buffer);
  view.setUint32(0, format.magic, true);
  view.setUint16(4, format.version, true);
  view.setUint16(6, format.headerBytes, true);
  view.setUint32(8, length, true);
  view.setUint32(12, imageKinds[header.kind], true);
  view.setUint32(16, header.version, true);
  view.setUint16(20, header.embeddingSize, true);
  view.setUint16(22, header.outputs, true);
  view.setUint8(24, header.bits);
  view.setUint8(25, header.layers);
  view.setUint8(26, format.frontEndLogMel);
  view.setUint8(27, header.ternary);
  view.setUint16(28, header.encoder, true);
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
