import { CurlewError } from '../../main/contract/error.ts';
import { frontEnd } from '../features/log-mel.ts';
import { statisticsSize } from '../features/graph.ts';
import { format } from './format.ts';
import { hex, sha256 } from './sha256.ts';

export interface ImageHeader {
  readonly name: string;
  readonly version: number;
  readonly embeddingSize: number;
  readonly classes: number;
  /** of the hidden layers: 4, or 32 for float */
  readonly weightBits: number;
  readonly layers: number;
  readonly sections: number;
  readonly referenceSha256: Uint8Array;
}

export function bad(problem: string): CurlewError {
  return new CurlewError(
    'IMAGE_BAD',
    `This is not a sound expert image: ${problem}. Pack or fetch it again.`,
  );
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
  if (formatVersion !== format.version) throw bad(`its format version is ${formatVersion}, known is 1`);
  if (view.getUint16(6, true) !== format.headerBytes) throw bad('its header size is not 128');
  const length = view.getUint32(8, true);
  if (length !== bytes.length) throw bad(`it should have ${length} bytes and has ${bytes.length}`);
  if (length % format.alignment !== 0 || length > format.longestImage) {
    throw bad(`its length ${length} is not a multiple of 16 up to ${format.longestImage}`);
  }
  checkSeal(bytes);

  const header = {
    name: readName(bytes.subarray(format.nameOffset, format.nameOffset + format.nameBytes)),
    version: view.getUint32(16, true),
    embeddingSize: view.getUint16(20, true),
    classes: view.getUint16(22, true),
    weightBits: view.getUint8(24),
    layers: view.getUint8(25),
    sections: view.getUint16(30, true),
    referenceSha256: new Uint8Array(bytes.subarray(format.referenceOffset, format.sealOffset)),
  };
  if (view.getUint32(12, true) !== format.kindExpert) throw bad('it is not of the kind expert');
  if (view.getUint16(26, true) !== format.frontEndLogMel) throw bad('its front end is unknown');
  if (view.getUint16(28, true) !== format.encoderStatistics) throw bad('its encoder is unknown');
  if (header.embeddingSize !== statisticsSize) {
    throw bad(`its embedding has ${header.embeddingSize} numbers, 6 × ${frontEnd.melBands} are expected`);
  }
  if (header.classes < 2 || header.classes > format.mostClasses)
    throw bad(`it has ${header.classes} classes`);
  if (header.weightBits !== 4 && header.weightBits !== 32)
    throw bad(`it has ${header.weightBits}-bit weights`);
  if (header.layers < 1 || header.layers > format.mostLayers) throw bad(`it has ${header.layers} layers`);
  if (header.sections > format.mostSections) throw bad(`it has ${header.sections} sections`);
  return header;
}

function checkSeal(bytes: Uint8Array): void {
  const unsealed = new Uint8Array(bytes); // a copy: the slice of a Node Buffer would be the same memory
  unsealed.fill(0, format.sealOffset, format.headerBytes);
  const expected = hex(bytes.subarray(format.sealOffset, format.headerBytes));
  const found = hex(sha256(unsealed));
  if (found !== expected) {
    throw new CurlewError(
      'IMAGE_HASH',
      'The expert image was altered or damaged: its SHA-256 does not match. Pack or fetch it again.',
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
