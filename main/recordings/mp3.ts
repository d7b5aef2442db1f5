/**
 * MP3 files: whole frames go to mpg123, which takes off the encoder's delay and padding where the file tells them.
 * An MP3 without a LAME tag starts with about 1105 samples of the codec's own delay (0.02 to 0.05 s), as everywhere.
 */
import { MPEGDecoder } from 'mpg123-decoder';
import { CurlewError } from '../contract/error.ts';
import { ByteWindow } from './byte-window.ts';
import type { OpenFile } from './file.ts';
import { parseMp3Header, readMp3Samples, type Mp3Frame } from './mp3-frames.ts';
import type { AudioChunk, DecoderSource, ReportDamage } from './stream.ts';

/** Frames handed to the decoder at once. */
const framesPerChunk = 32;

const damagedAt = (path: string, offset: number, what: string) =>
  new CurlewError('FILE_DAMAGED', `${path} is damaged at byte ${offset}: ${what}.`, { path, offset });

/** @throws CurlewError FILE_DAMAGED */
export async function openMp3(file: OpenFile, start: number): Promise<DecoderSource> {
  const head = await file.read(start, 4096);
  const first = parseMp3Header(head, 0);
  if (first === null) throw damagedAt(file.path, start, 'the first MP3 frame changed while it was read');
  const samples = readMp3Samples(head.subarray(0, first.length), first);
  return {
    info: {
      path: file.path,
      format: 'MP3',
      sampleRate: first.sampleRate,
      channels: first.channels,
      seconds: samples === null ? null : samples / first.sampleRate,
      bytes: file.bytes,
    },
    decode: (_fromSample, signal, damaged) => decodeMp3(file, start, first, signal, damaged),
  };
}

async function* decodeMp3(
  opened: OpenFile,
  start: number,
  first: Mp3Frame,
  signal: AbortSignal | undefined,
  damaged: ReportDamage,
): AsyncGenerator<AudioChunk> {
  const file = await opened.again(signal);
  const { path } = file;
  const decoder = new MPEGDecoder();
  try {
    await decoder.ready;
    let position = 0;
    for await (const { bytes, offset } of mp3Frames(new ByteWindow(file, start), first, damaged, path)) {
      const decoded = decoder.decode(bytes);
      if (decoded.errors.length > 0) {
        damaged(damagedAt(path, offset, `a frame could not be decoded (${decoded.errors[0]!.message})`));
      }
      if (decoded.samplesDecoded === 0) continue;
      // mpg123 gives two channels, equal ones for mono.
      yield { channels: decoded.channelData.slice(0, first.channels), startSample: position };
      position += decoded.samplesDecoded;
    }
  } finally {
    decoder.free();
    await file.close();
  }
}

/** Joins whole frames to pieces for the decoder; what is no frame is passed over, with silence unknown to MP3. */
async function* mp3Frames(
  window: ByteWindow,
  first: Mp3Frame,
  damaged: ReportDamage,
  path: string,
): AsyncGenerator<{ bytes: Uint8Array; offset: number }> {
  let joined = 0;
  let frames = 0;
  const take = () => {
    const piece = { bytes: window.bytes.slice(0, joined), offset: window.offset };
    window.skip(joined);
    joined = 0;
    frames = 0;
    return piece;
  };
  let lost: number | null = null;
  for (;;) {
    // A frame is at most 2881 bytes (layer II, 384 kbit/s at 24 kHz, with padding fewer).
    if (window.bytes.length - joined < 4096) await window.more();
    if (joined >= window.bytes.length) break;
    const frame = parseMp3Header(window.bytes, joined);
    const fits = frame !== null && frame.kind === first.kind && joined + frame.length <= window.bytes.length;
    if (fits && (lost === null || continues(window.bytes, joined + frame.length, first, window.ended))) {
      if (lost !== null)
        damaged(damagedAt(path, lost, 'frames are lost there, and later times are early by them'));
      lost = null;
      joined += frame.length;
      if (++frames === framesPerChunk) yield take();
      continue;
    }
    if (joined > 0) yield take();
    if (isTag(window.bytes)) break;
    lost ??= window.offset;
    window.skip(Math.min(1, window.bytes.length));
  }
  if (joined > 0) yield take();
  if (lost !== null) {
    damaged(damagedAt(path, lost, 'the rest holds no MP3 frames; the audio before it is used'));
  }
}

const continues = (bytes: Uint8Array, offset: number, first: Mp3Frame, ended: boolean) =>
  parseMp3Header(bytes, offset)?.kind === first.kind || (ended && offset === bytes.length);

/** ID3v1, APE and Lyrics3 tags end a file and are not damage. */
const isTag = (bytes: Uint8Array) => {
  const start = String.fromCharCode(...bytes.subarray(0, 8));
  return start.startsWith('TAG') || start === 'APETAGEX' || start === 'LYRICSBE';
};
