/** The chunks of RIFF/WAVE, RF64 and BW64 files, one after another, wherever recorders put them. */
import type { OpenFile } from './file.ts';

export interface RiffChunk {
  id: string;
  /** Where its header stands, and what follows it. */
  offset: number;
  body: number;
  /** As its header says, or as that of RF64 does in its place. */
  size: number;
  /** The id of the chunk before, where that is of odd length and the byte is missing that fills it up. */
  unpadded: string | null;
}

/** Chunks of recorders. */
export const knownChunks = new Set(['LIST', 'guan', 'bext', 'iXML', 'cue ', 'id3 ', 'fact', 'JUNK', 'wamd']);
/** A chunk walk longer than this is a damaged file, not a recording. */
export const chunkLimit = 10_000;

const text = (bytes: Uint8Array) => String.fromCharCode(...bytes);
const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Ends where no whole header is left, or after so many chunks that it is no recording. */
export async function* riffChunks(file: OpenFile): AsyncGenerator<RiffChunk, { offset: number }, undefined> {
  let largeDataBytes: number | null = null;
  let unpadded: string | null = null;
  let offset = 12;
  for (let count = 0; count < chunkLimit; count++) {
    const header = await file.read(offset, 8);
    if (header.length < 8) break;
    const id = text(header.subarray(0, 4));
    const body = offset + 8;
    let size = view(header).getUint32(4, true);
    if (id === 'ds64') {
      const sizes = await file.read(body, 16);
      if (sizes.length === 16) largeDataBytes = Number(view(sizes).getBigUint64(8, true));
    } else if (id === 'data') {
      const present = file.bytes - body;
      if (size === 0xffffffff && largeDataBytes !== null) size = largeDataBytes;
      // A recorder that wrote past 4 GB into a plain RIFF file left the size modulo 2³².
      else if (present >= 2 ** 32) size += Math.floor((present - size) / 2 ** 32) * 2 ** 32;
    }
    yield { id, offset, body, size, unpadded };
    // Chunks are padded to even lengths; the padding byte is not counted in the size.
    const end = body + size;
    unpadded = size % 2 === 1 && (await lacksPadding(file, end)) ? id : null;
    offset = unpadded === null ? end + (size % 2) : end;
  }
  return { offset };
}

const isReadChunk = (id: string) => id === 'fmt ' || id === 'data' || knownChunks.has(id);

/** Whether the next chunk stands at the end of an odd one, where its padding should be. */
async function lacksPadding(file: OpenFile, end: number): Promise<boolean> {
  const bytes = await file.read(end, 5);
  return (
    bytes.length === 5 && isReadChunk(text(bytes.subarray(0, 4))) && !isReadChunk(text(bytes.subarray(1)))
  );
}
