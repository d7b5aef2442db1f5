/** FLAC in Ogg: a packet is a frame. */
import { ByteWindow } from './byte-window.ts';
import { openFile } from './file.ts';
import { decodeFlacFrames, type FlacFrame } from './flac-decoder.ts';
import { flacCrc16, parseFlacHeader, parseStreamInfo, type FlacStreamInfo } from './flac-frames.ts';
import { damagedAt, oggPages, OggPackets, type OggCodec, type OggHead } from './ogg-stream.ts';
import type { ReportDamage } from './stream.ts';

interface FlacHead extends OggHead {
  info: FlacStreamInfo;
  /** As FLAC files begin. */
  bytes: Uint8Array;
}

/** In the first packet: its name, version and number of headers, then a FLAC file's beginning. */
const before = 9;

function headOf(packet: Uint8Array): FlacHead | null {
  if (String.fromCharCode(...packet.subarray(0, 5)) !== '\x7fFLAC' || packet.length < before + 42)
    return null;
  const bytes = packet.slice(before, before + 42);
  // It stands as the only block of its own.
  bytes[4] = 0x80;
  const info = parseStreamInfo(bytes.subarray(8));
  return { info, bytes, sampleRate: info.sampleRate, channels: info.channels, preSkip: 0 };
}

export const oggFlac: OggCodec<FlacHead> = {
  name: 'Ogg FLAC',
  headOf,
  async *decode(path, start, stream, signal, damaged, note) {
    const file = await openFile(path, signal);
    try {
      const { bytes, info } = stream.head;
      const pages = oggPages(new ByteWindow(file, start), stream, headOf, path, damaged, note);
      // Where the stream ends its pages tell.
      yield* decodeFlacFrames(
        path,
        bytes,
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
      if (header === null || flacCrc16(frame, 0, frame.length, 0) !== 0) {
        damaged(damagedAt(path, offset, 'frames are lost there and replaced by silence'), 'lost-frames');
        continue;
      }
      const startSample = base + header.startSample;
      end = startSample + header.blockSize;
      yield { frame, header: { ...header, startSample }, offset };
    }
    offset += one.bytes.length;
  }
}
