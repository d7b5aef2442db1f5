import { CurlewError } from '../../main/contract/error.ts';
import { precisionOf, type Expert } from '../experts/expert.ts';
import type { Router } from '../router/router.ts';
import { alignUp, format, imageKinds, sectionTypes, type ImageKind } from './format.ts';
import { precisionMarks } from './header.ts';
import { bytesOf, layerSections, type Section } from './pack-layer.ts';
import { sha256 } from './sha256.ts';

/**
 * Writes the image of an expert (IMAGE.md). The same expert and reference give the same bytes.
 * @param reference the quantized reference graph, an ONNX file; its hash goes into the image
 * @throws CurlewError IMAGE_BAD if the expert does not fit the format
 */
export function packExpert(expert: Expert, reference: Uint8Array): Uint8Array<ArrayBuffer> {
  return pack('expert', expert, reference, []);
}

/** The same for a router. */
export function packRouter(router: Router, reference: Uint8Array): Uint8Array<ArrayBuffer> {
  const { alpha, curiosityScale, dropout, seed, passes, topK } = router.routing;
  const routing = new DataView(new ArrayBuffer(20));
  routing.setFloat32(0, alpha, true);
  routing.setFloat32(4, curiosityScale, true);
  routing.setFloat32(8, dropout, true);
  routing.setUint32(12, seed, true);
  routing.setUint16(16, passes, true);
  routing.setUint16(18, topK, true);
  const hashes = new Uint8Array(format.hashBytes * router.expertHashes.length);
  router.expertHashes.forEach((hash, i) => hashes.set(hash, format.hashBytes * i));
  return pack('router', router, reference, [
    { type: sectionTypes.experts, layer: 0, content: hashes },
    { type: sectionTypes.routing, layer: 0, content: new Uint8Array(routing.buffer) },
    { type: sectionTypes.prior, layer: 0, content: bytesOf(router.prior) },
  ]);
}

function pack(
  kind: ImageKind,
  network: Expert,
  reference: Uint8Array,
  routing: readonly Section[],
): Uint8Array<ArrayBuffer> {
  const name = new TextEncoder().encode(network.name);
  if (name.length === 0 || name.length >= format.nameBytes) {
    throw new CurlewError(
      'IMAGE_BAD',
      `The ${kind}'s name takes ${name.length} bytes; 1 to 31 are possible.`,
    );
  }
  const { labels, standardization, layers, version } = network;
  const sections = [
    { type: sectionTypes.labels, layer: 0, content: labelBytes(labels) },
    { type: sectionTypes.embeddingOffset, layer: 0, content: bytesOf(standardization.offset) },
    { type: sectionTypes.embeddingScale, layer: 0, content: bytesOf(standardization.scale) },
    ...routing,
    ...layers.flatMap(layerSections),
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
      `The image would take ${length} bytes, ${format.longestImage} are possible; use smaller layers or fewer bits.`,
    );
  }

  const precision = precisionOf(network);
  const mark = precisionMarks.find((one) => one.precision === precision)!;
  const image = new Uint8Array(length);
  const view = new DataView(image.buffer);
  view.setUint32(0, format.magic, true);
  view.setUint16(4, format.version, true);
  view.setUint16(6, format.headerBytes, true);
  view.setUint32(8, length, true);
  view.setUint32(12, imageKinds[kind], true);
  view.setUint32(16, version, true);
  view.setUint16(20, standardization.offset.length, true);
  view.setUint16(22, labels.length, true);
  view.setUint8(24, mark.bits);
  view.setUint8(25, layers.length);
  view.setUint8(26, format.frontEndLogMel);
  view.setUint8(27, mark.ternary);
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

function labelBytes(labels: readonly string[]): Uint8Array {
  return new TextEncoder().encode(labels.map((label) => `${label}\0`).join(''));
}
