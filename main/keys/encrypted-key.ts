/**
 * A private key under a passphrase as other programs read it: EncryptedPrivateKeyInfo (RFC 5958) in PEM, with PBES2
 * (RFC 8018): PBKDF2 with HMAC-SHA-256, AES-256-CBC. Node writes this too, but with 2,048 iterations, and reads it
 * only while everything else waits.
 */
import { createCipheriv, createDecipheriv, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { der, readDer, type Der } from './der.ts';

/** As OWASP advises for PBKDF2 with HMAC-SHA-256. */
const iterations = 600_000;
/** A file that asks for more is no backup of a key: it would keep a processor busy for long. */
const mostIterations = 5_000_000;

const oid = {
  pbes2: '2a864886f70d01050d',
  pbkdf2: '2a864886f70d01050c',
  hmacSha256: '2a864886f70d0209',
  aes256Cbc: '60864801650304012a',
};
const derive = promisify(pbkdf2);
const keyBytes = 32;

/** @param info PrivateKeyInfo, DER @returns EncryptedPrivateKeyInfo, DER */
export async function encryptKey(info: Uint8Array, passphrase: string): Promise<Uint8Array> {
  const [salt, iv] = [randomBytes(16), randomBytes(16)];
  const key = await derive(bytesOf(passphrase), salt, iterations, keyBytes, 'sha256');
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  const data = Buffer.concat([cipher.update(info), cipher.final()]);
  key.fill(0);
  const prf = der.sequence(der.oid(oid.hmacSha256), der.null());
  const kdf = der.sequence(der.oid(oid.pbkdf2), der.sequence(der.octets(salt), der.integer(iterations), prf));
  const scheme = der.sequence(der.oid(oid.aes256Cbc), der.octets(iv));
  return der.sequence(der.sequence(der.oid(oid.pbes2), der.sequence(kdf, scheme)), der.octets(data));
}

/**
 * @returns PrivateKeyInfo, DER; null where the passphrase is wrong, as far as padding tells
 * @throws Error saying what it is not, for what this program cannot read
 */
export async function decryptKey(encrypted: Uint8Array, passphrase: string): Promise<Uint8Array | null> {
  const [algorithm, data] = readDer(encrypted).items(2);
  const encryptedInfo = data.octets();
  const [name, parameters] = algorithm.items(2);
  expectOid(name, oid.pbes2, 'PBES2');
  const [kdf, scheme] = parameters.items(2);
  const [kdfName, kdfParameters] = kdf.items(2);
  expectOid(kdfName, oid.pbkdf2, 'PBKDF2');
  // The length of the key may stand before the function.
  const [salt, count, ...rest] = kdfParameters.items();
  const prf = rest.at(-1);
  if (!salt || !count || !prf) throw new Error('its PBKDF2 names no function');
  const [prfName, nothing] = prf.items(2);
  expectOid(prfName, oid.hmacSha256, 'HMAC-SHA-256');
  nothing.null();
  if (rest.length > 1) rest[0]?.number();
  const times = count.number();
  if (times < 1 || times > mostIterations) throw new Error(`it asks for ${times} iterations`);
  const [schemeName, iv] = scheme.items(2);
  expectOid(schemeName, oid.aes256Cbc, 'AES-256-CBC');
  if (iv.octets().length !== 16) throw new Error('its initial vector is not one of AES');

  const key = await derive(bytesOf(passphrase), salt.octets(), times, keyBytes, 'sha256');
  const decipher = createDecipheriv('aes-256-cbc', key, iv.octets());
  key.fill(0);
  try {
    return Buffer.concat([decipher.update(encryptedInfo), decipher.final()]);
  } catch {
    // Bad padding: what came out is not what went in.
    return null;
  }
}

function expectOid(found: Der, wanted: string, name: string): void {
  if (found.oid() !== wanted) throw new Error(`it is not of ${name}`);
}

/** The same letters give the same bytes, however a keyboard composes them. */
const bytesOf = (passphrase: string): Buffer => Buffer.from(passphrase.normalize('NFC'), 'utf8');
