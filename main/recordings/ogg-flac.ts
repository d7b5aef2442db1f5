/** FLAC in Ogg: a packet is a frame. */
import { ByteWindow } from './byte-window.ts';
import { followFlacFrames, type FlacFrame } from './follow-flac-frames.ts';
import { parseFlacHeader, parseStreamInfo, type FlacStreamInfo } from './flac-frames.ts';
import { damagedAt, oggPages, OggPackets, type OggCodec, type OggHead } from './ogg-stream.ts';
import { decodeFlacFrame } from './resampler/flac-frame.ts';
import type { ReportDamage } from './stream.ts';

interface FlacHead extends OggHead {
  info: FlacStreamInfo;
}

/** In the first packet: its name, version and number of headers, then a FLAC file's beginning. */
const before = 9;

function headOf(packet: Uint8Array): FlacHead | null {
  if (String.fromCharCode(...packet.subarray(0, 5)) !== '\x7fFLAC' || packet.length < before + 42)
    return null;
  const info = parseStreamInfo(packet.slice(before + 8));
  return { info, sampleRate: info.sampleRate, channels: info.channels, preSkip: 0 };
}

export const oggFlac: OggCodec<FlacHead> = {
  name: 'Ogg FLAC',
  headOf,
  async *decode(opened, start, stream, signal, damaged, note) {
    const file = await opened.again(signal);
    const { path } = file;
    try {
      const { info } = stream.head;
      const pages = oggPages(new ByteWindow(file, start), stream, headOf, path, damaged, note);
      // Where the stream ends its pages tell.
      yield* followFlacFrames(
        path,
        { ...info, samples: null },
        frames(pages, info, path, damaged),
        0,
        damaged,
      );
    } finally {
      await file.close();
    }
  },
};

async function* frames(
  pages: ReturnType<typeof oggPages>,
  info: FlacStreamInfo,
  path: string,
  damaged: ReportDamage,
): AsyncGenerator<FlacFrame> {
  let packets = new OggPackets();
  /** Where the stream begins in the recording, and where its last frame ended. */
  let base = 0;
  let end = 0;
  let offset = 0;
  for await (const one of pages) {
    if (one === null) {
      packets = new OggPackets();
      base = end;
      continue;
    }
    for (const frame of packets.push(one.bytes)) {
      // The others are headers.
      if (frame[0] !== 0xff) continue;
      const header = parseFlacHeader(frame, 0, info);
      const decoded = header && decodeFlacFrame(frame, header, info);
      if (header === null || decoded?.bytes !== frame.length) {
        damaged(damagedAt(path, offset, 'frames are lost there and replaced by silence'), 'lost-frames');
        continue;
      }
      const startSample = base + header.startSample;
      end = startSample + header.blockSize;
      yield { header: { ...header, startSample }, channels: decoded.channels, offset };
    }
    offset += one.bytes.length;
  }
}
