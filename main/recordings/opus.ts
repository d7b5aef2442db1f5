/** Ogg Opus (RFC 7845): packets go to libopus one by one; always 48 kHz, whatever was recorded. */
import { OpusDecoder } from 'opus-decoder';
import { ByteWindow } from './byte-window.ts';
import { damagedAt, oggPages, OggPackets, type OggCodec, type OggHead } from './ogg-stream.ts';

const sampleRate = 48_000;

export interface OpusHead extends OggHead {
  /** What samples are multiplied with. */
  gain: number;
  streams: number;
  coupled: number;
  /** Of each channel: which of the decoded ones. */
  mapping: number[];
}

/** @param packet the first of a stream */
export function opusHead(packet: Uint8Array): OpusHead | null {
  if (String.fromCharCode(...packet.subarray(0, 8)) !== 'OpusHead' || packet.length < 19) return null;
  const data = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const channels = data.getUint8(9);
  const family = data.getUint8(18);
  const gain = 10 ** (data.getInt16(16, true) / 256 / 20);
  const common = { sampleRate, channels, preSkip: data.getUint16(10, true), gain };
  if (family === 0) {
    if (channels < 1 || channels > 2) return null;
    return { ...common, streams: 1, coupled: channels - 1, mapping: channels === 1 ? [0] : [0, 1] };
  }
  if (channels < 1 || packet.length < 21 + channels) return null;
  const [streams, coupled] = [data.getUint8(19), data.getUint8(20)];
  const mapping = [...packet.subarray(21, 21 + channels)];
  const isSound =
    streams > 0 && coupled <= streams && mapping.every((one) => one === 255 || one < streams + coupled);
  return isSound ? { ...common, streams, coupled, mapping } : null;
}

/** Samples of a channel at 48 kHz that a packet holds (RFC 6716, section 3.1); 0 where it holds none. */
export function opusSamples(packet: Uint8Array): number {
  const toc = packet[0];
  if (toc === undefined) return 0;
  const config = toc >> 3;
  const size =
    config < 12
      ? [480, 960, 1920, 2880][config & 3]!
      : config < 16
        ? [480, 960][config & 1]!
        : [120, 240, 480, 960][config & 3]!;
  const code = toc & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : (packet[1] ?? 0) & 63;
  const samples = size * frames;
  return samples > longestPacket ? 0 : samples;
}

/** 120 ms */
const longestPacket = 5_760;
/** What the decoder has room for, of each channel. */
const mostPacketBytes = 3_840;

export const opus: OggCodec<OpusHead> = {
  name: 'Opus',
  headOf: opusHead,
  async *decode(opened, start, stream, signal, damaged, note) {
    const file = await opened.again(signal);
    const { path } = file;
    const { channels, streams, coupled, mapping } = stream.head;
    const decoder = new OpusDecoder({
      channels,
      streamCount: streams,
      coupledStreamCount: coupled,
      channelMappingTable: mapping,
    });
    try {
      await decoder.ready;
      const window = new ByteWindow(file, start);
      let packets = new OggPackets();
      let position = 0;
      /** Packets of headers, which come first. */
      let heads = 2;
      let { gain, preSkip: skip } = stream.head;
      /** Position that the stream's granules count, before the next packet; null: no page has told. */
      let granule: number | null = null;
      for await (const one of oggPages(window, stream, opusHead, path, damaged, note)) {
        if (one === null) {
          await decoder.reset();
          packets = new OggPackets();
          [heads, granule] = [2, null];
          continue;
        }
        const { page, bytes } = one;
        const sound = packets.push(bytes);
        for (; heads > 0 && sound.length > 0; heads--) {
          const head = opusHead(sound.shift()!);
          if (head) ({ gain, preSkip: skip } = head);
        }
        if (sound.length === 0) continue;
        const inPage = sound.reduce((sum, packet) => sum + opusSamples(packet), 0);
        // The last page tells where the sound ends, within its last packet; a first page may begin anywhere.
        const told = page.granule < 0n ? null : Number(page.granule);
        granule ??= told === null || page.last ? 0 : Math.max(0, told - inPage);
        for (const packet of sound) {
          const samples = opusSamples(packet);
          if (samples === 0) continue;
          const fits = packet.length <= mostPacketBytes * channels;
          const decoded = fits ? decoder.decodeFrame(packet) : null;
          let heard = decoded?.samplesDecoded === samples ? decoded.channelData : null;
          if (heard === null) {
            const what = 'a packet could not be decoded and is replaced by silence';
            damaged(damagedAt(path, window.offset, what), 'lost-frames');
            heard = Array.from({ length: channels }, () => new Float32Array(samples));
          }
          const end = page.last && told !== null ? Math.max(0, Math.min(samples, told - granule)) : samples;
          const from = Math.min(skip, end);
          skip -= Math.min(skip, samples);
          granule += samples;
          if (end <= from) continue;
          const parts = heard.map((channel) => channel.subarray(from, end));
          if (gain !== 1) for (const part of parts) for (let i = 0; i < part.length; i++) part[i]! *= gain;
          yield { channels: parts, startSample: position };
          position += end - from;
        }
      }
    } finally {
      decoder.free();
      await file.close();
    }
  },
};
