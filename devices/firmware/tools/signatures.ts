/**
 * Writes tests/signatures.txt: Ed25519 signatures made by Node's crypto (OpenSSL), which the firmware must accept.
 * One a line, hexadecimal: public key, signature, message. Message n is n bytes long; the keys come from
 * hashes, so every run writes the same file.
 */
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';

/** PKCS #8 around a 32-byte seed (RFC 8410, section 7). */
const privateKeyHeader = Buffer.from('302e020100300506032b657004220420', 'hex');
const count = 192;

const noise = (text: string): Buffer => createHash('sha512').update(text).digest();

const lines = Array.from({ length: count }, (_, n) => {
  const seed = noise(`key ${n}`).subarray(0, 32);
  const key = createPrivateKey({
    key: Buffer.concat([privateKeyHeader, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  const message = Buffer.concat([noise(`message ${n}`), noise(`more ${n}`), noise(`rest ${n}`)]).subarray(
    0,
    n,
  );
  return [publicKey, sign(null, message, key), message].map((bytes) => bytes.toString('hex')).join(' ');
});
writeFileSync(new URL('../tests/signatures.txt', import.meta.url), `${lines.join('\n')}\n`);
