/** Ogg Vorbis files: pages are checked here, and intact ones go to libvorbis; decoding ends at the first bad page. */
import { OggVorbisDecoder } from '@wasm-audio-decoders/ogg-vorbis';
import { CurlewError } from '../contract/error.ts';
import type { NoteCode, RecordingNote } from '../contract/types.ts';
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
  const stream = vorbisHead(window.bytes, page);
  if (stream === null) {
    const name = nameOf(window.bytes.subarray(page.bodyOffset, page.length));
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
    decode: (_fromSample, signal, damaged, note) =>
      decodeOgg(file.path, start, stream, signal, damaged, note),
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

async function* decodeOgg(
  path: string,
  start: number,
  stream: VorbisStream,
  signal: AbortSignal | undefined,
  damaged: ReportDamage,
  note: (note: RecordingNote) => void,
): AsyncGenerator<AudioChunk> {
  const file = await openFile(path, signal);
  const decoder = new OggVorbisDecoder();
  try {
    await decoder.ready;
    let position = 0;
    const window = new ByteWindow(file, start);
    for await (const bytes of oggPages(window, stream, damaged, note, path)) {
      // Null stands for the end: the decoder's parser holds back the last page until then.
      const decoded = await (bytes === null ? decoder.flush() : decoder.decode(bytes));
      if (bytes === null) await decoder.reset();
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
  opened: VorbisStream,
  damaged: ReportDamage,
  note: (note: RecordingNote) => void,
  path: string,
): AsyncGenerator<Uint8Array | null> {
  const report = (what: string, code?: NoteCode) => damaged(damagedAt(path, window.offset, what), code);
  let stream = opened;
  let sequence: number | null = null;
  while (await window.need(1)) {
    await window.need(longestOggPage);
    const page = parseOggPage(window.bytes, 0);
    const problem = page === null || page === 'short' ? page : brokenOrder(page, sequence, stream);
    if (page === null || page === 'short' || problem !== null) {
      report(
        `${problem === 'short' ? 'the file ends inside a page' : (problem ?? 'a page is altered')}; the audio before it is used`,
        problem === 'short' ? 'cut-short' : 'damaged',
      );
      yield null;
      return;
    }
    sequence = page.sequence;
    yield window.bytes.slice(0, page.length);
    window.skip(page.length);
    if (page.last) {
      yield null;
      const next = await nextStream(window);
      if (next?.channels !== stream.channels || next.sampleRate !== stream.sampleRate) {
        const what = 'what follows the end of its stream is no audio of the same kind; it is left out';
        if (await window.need(1)) report(what, 'second-stream');
        return;
      }
      const text = `${path} holds streams that follow each other; all are used.`;
      note({ code: 'second-stream', level: 'note', text });
      stream = next;
      sequence = null;
    }
  }
  report('the file ends before its last page; the audio before it is used', 'cut-short');
  yield null;
}

/** The stream that begins here, behind the end of another; null where none does. */
async function nextStream(window: ByteWindow): Promise<VorbisStream | null> {
  await window.need(longestOggPage);
  const page = parseOggPage(window.bytes, 0);
  if (page === null || page === 'short' || !page.first) return null;
  return vorbisHead(window.bytes, page);
}

/** @param page the first of a stream, at the beginning of `bytes`; null where the stream holds no Vorbis */
function vorbisHead(bytes: Uint8Array, page: OggPage): VorbisStream | null {
  const packet = bytes.subarray(page.bodyOffset, page.length);
  if (!nameOf(packet).startsWith('\x01vorbis') || packet.length < 30) return null;
  const data = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  return { serial: page.serial, channels: data.getUint8(11), sampleRate: data.getUint32(12, true) };
}

const nameOf = (packet: Uint8Array): string => String.fromCharCode(...packet.subarray(0, 8));

function brokenOrder(page: OggPage, previous: number | null, stream: VorbisStream): string | null {
  if (page.serial !== stream.serial) return 'a second stream begins';
  if (previous !== null && page.sequence !== (previous + 1) >>> 0) return 'pages are missing';
  return null;
}
