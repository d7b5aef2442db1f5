/** Ogg files: which codec their stream is of. Pages are checked, and decoding ends at the first bad one. */
import { CurlewError } from '../contract/error.ts';
import { ByteWindow } from './byte-window.ts';
import type { OpenFile } from './file.ts';
import { oggFlac } from './ogg-flac.ts';
import { longestOggPage, parseOggPage } from './ogg-pages.ts';
import {
  damagedAt,
  nextStream,
  packetsOf,
  type OggCodec,
  type OggHead,
  type OggStream,
} from './ogg-stream.ts';
import { opus } from './opus.ts';
import { highestRate, lowestRate, type DecoderSource } from './stream.ts';
import { vorbis } from './vorbis.ts';

/** @throws CurlewError FILE_DAMAGED, FILE_UNSUPPORTED */
export async function openOgg(file: OpenFile, start: number): Promise<DecoderSource> {
  const window = new ByteWindow(file, start);
  await window.need(longestOggPage);
  const page = parseOggPage(window.bytes, 0);
  if (page === null || page === 'short') {
    throw damagedAt(file.path, start, 'the first Ogg page is altered or cut short');
  }
  const source =
    (await opened(file, start, window, vorbis)) ??
    (await opened(file, start, window, opus)) ??
    (await opened(file, start, window, oggFlac));
  if (source) return source;
  const [first] = packetsOf(window.bytes.subarray(0, page.length));
  const isSpeex = first !== undefined && String.fromCharCode(...first.subarray(0, 5)) === 'Speex';
  throw new CurlewError(
    'FILE_UNSUPPORTED',
    `${file.path} is an Ogg file holding ${isSpeex ? 'Speex' : 'neither Vorbis nor Opus nor FLAC'}, which Curlew does not read; convert it to WAV or FLAC.`,
    { path: file.path, format: isSpeex ? 'Speex' : 'Ogg' },
  );
}

async function opened<Head extends OggHead>(
  file: OpenFile,
  start: number,
  window: ByteWindow,
  codec: OggCodec<Head>,
): Promise<DecoderSource | null> {
  const stream = await nextStream(window, codec.headOf);
  return stream && sourceOf(file, start, stream, codec);
}

async function sourceOf<Head extends OggHead>(
  file: OpenFile,
  start: number,
  stream: OggStream<Head>,
  codec: OggCodec<Head>,
): Promise<DecoderSource> {
  const { channels, sampleRate, preSkip } = stream.head;
  if (channels < 1 || sampleRate < lowestRate || sampleRate > highestRate) {
    throw damagedAt(file.path, start, `the header says ${channels} channels at ${sampleRate} Hz`);
  }
  const last = await findLastGranule(file, stream.serial);
  return {
    info: {
      ...{ path: file.path, format: codec.name, sampleRate, channels, bytes: file.bytes },
      seconds: last === null ? null : Math.max(0, last - preSkip) / sampleRate,
    },
    decode: (_fromSample, ...rest) => codec.decode(file, start, stream, ...rest),
  };
}

/** The position that the last intact page of the stream tells, or null when none is near the end. */
async function findLastGranule(file: OpenFile, serial: number): Promise<number | null> {
  const from = Math.max(0, file.bytes - longestOggPage);
  const tail = await file.read(from, file.bytes - from);
  for (let at = tail.lastIndexOf(0x4f); at >= 0; at = at === 0 ? -1 : tail.lastIndexOf(0x4f, at - 1)) {
    if (tail[at + 1] !== 0x67 || tail[at + 2] !== 0x67) continue;
    const page = parseOggPage(tail, at);
    if (page === null || page === 'short' || page.granule < 0n) continue;
    // Of streams that follow each other only decoding tells the length.
    return page.serial === serial ? Number(page.granule) : null;
  }
  return null;
}
