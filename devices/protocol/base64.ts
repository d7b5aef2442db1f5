/** Base64 (RFC 4648, with padding) on bytes, for environments without Buffer. */

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const codes = Uint8Array.from(alphabet, (c) => c.charCodeAt(0));
const values = new Int16Array(256).fill(-1);
codes.forEach((code, value) => (values[code] = value));
const pad = 0x3d;

/** @returns ASCII codes, four for every three bytes begun */
export function base64Encode(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  for (let i = 0, o = 0; i < bytes.length; i += 3, o += 4) {
    const word = ((bytes[i] as number) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    out[o] = codes[word >> 18] as number;
    out[o + 1] = codes[(word >> 12) & 63] as number;
    out[o + 2] = i + 1 < bytes.length ? (codes[(word >> 6) & 63] as number) : pad;
    out[o + 3] = i + 2 < bytes.length ? (codes[word & 63] as number) : pad;
  }
  return out;
}

/** @returns null when the characters are no base64 */
export function base64Decode(ascii: Uint8Array): Uint8Array | null {
  if (ascii.length % 4 !== 0) return null;
  let padding = 0;
  if (ascii.at(-1) === pad) padding = ascii.at(-2) === pad ? 2 : 1;
  const out = new Uint8Array((ascii.length / 4) * 3 - padding);
  for (let i = 0, o = 0; i < ascii.length; i += 4) {
    let word = 0;
    for (let j = 0; j < 4; j++) {
      const isPad = i + j >= ascii.length - padding;
      const value = isPad ? 0 : (values[ascii[i + j] as number] as number);
      if (value < 0) return null;
      word = (word << 6) | value;
    }
    for (let shift = 16; shift >= 0 && o < out.length; shift -= 8) out[o++] = (word >> shift) & 255;
  }
  return out;
}
