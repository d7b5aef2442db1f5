/** The two checksums of the framings (PROTOCOL.md, Framing). */

function table(bits: 16 | 32): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = bits === 16 ? byte << 8 : byte;
    for (let i = 0; i < 8; i++) {
      value =
        bits === 16
          ? (value << 1) ^ (value & 0x8000 ? 0x1021 : 0)
          : (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
    }
    return bits === 16 ? value & 0xffff : value >>> 0;
  });
}

const table16 = table(16);
const table32 = table(32);

/** CRC-16 with polynomial 0x1021 and initial value 0 (XMODEM). */
export function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) & 0xffff) ^ (table16[(crc >> 8) ^ byte] as number);
  return crc;
}

/** CRC-32 of IEEE 802.3: reflected, initial and final XOR 0xFFFFFFFF. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (table32[(crc ^ byte) & 0xff] as number);
  return (crc ^ 0xffffffff) >>> 0;
}
