/** A certificate of one's own (X.509 version 3, RFC 5280), P-256 and signed with its own key. */
import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { element, der } from '../../keys/der.ts';

const oid = {
  ecdsaWithSha256: '2a8648ce3d040302',
  commonName: '550403',
  basicConstraints: '551d13',
  keyUsage: '551d0f',
  extendedKeyUsage: '551d25',
  subjectAltName: '551d11',
  serverAuth: '2b06010505070301',
};

/** Tags that keys have no use for. */
const bitString = (content: Uint8Array, unused = 0) => element(0x03, Uint8Array.of(unused), content);
const utf8 = (text: string) => element(0x0c, Buffer.from(text));
const set = (...items: Uint8Array[]) => element(0x31, ...items);
const yes = element(0x01, Uint8Array.of(0xff));
/** Parts that are told apart by number. */
const explicit = (number: number, content: Uint8Array) => element(0xa0 + number, content);
const implicit = (number: number, content: Uint8Array) => element(0x80 + number, content);

/** `YYMMDDHHMMSSZ`; up to 2049 no other form is allowed. */
const utcTime = (ms: number) =>
  element(
    0x17,
    Buffer.from(
      `${new Date(ms)
        .toISOString()
        .replaceAll(/[-:T]|\.\d+/g, '')
        .slice(2)}`,
    ),
  );

export interface OwnCertificate {
  /** PEM, both. */
  certificate: string;
  key: string;
}

/** @param names host names and IP addresses that it is for, one at least */
export function makeCertificate(
  commonName: string,
  names: readonly string[],
  fromMs: number,
  toMs: number,
): OwnCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'der' },
  });
  const algorithm = der.sequence(der.oid(oid.ecdsaWithSha256));
  const name = der.sequence(set(der.sequence(der.oid(oid.commonName), utf8(commonName))));
  const contents = der.sequence(
    explicit(0, der.integer(2)),
    // Positive, and never the same twice.
    element(0x02, Uint8Array.of(0x40), randomBytes(15)),
    algorithm,
    name,
    der.sequence(utcTime(fromMs), utcTime(toMs)),
    name,
    publicKey,
    explicit(
      3,
      der.sequence(
        extension(oid.basicConstraints, der.sequence(), true),
        // Digital signatures: the first bit.
        extension(oid.keyUsage, bitString(Uint8Array.of(0x80), 7), true),
        extension(oid.extendedKeyUsage, der.sequence(der.oid(oid.serverAuth)), false),
        extension(oid.subjectAltName, der.sequence(...names.map(generalName)), false),
      ),
    ),
  );
  const signature = sign('sha256', contents, createPrivateKey(privateKey));
  const certificate = der.sequence(contents, algorithm, bitString(signature));
  return { certificate: pem('CERTIFICATE', certificate), key: privateKey };
}

const extension = (id: string, value: Uint8Array, critical: boolean) =>
  der.sequence(der.oid(id), ...(critical ? [yes] : []), der.octets(value));

/** Host names under number 2, addresses under 7. */
const generalName = (name: string) =>
  isIP(name) === 0 ? implicit(2, Buffer.from(name, 'ascii')) : implicit(7, addressBytes(name));

function addressBytes(address: string): Uint8Array {
  if (isIP(address) === 4) return Uint8Array.from(address.split('.'), Number);
  const [head = '', tail] = address.split('::');
  const groups = (part: string) => part.split(':').filter((group) => group !== '');
  const [first, rest] = [groups(head), groups(tail ?? '')];
  const zeros = Array<string>(8 - first.length - rest.length).fill('0');
  return Uint8Array.from(
    [...first, ...zeros, ...rest].flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff]),
  );
}

const pem = (label: string, bytes: Buffer): string =>
  `-----BEGIN ${label}-----\n${bytes.toString('base64').replaceAll(/.{64}/g, '$&\n').trimEnd()}\n-----END ${label}-----\n`;
