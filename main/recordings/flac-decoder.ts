/** FLAC frames, whole and checked, through libFLAC one by one; a damaged or lost one becomes silence of its length. */
import { FLACDecoder } from '@wasm-audio-decoders/flac';
import { CurlewError } from '../contract/error.ts';
import type { FlacFrameHeader, FlacStreamInfo } from './flac-frames.ts';
import { rescale } from './resampler/int16.ts';
import type { AudioChunk, ReportDamage } from './stream.ts';

export interface FlacFrame {
  frame: Uint8Array;
  header: FlacFrameHeader;
  /** Where it stands in the file, or the page that it ends in. */
  offset: number;
}

/**
 * @param head a FLAC file's beginning with the stream info as its only block: libFLAC takes rate and depth from there
 *   when frames do not carry them
 * @param fromSample where the frames begin
 * @returns how many samples of a channel there were, those before `fromSample` included
 */
export async function* decodeFlacFrames(
  path: string,
  head: Uint8Array,
  info: FlacStreamInfo,
  frames: AsyncIterable<FlacFrame>,
  fromSample: number,
  damaged: ReportDamage,
): AsyncGenerator<AudioChunk, number, undefined> {
  const decoder = new FLACDecoder();
  try {
    await decoder.ready;
    await decoder.decodeFrames([head]);
    let position = fromSample;
    for await (const { frame, header, offset } of frames) {
      if (header.startSample < position) continue;
      // What the header does not promise is audio where it goes on without a hole; else it is what looks like a frame.
      const beyond = info.samples !== null && header.startSample >= info.samples;
      if (beyond && header.startSample !== position) continue;
      if (header.startSample > position) {
        // libFLAC would make up for the gap itself; a fresh start leaves it to us.
        await decoder.reset();
        await decoder.decodeFrames([head]);
        yield* silence(position, header.startSample, info.channels);
      }
      const decoded = await decoder.decodeFrames([frame]);
      position = header.startSample + header.blockSize;
      if (decoded.samplesDecoded === header.blockSize && decoded.channelData.length === info.channels) {
        // The decoder divides by 2^(bits−1) − 1; every other format here has full scale at 2^(bits−1).
        const scale = 2 ** (decoded.bitDepth - 1);
        for (const channel of decoded.channelData) rescale(channel, scale - 1, 1 / scale);
        yield { channels: decoded.channelData, startSample: header.startSample };
      } else {
        const what = `${path} is damaged at byte ${offset}: a frame could not be decoded and is replaced by silence.`;
        damaged(new CurlewError('FILE_DAMAGED', what, { path, offset }));
        yield* silence(header.startSample, position, info.channels);
      }
    }
    return position;
  } finally {
    decoder.free();
  }
}

async function* silence(from: number, to: number, channels: number): AsyncGenerator<AudioChunk> {
  for (let at = from; at < to; at += 65_536) {
    const length = Math.min(65_536, to - at);
    yield { channels: Array.from({ length: channels }, () => new Float32Array(length)), startSample: at };
  }
}
