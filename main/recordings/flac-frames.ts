/** FLAC stream info and frame boundaries (RFC 9639), with both checksums of a frame verified. */
export interface FlacStreamInfo {
  sampleRate: number;
  channels: number;
  /** Bits of a sample, where a frame does not tell its own. */
  depth: number;
  /** Null when the encoder did not know. */
  samples: number | null;
  minBlock: number;
  maxBlock: number;
}

/** @param body the 34 bytes of a STREAMINFO block */
export function parseStreamInfo(body: Uint8Array): FlacStreamInfo {
  const data = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const packed = data.getUint32(10);
  const samples = (data.getUint8(13) & 0x0f) * 2 ** 32 + data.getUint32(14);
  return {
    minBlock: data.getUint16(0),
    maxBlock: data.getUint16(2),
    sampleRate: packed >>> 12,
    channels: ((packed >>> 9) & 7) + 1,
    depth: ((packed >>> 4) & 31) + 1,
    samples: samples === 0 ? null : samples,
  };
}

export interface FlacFrameHeader {
  headerBytes: number;
  blockSize: number;
  channels: number;
  /** Index of the first sample. */
  startSample: number;
}

const crc8Table = Uint8Array.from({ length: 256 }, (_, index) => {
  let crc = index;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? ((crc << 1) ^ 0x07) & 0xff : (crc << 1) & 0xff;
  return crc;
});
/** [8][256]: the checksum of a byte that so many zero bytes follow, so that eight bytes are taken at a time. */
const crc16Table = new Uint16Array(8 * 256);
for (let index = 0; index < 256; index++) {
  let crc = index << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x8005) & 0xffff : (crc << 1) & 0xffff;
  crc16Table[index] = crc;
}
for (let at = 256; at < crc16Table.length; at++) {
  const before = crc16Table[at - 256]!;
  crc16Table[at] = ((before << 8) & 0xffff) ^ crc16Table[before >> 8]!;
}

/** The longest header: 4 bytes, a 7-byte number, 2 bytes block size, 2 bytes rate, 1 byte checksum. */
export const longestFlacHeader = 16;

/** @returns the frame header at `offset` when its checksum holds and it fits the stream, else null */
export function parseFlacHeader(
  bytes: Uint8Array,
  offset: number,
  info: FlacStreamInfo,
): FlacFrameHeader | null {
  if (bytes[offset] !== 0xff || (bytes[offset + 1]! & 0xfe) !== 0xf8) return null;
  const variable = (bytes[offset + 1]! & 1) === 1;
  const blockCode = bytes[offset + 2]! >> 4;
  const rateCode = bytes[offset + 2]! & 15;
  const channelCode = bytes[offset + 3]! >> 4;
  if (blockCode === 0 || rateCode === 15 || channelCode > 10) return null;
  let at = offset + 4;
  const lead = bytes[at++];
  if (lead === undefined || lead === 0xff || (lead & 0xc0) === 0x80) return null;
  // The number is coded as UTF-8 codes a character, up to 7 bytes: 36 bits.
  let extra = 0;
  while (extra < 7 && lead & (0x80 >> extra)) extra++;
  let number = extra === 0 ? lead : lead & (0x7f >> extra);
  for (let i = 1; i < extra; i++) {
    const next = bytes[at++];
    if (next === undefined || (next & 0xc0) !== 0x80) return null;
    number = number * 64 + (next & 0x3f);
  }
  let blockSize: number;
  if (blockCode === 6) blockSize = (bytes[at++] ?? 0) + 1;
  else if (blockCode === 7) blockSize = ((bytes[at++] ?? 0) << 8) + (bytes[at++] ?? 0) + 1;
  else if (blockCode === 1) blockSize = 192;
  else blockSize = blockCode < 6 ? 576 << (blockCode - 2) : 256 << (blockCode - 8);
  if (rateCode === 12) at += 1;
  else if (rateCode === 13 || rateCode === 14) at += 2;
  if (at >= bytes.length) return null;
  let crc = 0;
  for (let i = offset; i < at; i++) crc = crc8Table[crc ^ bytes[i]!]!;
  if (crc !== bytes[at]) return null;
  const channels = channelCode < 8 ? channelCode + 1 : 2;
  if (channels !== info.channels || blockSize > info.maxBlock) return null;
  // With fixed blocks the number counts frames of the stream's block size; the last block may be shorter.
  const startSample = variable ? number : number * info.maxBlock;
  return { headerBytes: at + 1 - offset, blockSize, channels, startSample };
}

/** Follows a frame byte by byte: 0 after its last two bytes, which are its checksum. */
export function flacCrc16(bytes: Uint8Array, from: number, to: number, crc: number): number {
  let value = crc;
  let i = from;
  for (; i + 8 <= to; i += 8) {
    value =
      crc16Table[1792 + ((value >> 8) ^ bytes[i]!)]! ^
      crc16Table[1536 + ((value & 0xff) ^ bytes[i + 1]!)]! ^
      crc16Table[1280 + bytes[i + 2]!]! ^
      crc16Table[1024 + bytes[i + 3]!]! ^
      crc16Table[768 + bytes[i + 4]!]! ^
      crc16Table[512 + bytes[i + 5]!]! ^
      crc16Table[256 + bytes[i + 6]!]! ^
      crc16Table[bytes[i + 7]!]!;
  }
  for (; i < to; i++) value = ((value << 8) & 0xffff) ^ crc16Table[(value >> 8) ^ bytes[i]!]!;
  return value;
}
