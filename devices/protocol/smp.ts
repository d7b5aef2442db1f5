/** The SMP header and its CBOR payload (PROTOCOL.md, Message). */
import { decode, encode } from 'cborg';
import { CurlewError } from '../../main/contract/error.ts';

export type Operation = 'read' | 'write';
export type Payload = Readonly<Record<string, unknown>>;

export interface SmpMessage {
  operation: Operation;
  /** True for a response from the board, false for a request. */
  response: boolean;
  group: number;
  sequence: number;
  command: number;
  payload: Payload;
}

export const headerLength = 8;

export function encodeSmp(message: SmpMessage): Uint8Array {
  const payload = encode(message.payload);
  const bytes = new Uint8Array(headerLength + payload.length);
  const view = new DataView(bytes.buffer);
  const version = 1;
  bytes[0] = (version << 3) | (message.operation === 'write' ? 2 : 0) | (message.response ? 1 : 0);
  view.setUint16(2, payload.length);
  view.setUint16(4, message.group);
  bytes[6] = message.sequence;
  bytes[7] = message.command;
  bytes.set(payload, headerLength);
  return bytes;
}

/** @throws CurlewError BOARD_BAD_REPLY when the bytes are no SMP message */
export function decodeSmp(bytes: Uint8Array): SmpMessage {
  if (bytes.length < headerLength) throw bad(`it is ${bytes.length} bytes long, an SMP header alone takes 8`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const operation = (bytes[0] as number) & 7;
  const length = view.getUint16(2);
  if (operation > 3) throw bad(`operation ${operation} is unknown`);
  if (length !== bytes.length - headerLength) {
    throw bad(`it announces ${length} bytes of payload and carries ${bytes.length - headerLength}`);
  }
  return {
    operation: operation < 2 ? 'read' : 'write',
    response: (operation & 1) === 1,
    group: view.getUint16(4),
    sequence: bytes[6] as number,
    command: bytes[7] as number,
    payload: decodePayload(bytes.subarray(headerLength)),
  };
}

function decodePayload(bytes: Uint8Array): Payload {
  if (bytes.length === 0) return {};
  let value: unknown;
  try {
    value = decode(bytes, { allowIndefinite: true });
  } catch (thrown) {
    throw bad(`its payload is no CBOR (${(thrown as Error).message})`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) {
    throw bad('its payload is not a CBOR map');
  }
  return value as Payload;
}

const bad = (why: string) =>
  new CurlewError('BOARD_BAD_REPLY', `The board sent a message that cannot be read: ${why}.`);
