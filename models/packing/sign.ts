/**
 * The signature block behind an image (IMAGE.md, Signature). Who holds the key signs: this file only knows what is
 * signed and where it is written, so that it also runs where no key may be.
 */
import { bad } from './header.ts';
import { format } from './format.ts';
import { sha256 } from './sha256.ts';

export const signatureBlockBytes = 96;

const magic = 0x4e474953; // 'SIGN' read as a little-endian u32
const version = 1;
const keyIdOffset = 8;
const signatureOffset = 16;
const paddingOffset = 80;

export interface ImageSignature {
  /** First 8 bytes of the SHA-256 of the public key. */
  readonly keyId: Uint8Array;
  /** Ed25519, 64 bytes. */
  readonly signature: Uint8Array;
}

/** @param publicKey Ed25519, 32 bytes @returns 8 bytes */
export const keyIdOf = (publicKey: Uint8Array): Uint8Array => sha256(publicKey).subarray(0, 8);

/** What the owner of a key signs for an image: a text of its own, so that no other signature can stand for it. */
export function signedText(image: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode('curlew image 1\0');
  return concat(text, image.subarray(format.sealOffset, format.headerBytes));
}

/** @param image without a signature @returns both, as they are sent to a board */
export function appendSignature(
  image: Uint8Array,
  { keyId, signature }: ImageSignature,
): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(signatureBlockBytes);
  const view = new DataView(block.buffer);
  view.setUint32(0, magic, true);
  view.setUint32(4, version, true);
  block.set(keyId, keyIdOffset);
  block.set(signature, signatureOffset);
  return concat(image, block);
}

/**
 * Takes an image apart from the signature behind it, if it has one. Whether the image is sound, and the signature
 * right, is for others to check.
 * @throws CurlewError IMAGE_BAD when there is a block that IMAGE.md does not allow
 */
export function splitSignature(bytes: Uint8Array): { image: Uint8Array; signature: ImageSignature | null } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length < format.headerBytes ? bytes.length : view.getUint32(8, true);
  if (bytes.length !== length + signatureBlockBytes) return { image: bytes, signature: null };
  const block = bytes.subarray(length);
  if (view.getUint32(length, true) !== magic) throw bad('96 bytes follow it that are no signature');
  const found = view.getUint32(length + 4, true);
  if (found !== version) throw bad(`its signature is of version ${found}, known is ${version}`);
  if (block.subarray(paddingOffset).some((byte) => byte !== 0))
    throw bad('its signature does not end in zeros');
  return {
    image: bytes.subarray(0, length),
    signature: {
      keyId: block.slice(keyIdOffset, signatureOffset),
      signature: block.slice(signatureOffset, paddingOffset),
    },
  };
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
