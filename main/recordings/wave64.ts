/** Wave64 (Sony): as WAV, with chunks that are named by GUIDs and may be longer than 4 GB. */
import { CurlewError } from '../contract/error.ts';
import type { OpenFile } from './file.ts';
import { chunkLimit } from './riff-chunks.ts';
import { measure, sampleSource, type SampleFormat } from './sample-data.ts';
import type { DecoderSource } from './stream.ts';
import { formatBytes, wavFormat } from './wav-format.ts';

/** The GUIDs begin with the names of RIFF's chunks; these are the bytes behind them. */
const behindRiff = [0x2e, 0x91, 0xcf, 0x11, 0xa5, 0xd6, 0x28, 0xdb, 0x04, 0xc1, 0, 0];
const behindOthers = [0xf3, 0xac, 0xd3, 0x11, 0x8c, 0xd1, 0, 0xc0, 0x4f, 0x8e, 0xdb, 0x8a];
/** Of a GUID and a size, which counts them. */
const headerBytes = 24;

const nameAt = (bytes: Uint8Array, at: number, behind: readonly number[]): string | null =>
  behind.every((byte, i) => bytes[at + 4 + i] === byte)
    ? String.fromCharCode(...bytes.subarray(at, at + 4))
    : null;

/** @param head the first 40 bytes of a file */
export const isWave64 = (head: Uint8Array): boolean =>
  nameAt(head, 0, behindRiff) === 'riff' && nameAt(head, headerBytes, behindOthers) === 'wave';

/** @throws CurlewError FILE_DAMAGED, FILE_EMPTY, FILE_UNSUPPORTED */
export async function openWave64(file: OpenFile): Promise<DecoderSource> {
  const damagedAt = (offset: number, what: string) =>
    new CurlewError('FILE_DAMAGED', `${file.path} is damaged at byte ${offset}: ${what}.`, {
      path: file.path,
      offset,
    });
  let format: SampleFormat | null = null;
  let offset = headerBytes + 16;
  for (let count = 0; count < chunkLimit; count++) {
    const header = await file.read(offset, headerBytes);
    if (header.length < headerBytes) break;
    const name = nameAt(header, 0, behindOthers);
    const size = Number(new DataView(header.buffer, header.byteOffset).getBigUint64(16, true));
    const body = offset + headerBytes;
    if (name === 'fmt ') {
      const bytes = await file.read(body, Math.min(Math.max(0, size - headerBytes), formatBytes));
      if (bytes.length < 16) throw damagedAt(body, 'the format chunk is cut short');
      format = wavFormat(file.path, bytes, (what) => damagedAt(body, what));
    } else if (name === 'data') {
      if (format === null) throw damagedAt(offset, 'the samples come before the format chunk');
      // A recorder that lost power left the size as it was at the start.
      const claimed = size <= headerBytes ? 0 : size - headerBytes;
      return sampleSource(file, 'Wave64', {
        ...{ format, offset: body, notes: [] },
        ...measure(file, format, claimed, body),
      });
    }
    if (size < headerBytes) throw damagedAt(offset, `a chunk says that it has ${size} bytes with its header`);
    offset += Math.ceil(size / 8) * 8;
  }
  throw damagedAt(
    Math.min(offset, file.bytes),
    `the file ends before ${format === null ? 'its format chunk' : 'any samples'}`,
  );
}
