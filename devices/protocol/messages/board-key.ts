import { groups, slowMs, type Command } from '../command.ts';
import type { Fields } from '../fields.ts';

export interface KeyState {
  /** 16 hex digits of the public key whose signature images need; null where none is set. */
  keyId: string | null;
  /** How often the key was changed: part of what the next change is signed over. */
  keyChanges: number;
  /** The board refuses images older than one that ran. */
  protected: boolean;
}

export interface KeyChange {
  /** Ed25519 public key, 32 bytes; null for none. */
  newKey: Uint8Array | null;
  protect: boolean;
}

export const decodeKeyState = (reply: Fields): KeyState => {
  const id = reply.bytes('key');
  return {
    keyId: id.length === 0 ? null : Array.from(id, (byte) => byte.toString(16).padStart(2, '0')).join(''),
    keyChanges: reply.count('keys'),
    protected: reply.bool('protected'),
  };
};

/**
 * What the owner of a board's present key signs to change it.
 * @param boardId 8 bytes
 */
export function keyChangeText(
  boardId: Uint8Array,
  keyChanges: number,
  { newKey, protect }: KeyChange,
): Uint8Array {
  const purpose = new TextEncoder().encode('curlew key 1\0');
  const key = newKey ?? new Uint8Array(0);
  const text = new Uint8Array(purpose.length + boardId.length + 4 + key.length + 1);
  text.set(purpose);
  text.set(boardId, purpose.length);
  new DataView(text.buffer).setUint32(purpose.length + boardId.length, keyChanges, true);
  text.set(key, purpose.length + boardId.length + 4);
  text[text.length - 1] = protect ? 1 : 0;
  return text;
}

/** Signed anew for every change, so a repeated one is refused: it is never asked twice. */
export const boardKey: Command<KeyChange & { signature: Uint8Array | null }, KeyState> = {
  name: 'board key',
  operation: 'write',
  group: groups.board,
  id: 3,
  repeatable: false,
  timeoutMs: slowMs,
  encode: ({ newKey, protect, signature }) => ({
    new: newKey ?? new Uint8Array(0),
    protect,
    ...(signature ? { sig: signature } : {}),
  }),
  decode: decodeKeyState,
};
