/**
 * Bytes that keep numbers and what belongs to them, for checkpoints and training data: `CURLEWTC`, u32 version, u32
 * length of a JSON header, the header padded with spaces to a multiple of 4, arrays as binary32, and the SHA-256 of
 * all that; little-endian.
 */
import { CurlewError } from '../../main/contract/error.ts';
import { sha256 } from '../packing/sha256.ts';

const magic = 'CURLEWTC';
const version = 1;
const hashBytes = 32;

export function packArrays(header: object, arrays: readonly Float32Array[]): Uint8Array<ArrayBuffer> {
  const text = JSON.stringify({ header, lengths: arrays.map((array) => array.length) });
  const unpadded = new TextEncoder().encode(text).length;
  const json = new TextEncoder().encode(text + ' '.repeat(-unpadded & 3));
  const floats = arrays.reduce((sum, array) => sum + array.length, 0);
  const bytes = new Uint8Array(16 + json.length + 4 * floats + hashBytes);
  bytes.set(new TextEncoder().encode(magic));
  const view = new DataView(bytes.buffer);
  view.setUint32(8, version, true);
  view.setUint32(12, json.length, true);
  bytes.set(json, 16);
  let position = 16 + json.length;
  for (const array of arrays) {
    new Float32Array(bytes.buffer, position, array.length).set(array);
    position += 4 * array.length;
  }
  bytes.set(sha256(bytes.subarray(0, position)), position);
  return bytes;
}

/** @throws CurlewError TRAINING_FAILED if the bytes are damaged, or of another version */
export function unpackArrays(bytes: Uint8Array): { header: unknown; arrays: Float32Array[] } {
  const end = bytes.length - hashBytes;
  if (end < 16 || new TextDecoder().decode(bytes.subarray(0, 8)) !== magic)
    throw bad('is not what it should be');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(8, true) !== version) throw bad(`is of version ${view.getUint32(8, true)}`);
  const hash = sha256(bytes.subarray(0, end));
  if (hash.some((byte, i) => byte !== bytes[end + i])) throw bad('is damaged');
  const jsonEnd = 16 + view.getUint32(12, true);
  const { header, lengths } = JSON.parse(new TextDecoder().decode(bytes.subarray(16, jsonEnd))) as {
    header: unknown;
    lengths: number[];
  };
  let position = jsonEnd;
  const arrays = lengths.map((length) => {
    position += 4 * length;
    // A copy of its own: aligned, and of its part alone where the bytes are a Node Buffer.
    return new Float32Array(new Uint8Array(bytes.subarray(position - 4 * length, position)).buffer);
  });
  return { header, arrays };
}

export function bad(what: string): CurlewError {
  return new CurlewError('TRAINING_FAILED', `What was kept of a training ${what}; start the training anew.`);
}
