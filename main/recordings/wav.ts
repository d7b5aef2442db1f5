/** RIFF/WAVE, RF64 and BW64: where their samples lie. */
import { CurlewError } from '../contract/error.ts';
import type { RecordingNote } from '../contract/types.ts';
import type { OpenFile } from './file.ts';
import { chunkLimit, knownChunks, riffChunks } from './riff-chunks.ts';
import { measure, noSamples, sampleSource, type SampleData, type SampleFormat } from './sample-data.ts';
import type { DecoderSource } from './stream.ts';
import { formatBytes, wavFormat } from './wav-format.ts';

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const text = (bytes: Uint8Array) => String.fromCharCode(...bytes);

/** @throws CurlewError FILE_DAMAGED, FILE_EMPTY, FILE_UNSUPPORTED */
export const openWav = async (file: OpenFile): Promise<DecoderSource> =>
  sampleSource(file, 'WAV', await findSamples(file));

async function findSamples(file: OpenFile): Promise<SampleData> {
  const damagedAt = (offset: number, what: string) =>
    new CurlewError('FILE_DAMAGED', `${file.path} is damaged at byte ${offset}: ${what}.`, {
      path: file.path,
      offset,
    });
  let format: SampleFormat | null = null;
  /** Samples of a channel, which formats with blocks tell apart. */
  let told: number | null = null;
  const notes: RecordingNote[] = [];
  const tell = (code: RecordingNote['code'], what: string) =>
    notes.push({ code, level: 'note', text: `${file.path} has ${what}` });
  const chunks = riffChunks(file);
  for (;;) {
    const next = await chunks.next();
    if (next.done) {
      const { offset } = next.value;
      if (offset + 8 <= file.bytes)
        throw damagedAt(offset, `there are more than ${chunkLimit} chunks and no samples`);
      throw damagedAt(
        Math.min(offset, file.bytes),
        `the file ends before ${format === null ? 'its format chunk' : 'any samples'}`,
      );
    }
    const { id, offset, body, size: claimed, unpadded } = next.value;
    if (unpadded !== null) {
      tell(
        'list-unpadded',
        `a chunk “${unpadded}” of odd length without the byte that fills it up; what follows is read from where it is.`,
      );
    }
    if (id === 'fmt ') {
      if (claimed < 16) throw damagedAt(body, `the format chunk has ${claimed} bytes instead of at least 16`);
      const bytes = await file.read(body, Math.min(claimed, formatBytes));
      if (bytes.length < 16) throw damagedAt(body, 'the format chunk is cut short');
      format = wavFormat(file.path, bytes, (what) => damagedAt(body, what));
    } else if (id === 'fact') {
      const bytes = await file.read(body, 4);
      if (bytes.length === 4) told = view(bytes).getUint32(0, true);
    } else if (id === 'data') {
      if (format === null) throw damagedAt(offset, 'the samples come before the format chunk');
      const present = file.bytes - body;
      // With a chunk of a recorder behind it an empty one truly is empty, rather than never closed.
      if (claimed === 0 && knownChunks.has(text(await file.read(body, 4)))) throw noSamples(file.path, body);
      const isStale = claimed === 0 || (claimed < present && !(await isChunkEnd(file, body + claimed)));
      // Some recorders count the headers as well.
      const isOver = present > 0 && claimed > present && claimed - present <= body;
      if (isStale) {
        tell(
          'header-stale',
          `a header that its recorder did not bring up to date: it promises ${claimed} bytes of samples, and all ${present} up to the end of the file are used.`,
        );
      } else if (isOver) {
        tell(
          'header-stale',
          `a header that promises ${claimed - present} bytes more than there are; all of it is used.`,
        );
      }
      const measured = measure(file, format, isStale || isOver ? present : claimed, body);
      const samples = withoutFill(measured.samples, told, format);
      return { format, offset: body, ...measured, samples, isWhole: measured.isWhole && !isStale, notes };
    }
  }
}

/** The last block may be filled up; where the header tells of a number of samples that ends in it, that holds. */
function withoutFill(samples: number, told: number | null, { blockSamples }: SampleFormat): number {
  return told !== null && told < samples && told > samples - blockSamples ? told : samples;
}

/** What programs put behind a file of any kind: ID3v2, APEv2, and the 128 bytes of ID3v1. */
const isTag = (head: Uint8Array, left: number): boolean =>
  /^(ID3[\x02-\x04]|APETAGEX)/.test(text(head)) || (left === 128 && text(head).startsWith('TAG'));

/**
 * Whether samples may end there: at the end of the file but for a few bytes, or with another chunk or a tag behind them.
 */
async function isChunkEnd(file: OpenFile, end: number): Promise<boolean> {
  for (const at of [end, end + 1]) {
    const head = await file.read(at, 8);
    if (head.length < 8 || isTag(head, file.bytes - at)) return true;
    const id = text(head.subarray(0, 4));
    if (knownChunks.has(id)) return true;
    if (/^[\x20-\x7e]{4}$/.test(id) && view(head).getUint32(4, true) <= file.bytes - at - 8) return true;
  }
  return false;
}
