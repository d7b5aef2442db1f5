/** Samples that each stand by themselves: whole numbers, floats, and the codes of telephones. */
import { aLaw, muLaw } from './companding.ts';
import { fromInt16 } from './resampler/int16.ts';
import type { SampleFormat } from './sample-data.ts';

export type PcmEncoding = 's8' | 'u8' | 's16' | 's24' | 's32' | 'f32' | 'f64' | 'alaw' | 'ulaw';

export interface PcmLayout {
  sampleRate: number;
  channels: number;
  /** Bytes of one sample of all channels. */
  blockBytes: number;
  encoding: PcmEncoding;
  littleEndian: boolean;
}

export function pcmFormat(layout: PcmLayout): SampleFormat {
  const { sampleRate, channels, blockBytes, encoding } = layout;
  const isFloat = encoding === 'f32' || encoding === 'f64';
  const samplesIn = (bytes: number) => Math.floor(bytes / blockBytes);
  return {
    ...{ sampleRate, channels, blockBytes, blockSamples: 1, samplesIn },
    unpack: (bytes) => unpack(bytes, samplesIn(bytes.length), layout),
    ...(isFloat && { unusable: (bytes) => countUnusable(bytes, samplesIn(bytes.length), layout) }),
  };
}

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Splits interleaved samples into channels; floats that are no numbers become 0. */
function unpack(bytes: Uint8Array, blocks: number, layout: PcmLayout): Float32Array[] {
  const { blockBytes: stride, littleEndian: little } = layout;
  // What most recorders write.
  if (layout.encoding === 's16' && little) return fromInt16(bytes, blocks, layout.channels);
  const data = view(bytes);
  const width = stride / layout.channels;
  return Array.from({ length: layout.channels }, (_, channel) => {
    const out = new Float32Array(blocks);
    let at = channel * width;
    switch (layout.encoding) {
      case 's8':
        for (let i = 0; i < blocks; i++, at += stride) out[i] = data.getInt8(at) / 128;
        break;
      case 'u8':
        for (let i = 0; i < blocks; i++, at += stride) out[i] = (bytes[at]! - 128) / 128;
        break;
      case 's16':
        for (let i = 0; i < blocks; i++, at += stride) out[i] = data.getInt16(at) / 32_768;
        break;
      case 's24': {
        const [high, low] = little ? [2, 0] : [0, 1];
        for (let i = 0; i < blocks; i++, at += stride) {
          out[i] = ((data.getInt8(at + high) << 16) | data.getUint16(at + low, little)) / 8_388_608;
        }
        break;
      }
      case 's32':
        for (let i = 0; i < blocks; i++, at += stride) out[i] = data.getInt32(at, little) / 2_147_483_648;
        break;
      case 'alaw':
      case 'ulaw': {
        const levels = layout.encoding === 'alaw' ? aLaw : muLaw;
        for (let i = 0; i < blocks; i++, at += stride) out[i] = levels[bytes[at]!]!;
        break;
      }
      case 'f32':
        for (let i = 0; i < blocks; i++, at += stride) out[i] = finite(data.getFloat32(at, little));
        break;
      case 'f64':
        for (let i = 0; i < blocks; i++, at += stride) out[i] = finite(data.getFloat64(at, little));
        break;
    }
    return out;
  });
}

/** A float sample far outside full scale is noise of a damaged file; 1e6 keeps sums finite in binary32. */
const finite = (value: number) => (Math.abs(value) <= 1e6 ? value : 0);

/** Float samples that `finite` replaces. */
function countUnusable(bytes: Uint8Array, blocks: number, layout: PcmLayout): number {
  const data = view(bytes);
  const { littleEndian: little } = layout;
  const width = layout.encoding === 'f32' ? 4 : 8;
  let count = 0;
  for (let at = 0; at < blocks * layout.blockBytes; at += width) {
    const value = width === 4 ? data.getFloat32(at, little) : data.getFloat64(at, little);
    if (!(Math.abs(value) <= 1e6)) count++;
  }
  return count;
}
