import { CurlewError } from '../../main/contract/error.ts';
import { precisionOf, type Expert, type IntegerLayer, type LinearLayer } from '../experts/expert.ts';
import { cascadeProblem } from '../router/cascade.ts';
import { decisionNames, type Cascade, type Router, type Routing } from '../router/router.ts';
import { tooMuchWork } from '../encoder/operations.ts';
import { networkOperations } from './operations.ts';
import { decisions, format, sectionTypes } from './format.ts';
import { bad, readHeader } from './header.ts';
import { readEncoderImage, type EncoderImage } from './read-encoder.ts';
import { readLayer } from './read-layer.ts';
import { Sections } from './sections.ts';

interface Common {
  /** SHA-256 of the quantized reference graph that the image was packed with. */
  readonly referenceSha256: Uint8Array;
}

export interface ExpertImage extends Common {
  readonly kind: 'expert';
  readonly expert: Expert;
}

export interface RouterImage extends Common {
  readonly kind: 'router';
  readonly router: Router;
}

/**
 * Reads an image back (without a signature), refusing everything that IMAGE.md does not allow.
 * @throws CurlewError IMAGE_BAD (structure) or IMAGE_HASH (the seal does not match)
 */
export function readImage(bytes: Uint8Array): ExpertImage | RouterImage | EncoderImage {
  const header = readHeader(bytes);
  if (header.kind === 'encoder') return readEncoderImage(bytes, header);
  const sections = new Sections(bytes, header.sections);
  const labels = readLabels(sections.take(sectionTypes.labels, 0), header.outputs);
  const standardization = {
    offset: sections.floats(sectionTypes.embeddingOffset, 0, header.embeddingSize),
    scale: sections.floats(sectionTypes.embeddingScale, 0, header.embeddingSize),
  };
  const router = header.kind === 'router';
  const picking = router ? readPicking(sections, header.outputs) : null;
  const encoderHash = header.hasEncoder ? sections.take(sectionTypes.encoder, 0) : null;
  if (encoderHash && encoderHash.length !== format.hashBytes)
    throw bad('it names its encoder in another length');
  const { name, version, precision, referenceSha256 } = header;
  const layers: (IntegerLayer | LinearLayer)[] = [];
  let inputs = header.embeddingSize;
  for (let index = 1; index <= header.layers; index++) {
    const layer = readLayer(sections, index, { inputs, precision, router });
    layers.push(layer);
    inputs = layer.outputs;
  }
  const cascadeWrong = picking && cascadeProblem({ layers, ...picking });
  if (cascadeWrong) throw bad(cascadeWrong);
  if (layers.length > 0 && inputs !== header.outputs)
    throw bad(`its last layer has ${inputs} outputs for ${header.outputs}`);
  const expert = {
    name,
    version,
    labels,
    standardization,
    layers,
    ...(encoderHash ? { encoderHash: encoderHash.slice() } : {}),
  };
  const own = precisionOf(expert);
  if ((own === 'static8' ? 8 : own) !== precision)
    throw bad('no layer has the weights that its header names');
  const kinds = new Set(layers.map(({ kind }) => kind).filter((kind) => kind !== 'linear'));
  if (kinds.size > 1) throw bad('its integer layers are not all of one kind');
  sections.finish();
  const problem = tooMuchWork(networkOperations(expert, picking?.routing.passes));
  if (problem !== null) throw bad(problem);
  return picking
    ? { kind: 'router', router: { ...expert, ...picking }, referenceSha256 }
    : { kind: 'expert', expert, referenceSha256 };
}

/** @throws CurlewError IMAGE_BAD also for a sound image of another kind */
export function readExpert(bytes: Uint8Array): ExpertImage {
  const image = readImage(bytes);
  if (image.kind !== 'expert') throw otherKind(image.kind, 'an expert');
  return image;
}

/** @throws as readExpert */
export function readRouter(bytes: Uint8Array): RouterImage {
  const image = readImage(bytes);
  if (image.kind !== 'router') throw otherKind(image.kind, 'a router');
  return image;
}

/** @throws as readExpert */
export function readEncoder(bytes: Uint8Array): EncoderImage {
  const image = readImage(bytes);
  if (image.kind !== 'encoder') throw otherKind(image.kind, 'an encoder');
  return image;
}

function otherKind(found: 'expert' | 'router' | 'encoder', wanted: string): CurlewError {
  const article = found === 'router' ? 'a' : 'an';
  return new CurlewError('IMAGE_BAD', `This is the image of ${article} ${found}, not of ${wanted}.`);
}

function readPicking(
  sections: Sections,
  experts: number,
): Pick<Router, 'expertHashes' | 'prior' | 'routing' | 'cascade'> {
  const hashes = sections.take(sectionTypes.experts, 0);
  if (hashes.length !== format.hashBytes * experts) throw bad(`it names experts in ${hashes.length} bytes`);
  const expertHashes = Array.from({ length: experts }, (_, i) =>
    hashes.slice(format.hashBytes * i, format.hashBytes * (i + 1)),
  );
  const routing = readRouting(sections.take(sectionTypes.routing, 0), experts);
  const prior = sections.floats(sectionTypes.prior, 0, experts);
  if (!prior.every((one) => one >= 0 && one <= 1)) throw bad('its precision prior leaves 0 to 1');
  if (!sections.has(sectionTypes.cascade, 0)) return { expertHashes, prior, routing };
  return { expertHashes, prior, routing, cascade: readCascade(sections, experts) };
}

function readCascade(sections: Sections, experts: number): Cascade {
  const bytes = sections.take(sectionTypes.cascade, 0);
  const decision = decisionNames.find((name) => decisions[name] === bytes[0]);
  if (decision === undefined || bytes.subarray(1, 4).some((byte) => byte !== 0))
    throw bad('what decides of its cascade is unknown');
  return { decision, thresholds: sections.toFloats(bytes.subarray(4), experts - 1, 'its cascade') };
}

function readRouting(bytes: Uint8Array, experts: number): Routing {
  if (bytes.length !== 20) throw bad(`its routing takes ${bytes.length} bytes, not 20`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const routing = {
    alpha: view.getFloat32(0, true),
    curiosityScale: view.getFloat32(4, true),
    dropout: view.getFloat32(8, true),
    seed: view.getUint32(12, true),
    passes: view.getUint16(16, true),
    topK: view.getUint16(18, true),
  };
  const { alpha, curiosityScale, dropout, passes, topK } = routing;
  const sound =
    alpha >= 0 &&
    alpha <= 100 &&
    curiosityScale > 0 &&
    Number.isFinite(curiosityScale) &&
    dropout >= 0 &&
    dropout <= Math.fround(0.9) &&
    passes <= format.mostPasses &&
    topK >= 1 &&
    topK <= experts;
  if (!sound) throw bad(`its routing is out of range: ${JSON.stringify(routing)}`);
  return routing;
}

function readLabels(bytes: Uint8Array, outputs: number): string[] {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw bad('its labels are not UTF-8');
  }
  const labels = text.split('\0');
  if (labels.pop() !== '' || labels.length !== outputs || labels.some((label) => label === '')) {
    throw bad(`it does not hold one zero-terminated label for each of ${outputs} outputs`);
  }
  return labels;
}
