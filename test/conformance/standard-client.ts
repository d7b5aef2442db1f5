/**
 * A plain SMP client, for tests: only what the standard says. Console framing, one request at a time, messages no
 * larger than the board's parameters allow, errors of both versions. Shares nothing with the lab's own client but
 * the port: it holds the board to the standard, not to us.
 */
import { decode, encode } from 'cborg';
import type { ByteStream } from '../../devices/drivers/port.ts';

export type Map = Record<string, unknown>;
export const read = 0;
export const write = 2;

export interface StandardClient {
  /** The payload of the response to one request. */
  request(operation: number, group: number, command: number, payload?: Map): Promise<Map>;
}

export function standardClient(line: ByteStream, version: 0 | 1): StandardClient {
  let text = '';
  let packet = Buffer.alloc(0);
  let sequence = 0;
  let answered: (message: Buffer) => void = () => undefined;

  line.onData((bytes) => {
    text += Buffer.from(bytes).toString('latin1');
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      takeLine(text.slice(0, end));
      text = text.slice(end + 1);
    }
  });

  function takeLine(lineText: string): void {
    const first = lineText.startsWith('\x06\x09');
    if (!first && !lineText.startsWith('\x04\x14')) return;
    const content = Buffer.from(lineText.slice(2), 'base64');
    packet = first ? content : Buffer.concat([packet, content]);
    if (packet.length < 2 || packet.length < 2 + packet.readUInt16BE(0)) return;
    const body = packet.subarray(2, packet.length - 2);
    if (checksum(body) === packet.readUInt16BE(packet.length - 2)) answered(Buffer.from(body));
  }

  return {
    async request(operation, group, command, payload = {}) {
      const map = encode(payload);
      sequence = (sequence + 1) & 0xff;
      const header = Buffer.from([(version << 3) | operation, 0, 0, 0, 0, 0, sequence, command]);
      header.writeUInt16BE(map.length, 2);
      header.writeUInt16BE(group, 4);
      const response = new Promise<Buffer>((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`no answer to group ${group} command ${command}`)),
          20_000,
        );
        answered = (message) => {
          clearTimeout(timer);
          resolve(message);
        };
      });
      await line.write(framed(Buffer.concat([header, map])));
      const message = await response;
      const expected = [(version << 3) | (operation + 1), group, sequence, command];
      const got = [message[0], message.readUInt16BE(4), message[6], message[7]];
      if (got.join() !== expected.join()) throw new Error(`answered ${got.join()} to ${expected.join()}`);
      if (message.readUInt16BE(2) !== message.length - 8) throw new Error('the announced length is wrong');
      return decode(message.subarray(8), { allowIndefinite: true }) as Map;
    },
  };
}

/** Lines of at most 127 bytes: 06 09 or 04 14, base64, line feed. */
function framed(body: Buffer): Buffer {
  const sealed = Buffer.alloc(body.length + 4);
  sealed.writeUInt16BE(body.length + 2, 0);
  body.copy(sealed, 2);
  sealed.writeUInt16BE(checksum(body), body.length + 2);
  const lines: string[] = [];
  for (let at = 0; at < sealed.length; at += 93) {
    lines.push((at === 0 ? '\x06\x09' : '\x04\x14') + sealed.subarray(at, at + 93).toString('base64') + '\n');
  }
  return Buffer.from(lines.join(''), 'latin1');
}

/** CRC-16, polynomial 0x1021, initial value 0, bit by bit. */
function checksum(bytes: Buffer): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc;
}
