/** Consistent Overhead Byte Stuffing (Cheshire and Baker, 1999): removes every zero byte from a body. */

/** @returns the stuffed bytes, without a delimiter; at most one byte longer per 254 bytes, plus one */
export function cobsEncode(body: Uint8Array): Uint8Array {
  const out = new Uint8Array(body.length + Math.ceil(body.length / 254) + 1);
  let codeAt = 0;
  let at = 1;
  let code = 1;
  for (const byte of body) {
    if (byte !== 0) {
      out[at++] = byte;
      code++;
    }
    if (byte === 0 || code === 0xff) {
      out[codeAt] = code;
      codeAt = at++;
      code = 1;
    }
  }
  out[codeAt] = code;
  return out.subarray(0, at);
}

/** @returns the body, or null when the bytes are no COBS (a zero inside, or a code that points past the end) */
export function cobsDecode(stuffed: Uint8Array): Uint8Array | null {
  const out = new Uint8Array(stuffed.length);
  let length = 0;
  let at = 0;
  while (at < stuffed.length) {
    const code = stuffed[at++] as number;
    const end = at + code - 1;
    if (code === 0 || end > stuffed.length) return null;
    for (; at < end; at++) {
      const byte = stuffed[at] as number;
      if (byte === 0) return null;
      out[length++] = byte;
    }
    if (code !== 0xff && at < stuffed.length) out[length++] = 0;
  }
  return out.subarray(0, length);
}
