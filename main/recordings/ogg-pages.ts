/** Ogg pages (RFC 3533): where they start and end, and whether their checksum holds. */
export interface OggPage {
  offset: number;
  length: number;
  serial: number;
  sequence: number;
  /** Position after the page in samples for audio; −1 when no packet ends on the page. */
  granule: bigint;
  first: boolean;
  last: boolean;
  /** Where the page's packets start, from the start of the page. */
  bodyOffset: number;
}

export const oggHeaderBytes = 27;
/** 255 segments of 255 bytes and the header. */
export const longestOggPage = oggHeaderBytes + 255 + 255 * 255;

const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc >>> 0;
});

/** CRC-32 with polynomial 0x04c11db7, not reflected, start 0; the checksum field counts as zero. */
function pageCrc(page: Uint8Array): number {
  let crc = 0;
  for (let i = 0; i < page.length; i++) {
    const byte = i >= 22 && i < 26 ? 0 : page[i]!;
    crc = (crc << 8) ^ crcTable[((crc >>> 24) ^ byte) & 0xff]!;
  }
  return crc >>> 0;
}

/** @returns the page at `offset`; 'short' when more bytes are needed; null when there is no intact page */
export function parseOggPage(bytes: Uint8Array, offset: number): OggPage | 'short' | null {
  const available = bytes.length - offset;
  if (available < oggHeaderBytes) return 'short';
  const data = new DataView(bytes.buffer, bytes.byteOffset + offset, available);
  if (data.getUint32(0) !== 0x4f676753 || data.getUint8(4) !== 0) return null;
  const segments = data.getUint8(26);
  const bodyOffset = oggHeaderBytes + segments;
  if (available < bodyOffset) return 'short';
  let length = bodyOffset;
  for (let i = 0; i < segments; i++) length += data.getUint8(oggHeaderBytes + i);
  if (available < length) return 'short';
  if (pageCrc(bytes.subarray(offset, offset + length)) !== data.getUint32(22, true)) return null;
  const flags = data.getUint8(5);
  return {
    offset,
    length,
    granule: data.getBigInt64(6, true),
    serial: data.getUint32(14, true),
    sequence: data.getUint32(18, true),
    first: (flags & 2) !== 0,
    last: (flags & 4) !== 0,
    bodyOffset,
  };
}
