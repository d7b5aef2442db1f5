import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { appendSignature, keyIdOf, signedText, splitSignature } from './sign.ts';

/** As far as signatures go an image is its length and its seal. */
const image = new Uint8Array(1600).map((_, i) => (i * 37) % 251);
new DataView(image.buffer).setUint32(8, image.length, true);
const seal = image.subarray(96, 128);

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const rawPublicKey = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
const signature = new Uint8Array(sign(null, signedText(image), privateKey));
const keyId = keyIdOf(rawPublicKey);
const signed = appendSignature(image, { keyId, signature });

describe('the signature behind an image', () => {
  test('has the layout of IMAGE.md', () => {
    expect(signed.length).toBe(image.length + 96);
    const block = Buffer.from(signed.subarray(image.length));
    expect(block.toString('latin1', 0, 4)).toBe('SIGN');
    expect(block.readUInt32LE(4)).toBe(1);
    expect(block.subarray(8, 16)).toEqual(createHash('sha256').update(rawPublicKey).digest().subarray(0, 8));
    expect(block.subarray(16, 80)).toEqual(Buffer.from(signature));
    expect(block.subarray(80).every((byte) => byte === 0)).toBe(true);
  });

  test('is over the text “curlew image 1”, a zero byte and the seal', () => {
    const text = Buffer.concat([Buffer.from('curlew image 1\0', 'latin1'), seal]);
    expect(verify(null, text, publicKey, signature)).toBe(true);
  });

  test('comes off again as it was put on', () => {
    const split = splitSignature(signed);
    expect(split.image).toEqual(image);
    expect(split.signature).toEqual({ keyId, signature });
  });

  test('is not found where there is none, however short or long the bytes are', () => {
    for (const bytes of [image, image.subarray(0, 50), image.subarray(0, 1599), new Uint8Array(0)]) {
      expect(splitSignature(bytes)).toEqual({ image: bytes, signature: null });
    }
    const longer = new Uint8Array(image.length + 97);
    longer.set(signed);
    expect(splitSignature(longer).signature).toBeNull();
  });

  test.each([
    ['does not begin with SIGN', 0],
    ['is of another version', 4],
    ['does not end in zeros', 80],
    ['does not end in zeros', 95],
  ])('is refused when it %s (byte %i)', (_, at) => {
    const broken = signed.slice();
    broken[image.length + at]! ^= 1;
    expect(() => splitSignature(broken)).toThrow(expect.objectContaining({ code: 'IMAGE_BAD' }));
  });
});
