/** Ed25519 (RFC 8032) by the platform's own implementation; keys as their raw 32 bytes. */
import { createPrivateKey, createPublicKey, randomBytes, sign, verify, type KeyObject } from 'node:crypto';

/** What goes in front of the 32 bytes in the standard containers (RFC 8410, sections 4 and 7). */
const privateHeader = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicHeader = Buffer.from('302a300506032b6570032100', 'hex');

export const secretBytes = 32;

/** A new private key: 32 random bytes. */
export const drawSecret = (): Uint8Array => new Uint8Array(randomBytes(secretBytes));

/** PrivateKeyInfo of PKCS#8, DER. */
export const privateKeyInfo = (secret: Uint8Array): Buffer => Buffer.concat([privateHeader, secret]);

/** @returns null where it is not that of an Ed25519 key */
export const secretOfInfo = (info: Uint8Array): Uint8Array | null =>
  info.length === privateHeader.length + secretBytes &&
  privateHeader.equals(info.subarray(0, privateHeader.length))
    ? Uint8Array.from(info.subarray(privateHeader.length))
    : null;

const privateKey = (secret: Uint8Array): KeyObject =>
  createPrivateKey({ key: privateKeyInfo(secret), format: 'der', type: 'pkcs8' });

const publicKey = (raw: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([publicHeader, raw]), format: 'der', type: 'spki' });

export const publicKeyOf = (secret: Uint8Array): Uint8Array =>
  new Uint8Array(
    createPublicKey(privateKey(secret)).export({ format: 'der', type: 'spki' }).subarray(publicHeader.length),
  );

export const signText = (secret: Uint8Array, text: Uint8Array): Uint8Array =>
  new Uint8Array(sign(null, text, privateKey(secret)));

export const isSigned = (raw: Uint8Array, text: Uint8Array, signature: Uint8Array): boolean =>
  verify(null, text, publicKey(raw), signature);

/** The public key as other programs read it. */
export const publicPem = (raw: Uint8Array): string =>
  publicKey(raw).export({ format: 'pem', type: 'spki' }).toString();
