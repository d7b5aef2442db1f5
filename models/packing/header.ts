import { CurlewError } from '../../main/contract/error.ts';
import { encoderLimits } from '../encoder/limits.ts';
import { frontEnd } from '../features/log-mel.ts';
import { statisticsSize } from '../features/graph.ts';
import type { Precision } from '../experts/expert.ts';
import { format, imageKinds, type ImageKind } from './format.ts';
import { hex, sha256 } from './sha256.ts';

export interface ImageHeader {
  readonly kind: ImageKind;
  readonly name: string;
  readonly version: number;
  readonly embeddingSize: number;
  readonly outputs: number;
  /** of every layer that is not float, 8 for static layers, too; 32: all are float; 8 in an encoder */
  readonly precision: Precision | 32;
  /** the embedding comes from an encoder image, whose hash stands in section 7 */
  readonly hasEncoder: boolean;
  /** of an encoder: first layers that are computed row by row; else 0 */
  readonly fused: number;
  readonly layers: number;
  readonly sections: number;
  readonly referenceSha256: Uint8Array;
}

export function bad(problem: string): CurlewError {
  return new CurlewError('IMAGE_BAD', `This is not a sound image: ${problem}. Pack or fetch it again.`);
}

/**
 * Checks everything that can be told before the sections: magic, length, seal, and the header's own numbers.
 * @throws CurlewError IMAGE_BAD or IMAGE_HASH
 */
export function readHeader(bytes: Uint8Array): ImageHeader {
  if (bytes.length < format.headerBytes) throw bad(`it has ${bytes.length} bytes, a header alone takes 128`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== format.magic) throw bad('it does not begin with CRLW');
  const formatVersion = view.getUint16(4, true);
  if (formatVersion !== format.version)
    throw bad(`its format version is ${formatVersion}, known is ${format.version}`);
  if (view.getUint16(6, true) !== format.headerBytes) throw bad('its header size is not 128');
  const length = view.getUint32(8, true);
  if (length !== bytes.length) throw bad(`it should have ${length} bytes and has ${bytes.length}`);
  if (length % format.alignment !== 0 || length > format.longestImage) {
    throw bad(`its length ${length} is not a multiple of 16 up to ${format.longestImage}`);
  }
  checkSeal(bytes);

  const kind = (['expert', 'router', 'encoder'] as const).find(
    (one) => imageKinds[one] === view.getUint32(12, true),
  );
  if (kind === undefined) throw bad('it is neither an expert nor a router nor an encoder');
  const encoder = view.getUint16(28, true);
  const header = {
    kind,
    name: readName(bytes.subarray(format.nameOffset, format.nameOffset + format.nameBytes)),
    version: view.getUint32(16, true),
    embeddingSize: view.getUint16(20, true),
    outputs: view.getUint16(22, true),
    precision: readPrecision(view.getUint8(24), view.getUint8(27)),
    hasEncoder: kind !== 'encoder' && encoder === format.encoderImage,
    fused: kind === 'encoder' ? encoder : 0,
    layers: view.getUint8(25),
    sections: view.getUint16(30, true),
    referenceSha256: new Uint8Array(bytes.subarray(format.referenceOffset, format.sealOffset)),
  };
  if (view.getUint8(26) !== format.frontEndLogMel) throw bad('its front end is unknown');
  if (kind === 'encoder') checkEncoder(header);
  else checkNetwork(header, encoder);
  return header;
}

function checkNetwork(header: ImageHeader, encoder: number): void {
  const { kind, embeddingSize, outputs, layers, sections } = header;
  if (encoder !== format.encoderStatistics && encoder !== format.encoderImage)
    throw bad('its encoder is unknown');
  if (!header.hasEncoder && embeddingSize !== statisticsSize) {
    throw bad(`its embedding has ${embeddingSize} numbers, 6 × ${frontEnd.melBands} are expected`);
  }
  if (embeddingSize < 1 || embeddingSize > encoderLimits.channels) {
    throw bad(`its embedding has ${embeddingSize} numbers`);
  }
  const most = kind === 'expert' ? format.mostClasses : format.mostExperts;
  if (outputs < 2 || outputs > most) throw bad(`it has ${outputs} outputs`);
  if ((layers < 1 && kind === 'expert') || layers > format.mostLayers) throw bad(`it has ${layers} layers`);
  if (sections > format.mostSections) throw bad(`it has ${sections} sections`);
}

function checkEncoder({ embeddingSize, outputs, precision, fused, layers, sections }: ImageHeader): void {
  if (precision !== 8) throw bad('it is an encoder whose weights are not 8-bit');
  if (embeddingSize !== outputs || outputs < 1 || outputs > encoderLimits.channels) {
    throw bad(`its embedding has ${embeddingSize} numbers and it has ${outputs} outputs`);
  }
  if (layers < 1 || layers > encoderLimits.layers) throw bad(`it has ${layers} layers`);
  if (fused > layers) throw bad(`it has ${layers} layers and computes ${fused} of them by rows`);
  if (sections > format.mostEncoderSections) throw bad(`it has ${sections} sections`);
}

/** Weight bits and ternary mark of the header; static layers of 8 bits are told from BitLinear by their kind. */
export const precisionMarks: readonly { precision: Precision | 32; bits: number; ternary: number }[] = [
  ...([1, 2, 4, 8, 16, 32] as const).map((bits) => ({ precision: bits, bits, ternary: 0 })),
  { precision: 'ternary', bits: 2, ternary: 1 },
  { precision: 'ternary-activations', bits: 2, ternary: 2 },
  { precision: 'static8', bits: 8, ternary: 0 },
];

function readPrecision(bits: number, ternary: number): Precision | 32 {
  const mark = precisionMarks.find((one) => one.bits === bits && one.ternary === ternary);
  if (mark === undefined) throw bad(`it has ${bits}-bit weights and the ternary mark ${ternary}`);
  return mark.precision;
}

function checkSeal(bytes: Uint8Array): void {
  const unsealed = new Uint8Array(bytes); // a copy: the slice of a Node Buffer would be the same memory
  unsealed.fill(0, format.sealOffset, format.headerBytes);
  const expected = hex(bytes.subarray(format.sealOffset, format.headerBytes));
  const found = hex(sha256(unsealed));
  if (found !== expected) {
    throw new CurlewError(
      'IMAGE_HASH',
      'The image was altered or damaged: its SHA-256 does not match. Pack or fetch it again.',
      { expected, found },
    );
  }
}

function readName(field: Uint8Array): string {
  const end = field.indexOf(0);
  if (end < 1 || field.subarray(end).some((byte) => byte !== 0)) {
    throw bad('its name is empty or not zero-padded');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(field.subarray(0, end));
  } catch {
    throw bad('its name is not UTF-8');
  }
}
