/** Ogg Vorbis: intact pages go to libvorbis. */
import { OggVorbisDecoder } from '@wasm-audio-decoders/ogg-vorbis';
import { ByteWindow } from './byte-window.ts';
import { oggPages, type OggCodec, type OggHead } from './ogg-stream.ts';

function headOf(packet: Uint8Array): OggHead | null {
  if (String.fromCharCode(...packet.subarray(0, 7)) !== '\x01vorbis' || packet.length < 30) return null;
  const data = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  return { channels: data.getUint8(11), sampleRate: data.getUint32(12, true), preSkip: 0 };
}

export const vorbis: OggCodec = {
  name: 'Ogg Vorbis',
  headOf,
  async *decode(opened, start, stream, signal, damaged, note) {
    const file = await opened.again(signal);
    const { path } = file;
    const decoder = new OggVorbisDecoder();
    try {
      await decoder.ready;
      let position = 0;
      const window = new ByteWindow(file, start);
      for await (const one of oggPages(window, stream, headOf, path, damaged, note)) {
        // At the end of a stream: the decoder's parser holds back the last page until then.
        const decoded = await (one === null ? decoder.flush() : decoder.decode(one.bytes));
        if (one === null) await decoder.reset();
        if (decoded.samplesDecoded === 0) continue;
        yield { channels: decoded.channelData, startSample: position };
        position += decoded.samplesDecoded;
      }
    } finally {
      decoder.free();
      await file.close();
    }
  },
};
