/** FLAC files: finding their frames, whatever lies between. */
import { CurlewError } from '../contract/error.ts';
import type { RecordingNote } from '../contract/types.ts';
import { ByteWindow } from './byte-window.ts';
import type { OpenFile } from './file.ts';
import { followFlacFrames, type FlacFrame } from './follow-flac-frames.ts';
import {
  flacCrc16,
  longestFlacHeader,
  parseFlacHeader,
  parseStreamInfo,
  type FlacFrameHeader,
  type FlacStreamInfo,
} from './flac-frames.ts';
import { decodeFlacFrame } from './resampler/flac-frame.ts';
import { highestRate, lowestRate, type AudioChunk, type DecoderSource, type ReportDamage } from './stream.ts';

const damagedAt = (path: string, offset: number, what: string) =>
  new CurlewError('FILE_DAMAGED', `${path} is damaged at byte ${offset}: ${what}.`, { path, offset });

/** @throws CurlewError FILE_DAMAGED */
export async function openFlac(file: OpenFile, start: number): Promise<DecoderSource> {
  const head = await file.read(start, 42);
  const blockBytes = (head[5]! << 16) | (head[6]! << 8) | head[7]!;
  if (head.length < 42 || (head[4]! & 0x7f) !== 0 || blockBytes !== 34) {
    throw damagedAt(file.path, start + 4, 'the FLAC stream info is missing or cut short');
  }
  const info = parseStreamInfo(head.subarray(8));
  if (info.sampleRate < lowestRate || info.sampleRate > highestRate || info.maxBlock < 16) {
    throw damagedAt(
      file.path,
      start + 8,
      `the stream info says ${info.sampleRate} Hz in blocks of ${info.maxBlock} samples`,
    );
  }
  const framesAt = await skipMetadata(file, start + 4);
  return {
    info: {
      path: file.path,
      format: 'FLAC',
      sampleRate: info.sampleRate,
      channels: info.channels,
      seconds: info.samples === null ? null : info.samples / info.sampleRate,
      bytes: file.bytes,
    },
    decode: (fromSample, signal, damaged, note) =>
      decodeFlac({ opened: file, info, framesAt }, fromSample, signal, damaged, note),
  };
}

async function skipMetadata(file: OpenFile, first: number): Promise<number> {
  let at = first;
  for (;;) {
    const block = await file.read(at, 4);
    // A damaged length may lead far behind the end.
    if (block.length < 4)
      throw damagedAt(file.path, Math.min(at, file.bytes), 'the file ends inside its FLAC metadata');
    at += 4 + ((block[1]! << 16) | (block[2]! << 8) | block[3]!);
    if (block[0]! & 0x80) return at;
  }
}

interface FlacStream {
  /** Closed by now. */
  opened: OpenFile;
  info: FlacStreamInfo;
  /** Where the first frame begins. */
  framesAt: number;
}

async function* decodeFlac(
  { opened, info, framesAt }: FlacStream,
  fromSample: number,
  signal: AbortSignal | undefined,
  damaged: ReportDamage,
  note: (note: RecordingNote) => void,
): AsyncGenerator<AudioChunk> {
  const file = await opened.again(signal);
  const { path } = file;
  try {
    const entry = await entryBefore(file, framesAt, info, fromSample);
    const frames = flacFrames(new ByteWindow(file, entry.at), info, damaged, path);
    const position = yield* followFlacFrames(path, info, frames, entry.sample, damaged);
    const seconds = (samples: number) => (samples / info.sampleRate).toFixed(2);
    if (info.samples !== null && position > info.samples) {
      const text = `${path} has a header that promises ${seconds(info.samples)} s; ${seconds(position)} s are there, which are all used.`;
      note({ code: 'header-stale', level: 'note', text });
    }
    if (info.samples !== null && position < info.samples) {
      damaged(
        new CurlewError(
          'FILE_DAMAGED',
          `${path} is cut short: its header promises ${seconds(info.samples)} s and ${seconds(position)} s are there, which are used.`,
          { path, offset: file.bytes },
        ),
        'cut-short',
      );
    }
  } finally {
    await file.close();
  }
}

