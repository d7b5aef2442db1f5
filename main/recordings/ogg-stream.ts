/** The pages of an Ogg file in their order, of one stream after another, and the packets that they hold. */
import type { OpenFile } from './file.ts';
import { CurlewError } from '../contract/error.ts';
import type { NoteCode, RecordingNote } from '../contract/types.ts';
import type { ByteWindow } from './byte-window.ts';
import { longestOggPage, oggHeaderBytes, parseOggPage, type OggPage } from './ogg-pages.ts';
import type { AudioChunk, DecoderSource, ReportDamage } from './stream.ts';

/** What the first packet of a stream says. */
export interface OggHead {
  sampleRate: number;
  channels: number;
  /** At the beginning of what is decoded, which are no part of the recording. */
  preSkip: number;
}

export interface OggCodec<Head extends OggHead = OggHead> {
  /** For a person. */
  name: string;
  /** @param packet the first of a stream @returns null where it is of another codec */
  headOf(packet: Uint8Array): Head | null;
  /** @param opened closed by now */
  decode(
    opened: OpenFile,
    start: number,
    stream: OggStream<Head>,
    ...rest: DecodeRest
  ): AsyncGenerator<AudioChunk>;
}

export interface OggStream<Head extends OggHead = OggHead> {
  serial: number;
  head: Head;
}

type DecodeRest = Parameters<DecoderSource['decode']> extends [unknown, ...infer Rest] ? Rest : never;

export interface PageBytes {
  page: OggPage;
  /** A copy of it. */
  bytes: Uint8Array;
}

export const damagedAt = (path: string, offset: number, what: string): CurlewError =>
  new CurlewError('FILE_DAMAGED', `${path} is damaged at byte ${offset}: ${what}.`, { path, offset });

/** The packets that end in a page which begins with the first of them. */
export const packetsOf = (bytes: Uint8Array): Uint8Array[] => new OggPackets().push(bytes);

/**
 * Pages of the stream, then of those that follow it and are of the same kind; null behind the last page of each.
 * Ends at the first page that is altered, missing or cut off.
 */
export async function* oggPages<Head extends OggHead>(
  window: ByteWindow,
  opened: OggStream<Head>,
  headOf: (packet: Uint8Array) => Head | null,
  path: string,
  damaged: ReportDamage,
  note: (note: RecordingNote) => void,
): AsyncGenerator<PageBytes | null> {
  const report = (what: string, code?: NoteCode) => damaged(damagedAt(path, window.offset, what), code);
  let stream = opened;
  let sequence: number | null = null;
  while (await window.need(1)) {
    await window.need(longestOggPage);
    const page = parseOggPage(window.bytes, 0);
    const problem = page === null || page === 'short' ? page : brokenOrder(page, sequence, stream.serial);
    if (page === null || page === 'short' || problem !== null) {
      report(
        `${problem === 'short' ? 'the file ends inside a page' : (problem ?? 'a page is altered')}; nothing from there on is used`,
        problem === 'short' ? 'cut-short' : 'damaged',
      );
      yield null;
      return;
    }
    sequence = page.sequence;
    yield { page, bytes: window.bytes.slice(0, page.length) };
    window.skip(page.length);
    if (page.last) {
      yield null;
      const next = await nextStream(window, headOf);
      const isSame =
        next?.head.channels === stream.head.channels && next.head.sampleRate === stream.head.sampleRate;
      if (!next || !isSame) {
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
  report('the file ends before its last page', 'cut-short');
  yield null;
}

/** The stream that begins here; null where none of the kind does. */
export async function nextStream<Head extends OggHead>(
  window: ByteWindow,
  headOf: (packet: Uint8Array) => Head | null,
): Promise<OggStream<Head> | null> {
  await window.need(longestOggPage);
  const page = parseOggPage(window.bytes, 0);
  if (page === null || page === 'short' || !page.first) return null;
  const head = headOf(packetsOf(window.bytes.subarray(0, page.length))[0] ?? new Uint8Array());
  return head && { serial: page.serial, head };
}

function brokenOrder(page: OggPage, previous: number | null, serial: number): string | null {
  if (page.serial !== serial) return 'a second stream begins';
  if (previous !== null && page.sequence !== (previous + 1) >>> 0) return 'pages are missing';
  return null;
}

/** A packet longer than this is no sound. */
const longestPacket = 4 << 20;

/** Puts packets together that pages part. */
export class OggPackets {
  private begun: Uint8Array | null = null;

  /** @param page whole @returns the packets that end in it */
  push(page: Uint8Array): Uint8Array[] {
    const packets: Uint8Array[] = [];
    const segments = page[26]!;
    const isContinued = (page[5]! & 1) !== 0;
    // What the page before did not begin, or this one does not go on with, is lost.
    let parts = isContinued ? this.begun : new Uint8Array();
    let at = oggHeaderBytes + segments;
    let length = 0;
    for (let i = 0; i < segments; i++) {
      const lacing = page[oggHeaderBytes + i]!;
      length += lacing;
      if (lacing === 255) continue;
      if (parts) packets.push(joined(parts, page.subarray(at, at + length)));
      parts = new Uint8Array();
      at += length;
      length = 0;
    }
    const isOpen = segments > 0 && page[oggHeaderBytes + segments - 1] === 255;
    this.begun = isOpen && parts ? joined(parts, page.subarray(at, at + length)) : null;
    if (this.begun && this.begun.length > longestPacket) this.begun = null;
    return packets;
  }
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  if (one.length === 0) return other;
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
