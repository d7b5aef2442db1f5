import { describe, expect, it } from 'vitest';
import { flacCrc16 } from './flac-frames.ts';

/** RFC 9639, 9.3: polynomial x^16 + x^15 + x^2 + 1, the highest bit first, from 0. */
function bitByBit(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++)
      crc = crc & 0x8000 ? ((crc << 1) ^ 0x8005) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}

describe('the checksum of a FLAC frame', () => {
  it('is the same in one piece and split anywhere', () => {
    const bytes = Uint8Array.from({ length: 61 }, (_, i) => (i * i * 31 + 7) % 256);
    expect(flacCrc16(new TextEncoder().encode('123456789'), 0, 9, 0)).toBe(0xfee8);
    for (let length = 0; length <= bytes.length; length++) {
      const expected = bitByBit(bytes.subarray(0, length));
      for (let cut = 0; cut <= length; cut++) {
        expect(flacCrc16(bytes, cut, length, flacCrc16(bytes, 0, cut, 0))).toBe(expected);
      }
    }
  });
});
