/** The format chunk of WAV and Wave64 files: how their samples are written. */
import { CurlewError } from '../contract/error.ts';
import { imaFormat, microsoftFormat } from './adpcm.ts';
import { pcmFormat, type PcmEncoding } from './pcm.ts';
import type { SampleFormat } from './sample-data.ts';
import { highestRate, lowestRate } from './stream.ts';

const tags = { pcm: 1, microsoft: 2, float: 3, aLaw: 6, muLaw: 7, ima: 0x11, extensible: 0xfffe };
const others = new Map([
  [0x31, 'GSM 6.10'],
  [0x50, 'MPEG'],
  [0x55, 'MP3'],
  [0xff, 'AAC'],
  [0x161, 'WMA'],
]);

/** As much of a format chunk as is looked at: Microsoft's ADPCM lists up to 256 pairs of weights. */
export const formatBytes = 22 + 4 * 256;

/**
 * @param bytes of the chunk, 16 at least
 * @param damaged of what is wrong, for a person
 * @throws CurlewError FILE_UNSUPPORTED, and what `damaged` makes
 */
export function wavFormat(
  path: string,
  bytes: Uint8Array,
  damaged: (what: string) => CurlewError,
): SampleFormat {
  const fields = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let tag = fields.getUint16(0, true);
  const channels = fields.getUint16(2, true);
  const sampleRate = fields.getUint32(4, true);
  const blockBytes = fields.getUint16(12, true);
  const bits = fields.getUint16(14, true);
  // The first two bytes of the extension's sub-format GUID are the plain format tag.
  if (tag === tags.extensible && bytes.length >= 26) tag = fields.getUint16(24, true);
  const isRead = Object.values(tags).includes(tag) && tag !== tags.extensible;
  if (!isRead) {
    const name = others.get(tag) ?? `format 0x${tag.toString(16)}`;
    throw new CurlewError(
      'FILE_UNSUPPORTED',
      `${path} is a WAV file holding ${name}; Curlew reads PCM, float, A-law, µ-law and ADPCM, so convert it first.`,
      { path, tag, format: name },
    );
  }
  if (channels < 1) throw damaged('it says it has no channels');
  if (sampleRate < lowestRate || sampleRate > highestRate) {
    throw damaged(
      `it says its sample rate is ${sampleRate} Hz, and Curlew reads ${lowestRate} to ${highestRate} Hz`,
    );
  }
  const layout = { sampleRate, channels, blockBytes };
  if (tag === tags.ima || tag === tags.microsoft) {
    const format = tag === tags.ima ? imaFormat(layout) : microsoftFormat(layout, predictorsOf(fields));
    if (format === null || bits !== 4) {
      throw damaged(
        `it says that ADPCM of ${bits} bits in ${channels} channels has blocks of ${blockBytes} bytes`,
      );
    }
    return format;
  }
  const container = blockBytes / channels;
  const encoding = encodingOf(tag, container);
  if (encoding === null || bits > container * 8 || bits === 0) {
    throw damaged(`it says a sample of ${channels} channels with ${bits} bits takes ${blockBytes} bytes`);
  }
  return pcmFormat({ ...layout, encoding, littleEndian: true });
}

function encodingOf(tag: number, bytes: number): PcmEncoding | null {
  if (tag === tags.aLaw) return bytes === 1 ? 'alaw' : null;
  if (tag === tags.muLaw) return bytes === 1 ? 'ulaw' : null;
  if (tag === tags.float) return bytes === 4 ? 'f32' : bytes === 8 ? 'f64' : null;
  // Samples of other depths (12 or 20 bits) are left-aligned in the next whole byte, so they read the same.
  return ([null, 'u8', 's16', 's24', 's32'] as const)[bytes] ?? null;
}

/** Of Microsoft's ADPCM: behind the size of the extension and the samples of a block. */
function predictorsOf(fields: DataView): [number, number][] {
  if (fields.byteLength < 22) return [];
  const count = Math.min(fields.getUint16(20, true), Math.floor((fields.byteLength - 22) / 4));
  return Array.from({ length: count }, (_, i) => [
    fields.getInt16(22 + 4 * i, true),
    fields.getInt16(24 + 4 * i, true),
  ]);
}
