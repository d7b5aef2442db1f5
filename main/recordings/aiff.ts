/** AIFF and AIFF-C: big-endian chunks, samples of any depth in either order. */
import { CurlewError } from '../contract/error.ts';
import type { OpenFile } from './file.ts';
import { pcmFormat, type PcmEncoding } from './pcm.ts';
import { chunkLimit } from './riff-chunks.ts';
import { measure, sampleSource, type SampleFormat } from './sample-data.ts';
import { highestRate, lowestRate, type DecoderSource } from './stream.ts';

const text = (bytes: Uint8Array) => String.fromCharCode(...bytes);
const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** AIFF-C's compression types that are none: how their samples are written; bytes of a sample where that is fixed. */
const types: Record<string, { kind: 'whole' | PcmEncoding; littleEndian?: true; bytes?: number }> = {
  NONE: { kind: 'whole' },
  twos: { kind: 'whole' },
  sowt: { kind: 'whole', littleEndian: true },
  in24: { kind: 'whole', bytes: 3 },
  in32: { kind: 'whole', bytes: 4 },
  '42ni': { kind: 'whole', littleEndian: true, bytes: 3 },
  '23ni': { kind: 'whole', littleEndian: true, bytes: 4 },
  'raw ': { kind: 'u8', bytes: 1 },
  fl32: { kind: 'f32', bytes: 4 },
  FL32: { kind: 'f32', bytes: 4 },
  fl64: { kind: 'f64', bytes: 8 },
  FL64: { kind: 'f64', bytes: 8 },
  alaw: { kind: 'alaw', bytes: 1 },
  ALAW: { kind: 'alaw', bytes: 1 },
  ulaw: { kind: 'ulaw', bytes: 1 },
  ULAW: { kind: 'ulaw', bytes: 1 },
};
const wholes = [null, 's8', 's16', 's24', 's32'] as const;

/** @param head the first 12 bytes of a file */
export const isAiff = (head: Uint8Array): boolean =>
  text(head.subarray(0, 4)) === 'FORM' && /^AIF[FC]$/.test(text(head.subarray(8, 12)));

/** @throws CurlewError FILE_DAMAGED, FILE_EMPTY, FILE_UNSUPPORTED */
export async function openAiff(file: OpenFile): Promise<DecoderSource> {
  const damagedAt = (offset: number, what: string) =>
    new CurlewError('FILE_DAMAGED', `${file.path} is damaged at byte ${offset}: ${what}.`, {
      path: file.path,
      offset,
    });
  let format: SampleFormat | null = null;
  let sound: { offset: number; claimed: number } | null = null;
  let offset = 12;
  // Which of the two comes first is free.
  for (let count = 0; count < chunkLimit && !(format && sound); count++) {
    const header = await file.read(offset, 8);
    if (header.length < 8) break;
    const id = text(header.subarray(0, 4));
    const size = view(header).getUint32(4);
    const body = offset + 8;
    if (id === 'COMM') {
      const bytes = await file.read(body, Math.min(size, 22));
      if (bytes.length < 18) throw damagedAt(body, 'the common chunk is cut short');
      format = formatOf(file.path, bytes, (what) => damagedAt(body, what));
    } else if (id === 'SSND') {
      const bytes = await file.read(body, 8);
      if (bytes.length < 8) throw damagedAt(body, 'the file ends before any samples');
      const skipped = view(bytes).getUint32(0);
      // Never closed: the samples go up to the end of the file.
      const claimed = size === 0 || size === 0xffffffff ? 0 : Math.max(0, size - 8 - skipped);
      sound = { offset: body + 8 + skipped, claimed };
    }
    offset = body + size + (size % 2);
  }
  if (format === null) throw damagedAt(Math.min(offset, file.bytes), 'the file ends before its common chunk');
  if (sound === null) throw damagedAt(Math.min(offset, file.bytes), 'the file ends before any samples');
  return sampleSource(file, 'AIFF', {
    ...{ format, offset: sound.offset, notes: [] },
    ...measure(file, format, sound.claimed, sound.offset),
  });
}

/** @param bytes of the common chunk, 18 at least; 22 with a compression type */
function formatOf(path: string, bytes: Uint8Array, damaged: (what: string) => CurlewError): SampleFormat {
  const fields = view(bytes);
  const channels = fields.getUint16(0);
  const bits = fields.getUint16(6);
  const sampleRate = Math.round(extended(fields, 8));
  const name = bytes.length >= 22 ? text(bytes.subarray(18, 22)) : 'NONE';
  const type = types[name];
  if (!type) {
    throw new CurlewError(
      'FILE_UNSUPPORTED',
      `${path} is an AIFF-C file holding “${name}”; Curlew reads PCM, float, A-law and µ-law, so convert it first.`,
      { path, format: `AIFF-C of ${name}` },
    );
  }
  if (channels < 1) throw damaged('it says it has no channels');
  if (!(sampleRate >= lowestRate && sampleRate <= highestRate)) {
    throw damaged(
      `it says its sample rate is ${sampleRate} Hz, and Curlew reads ${lowestRate} to ${highestRate} Hz`,
    );
  }
  const width = type.bytes ?? Math.ceil(bits / 8);
  const encoding = type.kind === 'whole' ? wholes[width] : type.kind;
  if (!encoding) throw damaged(`it says that a sample has ${bits} bits`);
  const littleEndian = type.littleEndian ?? false;
  return pcmFormat({ sampleRate, channels, blockBytes: width * channels, encoding, littleEndian });
}

/** An 80-bit float: sign and exponent, then the mantissa with its leading 1. */
function extended(fields: DataView, at: number): number {
  const exponent = fields.getUint16(at) & 0x7fff;
  const mantissa = Number(fields.getBigUint64(at + 2));
  return (fields.getUint16(at) & 0x8000 ? -1 : 1) * mantissa * 2 ** (exponent - 16_383 - 63);
}
