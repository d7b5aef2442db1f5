/** FLAC frames, one behind the other, as chunks; a damaged or lost one becomes silence of its length. */
import { CurlewError } from '../contract/error.ts';
import type { FlacFrameHeader, FlacStreamInfo } from './flac-frames.ts';
import type { AudioChunk, ReportDamage } from './stream.ts';

export interface FlacFrame {
  header: FlacFrameHeader;
  /** Lent until the next frame is asked for; null where it could not be decoded. */
  channels: Float32Array[] | null;
  /** Where it stands in the file, or the page that it ends in. */
  offset: number;
}

/** Frames are given out together from so many samples on: a chunk takes its way whatever its length. */
const chunkSamples = 16_384;

/**
 * @param fromSample where the frames begin
 * @returns how many samples of a channel there were, those before `fromSample` included
 */
export async function* followFlacFrames(
  path: string,
  info: FlacStreamInfo,
  frames: AsyncIterable<FlacFrame>,
  fromSample: number,
  damaged: ReportDamage,
): AsyncGenerator<AudioChunk, number, undefined> {
  let position = fromSample;
  /** What ends at `position` and is not given out yet: the first of so many samples. */
  let held: Float32Array[] = [];
  let heldSamples = 0;
  function* given(): Generator<AudioChunk> {
    if (heldSamples === 0) return;
    const channels = held.map((channel) => channel.subarray(0, heldSamples));
    const startSample = position - heldSamples;
    heldSamples = 0;
    yield { channels, startSample };
  }
  for await (const { header, channels, offset } of frames) {
    if (header.startSample < position) continue;
    // What the header does not promise is audio where it goes on without a hole; else it is what looks like a frame.
    const beyond = info.samples !== null && header.startSample >= info.samples;
    if (beyond && header.startSample !== position) continue;
    if (header.startSample > position || channels === null) yield* given();
    yield* silence(position, header.startSample, info.channels);
    position = header.startSample + header.blockSize;
    if (channels !== null) {
      if (heldSamples === 0) held = channels.map(() => new Float32Array(chunkSamples + info.maxBlock));
      channels.forEach((channel, c) => held[c]!.set(channel, heldSamples));
      heldSamples += header.blockSize;
      if (heldSamples >= chunkSamples) yield* given();
    } else {
      const what = `${path} is damaged at byte ${offset}: a frame could not be decoded and is replaced by silence.`;
      damaged(new CurlewError('FILE_DAMAGED', what, { path, offset }));
      yield* silence(header.startSample, position, info.channels);
    }
  }
  yield* given();
  return position;
}

function* silence(from: number, to: number, channels: number): Generator<AudioChunk> {
  for (let at = from; at < to; at += 65_536) {
    const length = Math.min(65_536, to - at);
    yield { channels: Array.from({ length: channels }, () => new Float32Array(length)), startSample: at };
  }
}