/** So close to each other there is nothing to be gained by halving. */
const closeBytes = 4096;

/** By halving: a frame, whole and checked, that begins at `fromSample` or not long before it; else where frames begin. */
async function entryBefore(
  file: OpenFile,
  framesAt: number,
  info: FlacStreamInfo,
  fromSample: number,
): Promise<{ at: number; sample: number }> {
  let entry = { at: framesAt, sample: 0 };
  let end = file.bytes;
  while (fromSample >= entry.sample + info.maxBlock && end - entry.at > closeBytes) {
    const middle = Math.floor((entry.at + end) / 2);
    // What is damaged there is told by whoever comes by it.
    const found = await flacFrames(new ByteWindow(file, middle), info, () => undefined, file.path).next();
    if (found.done || found.value.header.startSample > fromSample) end = middle;
    else entry = { at: found.value.offset, sample: found.value.header.startSample };
  }
  return entry;
}

async function* flacFrames(
  window: ByteWindow,
  info: FlacStreamInfo,
  damaged: ReportDamage,
  path: string,
): AsyncGenerator<FlacFrame> {
  // A frame is never longer than its samples stored as they are, up to 33 bits each, and some framing.
  const longest = info.maxBlock * info.channels * 5 + 64;
  let lost: number | null = null;
  let broken: number | null = null;
  while (await window.need(1)) {
    await window.need(longest);
    const header = parseFlacHeader(window.bytes, 0, info);
    const decoded = header && decodeFlacFrame(window.bytes.subarray(0, longest), header, info);
    // What cannot be decoded and whose checksum holds is a frame all the same: it is known how long its silence is.
    const length = decoded?.bytes ?? (header && (await findFrameEnd(window, header, info, longest)));
    if (header !== null && length !== null) {
      if (lost !== null)
        damaged(damagedAt(path, lost, 'frames are lost there and replaced by silence'), 'lost-frames');
      lost = null;
      broken = null;
      yield { header, channels: decoded?.channels ?? null, offset: window.offset };
      window.skip(length);
    } else {
      lost ??= window.offset;
      if (header !== null) broken ??= window.offset;
      const next = window.bytes.indexOf(0xff, 1);
      window.skip(next < 0 ? window.bytes.length : next);
    }
  }
  if (broken !== null && info.samples === null) {
    const what = 'the file ends inside a frame; the audio before it is used';
    damaged(damagedAt(path, broken, what), 'cut-short');
  }
}

/** @returns the frame's length: up to the next frame's header, or to the end of the file, with its checksum holding */
async function findFrameEnd(
  window: ByteWindow,
  header: FlacFrameHeader,
  info: FlacStreamInfo,
  longest: number,
): Promise<number | null> {
  let crc = 0;
  let checked = 0;
  let at = header.headerBytes + 2;
  for (;;) {
    const next = window.bytes.indexOf(0xff, at);
    at = next < 0 ? window.bytes.length : next;
    if (at > longest) return null;
    if (at + longestFlacHeader > window.bytes.length && (await window.more())) continue;
    if (at >= window.bytes.length) break;
    if (parseFlacHeader(window.bytes, at, info) !== null) {
      crc = flacCrc16(window.bytes, checked, at, crc);
      checked = at;
      if (crc === 0) return at;
    }
    at++;
  }
  // The last frame ends the file, or a tag follows it: the last place where the checksum comes out.
  let end: number | null = null;
  for (let i = checked; i < window.bytes.length && i < longest; i++) {
    crc = flacCrc16(window.bytes, i, i + 1, crc);
    if (crc === 0 && i >= header.headerBytes + 2) end = i + 1;
  }
  return end;
}
