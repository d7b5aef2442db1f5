/** Keys that images are signed with: their part of the contract. */
import * as v from 'valibot';
import type { ExportFile } from '../contract/lab.ts';
import { forOperators, forViewers } from '../contract/roles.ts';
import { id, keyId, none, text } from '../contract/schemas.ts';

/** A key that images are signed with. The private half never leaves the lab's main process. */
export interface SigningKey {
  /** 16 hex digits: the first bytes of the SHA-256 of the public key, as boards name it. */
  id: string;
  name: string;
  /** Ed25519, 64 hex digits. */
  publicKey: string;
  createdMs: number;
  /** The operating system's keychain, or, where there is none, a file that its owner alone can read. */
  keptIn: 'keychain' | 'file';
}

/** Whoever finds the file may guess at it for as long as they like. */
const passphrase = v.pipe(v.string(), v.minLength(12, 'use 12 characters at least'), v.maxLength(1024));

export const keyRequests = {
  'keys.list': forViewers(none),
  'keys.create': forOperators(v.strictObject({ name: text(63) })),
  /**
   * For good. Refused while a board that the lab has met, attached or not, asks for signatures of this key; `gone` names
   * those that will never be met again.
   */
  'keys.delete': forOperators(
    v.strictObject({ keyId, gone: v.optional(v.pipe(v.array(id), v.maxLength(1000))) }),
  ),
  /** All keys with their private halves, as a file of PEM under a passphrase. */
  'keys.backup': forOperators(v.strictObject({ passphrase })),
  /** Takes up the keys of such a file. */
  'keys.restore': forOperators(v.strictObject({ text: text(1_000_000), passphrase: text(1024) })),
  /** The public half, as PEM. */
  'keys.export': forViewers(v.strictObject({ keyId })),
} as const;

export interface KeyEvents {
  /** The list of keys has changed: whoever shows it asks for it again. */
  keys: null;
}

export interface KeyResults {
  'keys.list': SigningKey[];
  'keys.create': SigningKey;
  'keys.delete': SigningKey[];
  'keys.export': ExportFile;
  'keys.backup': ExportFile;
  'keys.restore': { restored: SigningKey[]; present: SigningKey[] };
}
