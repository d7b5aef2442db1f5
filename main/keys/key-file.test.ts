import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { privateKeyInfo, publicKeyOf } from './ed25519.ts';
import { decryptKey, encryptKey } from './encrypted-key.ts';
import { readKeyFile, writeKeyFile } from './key-file.ts';
import { openKeys } from './keys.ts';

const passphrase = 'reed bed, 雨 and geese';
const kept = (name: string) => ({
  name,
  createdMs: 1_795_423_729_608,
  secret: new Uint8Array(randomBytes(32)),
});
const rawPublic = (pem: string, given: string) =>
  createPublicKey(createPrivateKey({ key: pem, passphrase: given }))
    .export({ format: 'der', type: 'spki' })
    .subarray(-32);

describe('a file of keys', () => {
  test('holds several, with their names and dates, and opens with its passphrase alone', async () => {
    const keys = [kept('Station'), kept('a “name”\nof two lines'), kept('---')];
    const text = await writeKeyFile(keys, passphrase);
    expect(await readKeyFile(text, passphrase)).toEqual(keys);
    // However the keyboard composes it, and however lines end.
    expect(await readKeyFile(text.replaceAll('\n', '\r\n'), passphrase.normalize('NFD'))).toEqual(keys);
    for (const wrong of ['', 'reed bed, 雨 and gees', `${passphrase} `]) {
      await expect(readKeyFile(text, wrong)).rejects.toMatchObject({ code: 'KEY_PASSPHRASE' });
    }
    for (const { secret } of keys) {
      expect(text).not.toContain(Buffer.from(secret).toString('hex'));
      expect(text).not.toContain(Buffer.from(secret).toString('base64').slice(0, 40));
    }
  });

  test('is what other programs read', async () => {
    const [key, other] = [kept('one'), kept('two')];
    const text = await writeKeyFile([key, other], passphrase);
    expect(rawPublic(text, passphrase)).toEqual(Buffer.from(publicKeyOf(key.secret)));
    const second = text.slice(text.indexOf('-----END') + 10);
    expect(rawPublic(second, passphrase)).toEqual(Buffer.from(publicKeyOf(other.secret)));
  });

  test('may be one that another program wrote', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'short',
    });
    const [read] = await readKeyFile(pem.toString(), 'short');
    const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
    expect(Buffer.from(publicKeyOf(read!.secret))).toEqual(raw);
    expect(read?.name).toBe('restored 1');
  });

  test('that holds another kind of key, or another cipher, is refused', async () => {
    const encrypted = (type: 'rsa' | 'ed25519', cipher: string) => {
      const { privateKey } =
        type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 1024 }) : generateKeyPairSync('ed25519');
      return privateKey.export({ type: 'pkcs8', format: 'pem', cipher, passphrase }).toString();
    };
    await expect(readKeyFile(encrypted('rsa', 'aes-256-cbc'), passphrase)).rejects.toMatchObject({
      code: 'KEY_PASSPHRASE',
    });
    await expect(readKeyFile(encrypted('ed25519', 'aes-128-cbc'), passphrase)).rejects.toMatchObject({
      code: 'KEY_FILE',
      message: expect.stringContaining('it is not of AES-256-CBC'),
    });
  });

  test('cut short, altered or of something else gives no key and no other error', async () => {
    const text = await writeKeyFile([kept('one')], passphrase);
    const codes = new Set(['KEY_FILE', 'KEY_PASSPHRASE']);
    const refused = (given: string) =>
      expect(readKeyFile(given, passphrase)).rejects.toSatisfy((error: { code: string }) =>
        codes.has(error.code),
      );
    await refused('');
    await refused('no key at all');
    await refused(text.replace('-----END ENCRYPTED PRIVATE KEY-----', ''));
    // With few iterations, as another program has them.
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase });
    const der = Buffer.from(pem.toString().split('\n').slice(1, -2).join(''), 'base64');
    const whole = await decryptKey(der, passphrase);
    for (let at = 0; at < der.length; at++) {
      const altered = Buffer.from(der).fill(der[at]! ^ 0x41, at, at + 1);
      for (const changed of [der.subarray(0, at), altered]) {
        const found = await decryptKey(changed, passphrase).catch((error: Error) => error.message);
        expect(found).not.toEqual(whole);
      }
    }
  });

  test('that asks for more work than any would is not begun', async () => {
    const der = Buffer.from(await encryptKey(privateKeyInfo(kept('x').secret), passphrase));
    const at = der.indexOf(Buffer.from('0203', 'hex'));
    expect(der.readUIntBE(at + 2, 3)).toBe(600_000);
    der.writeUIntBE(0x7fffff, at + 2, 3);
    await expect(decryptKey(der, passphrase)).rejects.toThrow('iterations');
  });
});

describe('keys of a lab', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'curlew-key-file-'))));
  afterEach(() => rm(folder, { recursive: true }));
  const open = (name: string) => openKeys(join(folder, name), async () => 'There is no keychain.');

  test('are taken up by another lab from a backup, once', async () => {
    const here = open('here');
    const made = [await here.create('one'), await here.create('two')];
    const { text, name } = await here.backup(passphrase);
    expect(name).toMatch(/^curlew-keys-\d{4}-\d\d-\d\d\.pem$/);
    const there = open('there');
    expect(await there.restore(text, passphrase)).toEqual({ restored: made, present: [] });
    expect(await there.restore(text, passphrase)).toEqual({ restored: [], present: made });
    const signed = (keys: typeof here) => keys.sign(made[1]!.id, Buffer.from('a text'));
    expect(await signed(there)).toEqual(await signed(here));
  });

  test('of which the private half is gone or damaged are mended by a backup', async () => {
    const keys = open('here');
    const made = await keys.create('hurt');
    const { text } = await keys.backup(passphrase);
    await writeFile(join(folder, 'here', `${made.id}.secret`), 'ff'.repeat(32));
    await expect(keys.sign(made.id, Buffer.from('a'))).rejects.toMatchObject({ code: 'KEY_STORE' });
    await expect(keys.backup(passphrase)).rejects.toMatchObject({ code: 'KEY_STORE' });
    expect(await keys.restore(text, passphrase)).toEqual({ restored: [made], present: [] });
    expect((await keys.sign(made.id, Buffer.from('a'))).length).toBe(64);
  });

  test('are not touched by a file that does not open', async () => {
    const keys = open('here');
    await keys.create('one');
    const { text } = await keys.backup(passphrase);
    const other = open('other');
    await expect(other.restore(text, 'another passphrase')).rejects.toMatchObject({ code: 'KEY_PASSPHRASE' });
    expect(await other.list()).toEqual([]);
    expect(await readdir(folder)).toEqual(['here']);
    await expect(open('none').backup(passphrase)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
  });
});
