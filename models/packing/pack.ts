import { precisionOf, type Expert } from '../experts/expert.ts';
import { cascadeProblem } from '../router/cascade.ts';
import type { Cascade, Router } from '../router/router.ts';
import { tooMuchWork } from '../encoder/operations.ts';
import { CurlewError } from '../../main/contract/error.ts';
import { networkOperations } from './operations.ts';
import { decisions, format, sectionTypes } from './format.ts';
import { precisionMarks } from './header.ts';
import { bytesOf, layerSections, type Section } from './pack-layer.ts';
import { writeImage } from './write-image.ts';

/**
 * Writes the image of an expert (IMAGE.md). The same expert and reference give the same bytes.
 * @param reference the quantized reference graph, an ONNX file; its hash goes into the image
 * @throws CurlewError IMAGE_BAD if the expert does not fit the format
 */
export function packExpert(expert: Expert, reference: Uint8Array): Uint8Array<ArrayBuffer> {
  checkWork('expert', networkOperations(expert));
  return pack('expert', expert, reference, []);
}

/** The same for a router. */
export function packRouter(router: Router, reference: Uint8Array): Uint8Array<ArrayBuffer> {
  const { alpha, curiosityScale, dropout, seed, passes, topK } = router.routing;
  checkWork('router', networkOperations(router, passes));
  const problem = cascadeProblem(router);
  if (problem !== null) throw new CurlewError('IMAGE_BAD', `The router does not fit the format: ${problem}.`);
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
    ...(router.cascade
      ? [{ type: sectionTypes.cascade, layer: 0, content: cascadeBytes(router.cascade) }]
      : []),
  ]);
}

function cascadeBytes({ decision, thresholds }: Cascade): Uint8Array {
  const bytes = new Uint8Array(4 + thresholds.byteLength);
  bytes[0] = decisions[decision];
  bytes.set(bytesOf(thresholds), 4);
  return bytes;
}

function checkWork(kind: 'expert' | 'router', operations: number): void {
  const problem = tooMuchWork(operations);
  if (problem !== null) throw new CurlewError('IMAGE_BAD', `The ${kind} does not fit a board: ${problem}.`);
}

function pack(
  kind: 'expert' | 'router',
  network: Expert,
  reference: Uint8Array,
  routing: readonly Section[],
): Uint8Array<ArrayBuffer> {
  const { labels, standardization, layers, version } = network;
  const sections = [
    { type: sectionTypes.labels, layer: 0, content: labelBytes(labels) },
    { type: sectionTypes.embeddingOffset, layer: 0, content: bytesOf(standardization.offset) },
    { type: sectionTypes.embeddingScale, layer: 0, content: bytesOf(standardization.scale) },
    ...routing,
    ...(network.encoderHash ? [{ type: sectionTypes.encoder, layer: 0, content: network.encoderHash }] : []),
    ...layers.flatMap(layerSections),
  ];

  const mark = precisionMarks.find((one) => one.precision === precisionOf(network))!;
  return writeImage(
    {
      kind,
      name: network.name,
      version,
      embeddingSize: standardization.offset.length,
      outputs: labels.length,
      bits: mark.bits,
      ternary: mark.ternary,
      layers: layers.length,
      encoder: network.encoderHash ? format.encoderImage : format.encoderStatistics,
    },
    reference,
    sections,
  );
}

function labelBytes(labels: readonly string[]): Uint8Array {
  return new TextEncoder().encode(labels.map((label) => `${label}\0`).join(''));
}
