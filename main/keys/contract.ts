/** Keys that images are signed with: their part of the contract. */
import * as v from 'valibot';
import type { ExportFile } from '../contract/lab.ts';
import { forOperators, forViewers } from '../contract/roles.ts';
import { keyId, none, text } from '../contract/schemas.ts';

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

export const keyRequests = {
  'keys.list': forViewers(none),
  'keys.create': forOperators(v.strictObject({ name: text(63) })),
  /** For good. Refused while an attached board asks for signatures of this key. */
  'keys.delete': forOperators(v.strictObject({ keyId })),
  /** The public half, as PEM. */
  'keys.export': forViewers(v.strictObject({ keyId })),
} as const;

export interface KeyResults {
  'keys.list': SigningKey[];
  'keys.create': SigningKey;
  'keys.delete': SigningKey[];
  'keys.export': ExportFile;
}
