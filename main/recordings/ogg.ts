/** Ogg Vorbis files: pages are checked here, and intact ones go to libvorbis; decoding ends at the first bad page. */
import { OggVorbisDecoder } from '@wasm-audio-decoders/ogg-vorbis';
import { CurlewError } from '../contract/error.ts';
import { ByteWindow } from './byte-window.ts';
import { openFile, type OpenFile } from './file.ts';
import { longestOggPage, parseOggPage, type OggPage } from './ogg-pages.ts';
import { highestRate, lowestRate, type AudioChunk, type DecoderSource, type ReportDamage } from './stream.ts';

const damagedAt = (path: string, offset: number, what: string) =>
  new CurlewError('FILE_DAMAGED', `${path} is damaged at byte ${offset}: ${what}.`, { path, offset });

interface VorbisStream {
  serial: number;
  sampleRate: number;
  channels: number;
}

/** @throws CurlewError FILE_DAMAGED, FILE_UNSUPPORTED */
export async function openOgg(file: OpenFile, start: number): Promise<DecoderSource> {
  const window = new ByteWindow(file, start);
  await window.need(longestOggPage);
  const page = parseOggPage(window.bytes, 0);
  if (page === null || page === 'short') {
    throw damagedAt(file.path, start, 'the first Ogg page is altered or cut short');
  }
  const packet = window.bytes.subarray(page.bodyOffset, page.length);
  const name = String.fromCharCode(...packet.subarray(0, 8));
  if (!name.startsWith('\x01vorbis') || packet.length < 30) {
    const codec = name.startsWith('Opus')
      ? 'Opus'
      : name.startsWith('\x7fFLAC')
        ? 'FLAC in Ogg'
        : 'no Vorbis';
    throw new CurlewError(
      'FILE_UNSUPPORTED',
      `${file.path} is an Ogg file holding ${codec}; Curlew reads Ogg Vorbis, so convert it to WAV or FLAC.`,
      { path: file.path },
    );
  }
  const data = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const stream = { serial: page.serial, channels: data.getUint8(11), sampleRate: data.getUint32(12, true) };
  if (stream.channels < 1 || stream.sampleRate < lowestRate || stream.sampleRate > highestRate) {
    throw damagedAt(
      file.path,
      start,
      `the header says ${stream.channels} channels at ${stream.sampleRate} Hz`,
    );
  }
  const samples = await findLastGranule(file, stream.serial);
  return {
    info: {
      path: file.path,
      format: 'Ogg Vorbis',
      sampleRate: stream.sampleRate,
      channels: stream.channels,
      seconds: samples === null ? null : samples / stream.sampleRate,
      bytes: file.bytes,
    },
    decode: (_fromSample, signal, damaged) => decodeOgg(file.path, start, stream, signal, damaged),
  };
}

/** The position that the last intact page of the stream tells, or null when none is near the end. */
async function findLastGranule(file: OpenFile, serial: number): Promise<number | null> {
  const from = Math.max(0, file.bytes - longestOggPage);
  const tail = await file.read(from, file.bytes - from);
  for (let at = tail.lastIndexOf(0x4f); at >= 0; at = at === 0 ? -1 : tail.lastIndexOf(0x4f, at - 1)) {
    if (tail[at + 1] !== 0x67 || tail[at + 2] !== 0x67) continue;
    const page = parseOggPage(tail, at);
    if (page === null || page === 'short' || page.serial !== serial || page.granule < 0n) continue;
    return Number(page.granule);
  }
  return null;
}

async function* decodeOgg(
  path: string,
  start: number,
  stream: VorbisStream,
  signal: AbortSignal | undefined,
  damaged: ReportDamage,
): AsyncGenerator<AudioChunk> {
  const file = await openFile(path, signal);
  const decoder = new OggVorbisDecoder();
  try {
    await decoder.ready;
    let position = 0;
    for await (const bytes of oggPages(new ByteWindow(file, start), stream, damaged, path)) {
      // Null stands for the end: the decoder's parser holds back the last page until then.
      const decoded = await (bytes === null ? decoder.flush() : decoder.decode(bytes));
      if (decoded.samplesDecoded === 0) continue;
      yield { channels: decoded.channelData, startSample: position };
      position += decoded.samplesDecoded;
    }
  } finally {
    decoder.free();
    await file.close();
  }
}

async function* oggPages(
  window: ByteWindow,
  stream: VorbisStream,
  damaged: ReportDamage,
  path: string,
): AsyncGenerator<Uint8Array | null> {
  const report = (what: string) => damaged(damagedAt(path, window.offset, what));
  let sequence: number | null = null;
  while (await window.need(1)) {
    await window.need(longestOggPage);
    const page = parseOggPage(window.bytes, 0);
    const problem = page === null || page === 'short' ? page : brokenOrder(page, sequence, stream);
    if (page === null || page === 'short' || problem !== null) {
      report(
        `${problem === 'short' ? 'the file ends inside a page' : (problem ?? 'a page is altered')}; the audio before it is used`,
      );
      yield null;
      return;
    }
    sequence = page.sequence;
    yield window.bytes.slice(0, page.length);
    window.skip(page.length);
    if (page.last) {
      yield null;
      if (await window.need(1)) report('more follows the end of the stream; it is left out');
      return;
    }
  }
  report('the file ends before its last page; the audio before it is used');
  yield null;
}

function brokenOrder(page: OggPage, previous: number | null, stream: VorbisStream): string | null {
  if (page.serial !== stream.serial) return 'a second stream begins';
  if (previous !== null && page.sequence !== (previous + 1) >>> 0) return 'pages are missing';
  return null;
}
