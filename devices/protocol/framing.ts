/**
 * Two framings for SMP messages on a byte line (PROTOCOL.md, Framing). A decoder takes bytes in pieces of any
 * size and gives typed results; bytes that fit no frame come out as `discarded`, so that noise is seen.
 */
import { base64Decode, base64Encode } from './base64.ts';
import { cobsDecode, cobsEncode } from './cobs.ts';
import { crc16, crc32 } from './crc.ts';

export type FramingName = 'console' | 'binary';

export type Decoded =
  { type: 'message'; body: Uint8Array; framing: FramingName } | { type: 'discarded'; bytes: Uint8Array };

export interface FrameDecoder {
  push(bytes: Uint8Array): Decoded[];
}

/** Longest message a decoder collects before it gives the bytes up as noise. */
export const longestMessage = 8192;

const lineFeed = 0x0a;
/** 127 bytes a line, less the two marks and the line feed: 124 characters of base64, which carry 93 bytes. */
const bytesPerLine = 93;

/** Console framing: base64 lines with length and CRC-16. */
export function encodeConsole(body: Uint8Array): Uint8Array {
  const packet = new Uint8Array(body.length + 4);
  const view = new DataView(packet.buffer);
  view.setUint16(0, body.length + 2);
  packet.set(body, 2);
  view.setUint16(body.length + 2, crc16(body));
  const lines: number[] = [];
  for (let at = 0; at < packet.length; at += bytesPerLine) {
    lines.push(...(at === 0 ? [0x06, 0x09] : [0x04, 0x14]));
    lines.push(...base64Encode(packet.subarray(at, at + bytesPerLine)), lineFeed);
  }
  return Uint8Array.from(lines);
}

/** Binary framing: COBS over the body and its CRC-32, between zero bytes; the one in front flushes noise. */
export function encodeBinary(body: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(body.length + 4);
  sealed.set(body);
  new DataView(sealed.buffer).setUint32(body.length, crc32(body), true);
  const stuffed = cobsEncode(sealed);
  const frame = new Uint8Array(stuffed.length + 2);
  frame.set(stuffed, 1);
  return frame;
}

export const encodeFrame = (framing: FramingName, body: Uint8Array): Uint8Array =>
  framing === 'binary' ? encodeBinary(body) : encodeConsole(body);

/** Bytes on the line for a message of that many bytes; in the binary framing at most. */
export function frameLength(framing: FramingName, bodyBytes: number): number {
  if (framing === 'binary') return bodyBytes + 4 + Math.ceil((bodyBytes + 4) / 254) + 2;
  const packet = bodyBytes + 4;
  return 4 * Math.ceil(packet / 3) + 3 * Math.ceil(packet / bytesPerLine);
}

/** Decodes console frames; text lines between them are discarded whole, so that a log on the line stays readable. */
export function consoleDecoder(): FrameDecoder {
  let line: number[] = [];
  let packet: number[] = [];
  return {
    push(bytes) {
      const out: Decoded[] = [];
      for (const byte of bytes) {
        line.push(byte);
        if (byte !== lineFeed && line.length < longestMessage) continue;
        out.push(...takeLine(Uint8Array.from(line)));
        line = [];
      }
      return out;
    },
  };

  function takeLine(raw: Uint8Array): Decoded[] {
    // No mark is base64, so what looks like one before the last is noise.
    const start = raw.findLastIndex(
      (byte, i) => (byte === 0x06 && raw[i + 1] === 0x09) || (byte === 0x04 && raw[i + 1] === 0x14),
    );
    if (start < 0) return [{ type: 'discarded', bytes: raw }];
    const out: Decoded[] = start > 0 ? [{ type: 'discarded', bytes: raw.subarray(0, start) }] : [];
    const content = base64Decode(raw.subarray(start + 2, raw.length - 1));
    const first = raw[start] === 0x06;
    if (content === null || (!first && packet.length === 0)) {
      packet = [];
      return [...out, { type: 'discarded', bytes: raw.subarray(start) }];
    }
    if (first && packet.length > 0) out.push({ type: 'discarded', bytes: Uint8Array.from(packet) });
    packet = first ? [...content] : [...packet, ...content];
    const announced = packet.length >= 2 ? ((packet[0] as number) << 8) | (packet[1] as number) : Infinity;
    if (packet.length < announced + 2) return out;
    const whole = Uint8Array.from(packet);
    packet = [];
    const body = whole.subarray(2, announced);
    const sealed = announced >= 2 && whole.length === announced + 2;
    if (!sealed || crc16(body) !== (((whole[announced] as number) << 8) | (whole[announced + 1] as number))) {
      return [...out, { type: 'discarded', bytes: whole }];
    }
    return [...out, { type: 'message', body, framing: 'console' }];
  }
}

/** Decodes binary frames. */
export function binaryDecoder(): FrameDecoder {
  let frame: number[] = [];
  return {
    push(bytes) {
      const out: Decoded[] = [];
      for (const byte of bytes) {
        if (byte !== 0 && frame.length < longestMessage) {
          frame.push(byte);
          continue;
        }
        if (frame.length === 0) continue;
        const raw = Uint8Array.from(frame);
        frame = byte === 0 ? [] : [byte];
        out.push(open(raw));
      }
      return out;
    },
  };

  function open(raw: Uint8Array): Decoded {
    const sealed = cobsDecode(raw);
    if (sealed === null || sealed.length < 4) return { type: 'discarded', bytes: raw };
    const body = sealed.subarray(0, sealed.length - 4);
    const announced = new DataView(sealed.buffer, sealed.byteOffset).getUint32(body.length, true);
    if (crc32(body) !== announced) return { type: 'discarded', bytes: raw };
    return { type: 'message', body, framing: 'binary' };
  }
}
