import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPublicKey, verify } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isSigned } from './ed25519.ts';
import { openKeys } from './keys.ts';
import type { Secrets } from './secrets.ts';

const text = new TextEncoder().encode('a text to be signed');
const unhex = (hex: string) => Buffer.from(hex, 'hex');
let folder: string;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'curlew-keys-')), 'keys');
});
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

const noKeychain = async () => 'There is no secret service.';

function fakeKeychain() {
  const entries = new Map<string, Uint8Array>();
  const secrets: Secrets = {
    read: async (id) => entries.get(id)?.slice() ?? null,
    write: async (id, secret) => void entries.set(id, secret.slice()),
    delete: async (id) => void entries.delete(id),
  };
  return { entries, secrets, open: vi.fn(async () => secrets) };
}

describe.each(['file', 'keychain'] as const)('keys kept in a %s', (place) => {
  const chain = fakeKeychain();
  const open = () => openKeys(folder, place === 'file' ? noKeychain : chain.open);

  test('a new key is listed with where it lies, and signs', async () => {
    const keys = open();
    const key = await keys.create('Station key');
    expect(key).toMatchObject({ name: 'Station key', keptIn: place });
    expect(await open().list()).toEqual([key]);
    expect(isSigned(unhex(key.publicKey), text, await open().sign(key.id, text))).toBe(true);
  });

  test('no two keys are the same, and each signs for itself alone', async () => {
    const keys = open();
    const [one, two] = [await keys.create('one'), await keys.create('two')];
    expect(one.publicKey).not.toBe(two.publicKey);
    expect(isSigned(unhex(two.publicKey), text, await keys.sign(one.id, text))).toBe(false);
  });

  test('a deleted key is gone with its secret', async () => {
    const keys = open();
    const key = await keys.create('short-lived');
    await keys.delete(key.id);
    expect(await keys.list()).toEqual([]);
    await expect(keys.sign(key.id, text)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    expect(await readdir(folder)).toEqual([]);
    expect(chain.entries.has(key.id)).toBe(false);
  });

  test('the public half is exported as other programs read it', async () => {
    const keys = open();
    const key = await keys.create('exported');
    const pem = await keys.exportPublic(key.id);
    expect(pem.name).toBe(`curlew-${key.id}.pem`);
    expect(verify(null, text, createPublicKey(pem.text), await keys.sign(key.id, text))).toBe(true);
  });
});

describe('private keys', () => {
  test('lie in files of mode 0600 in a folder of mode 0700 where there is no keychain', async () => {
    const key = await openKeys(folder, noKeychain).create('mine');
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    for (const file of [`${key.id}.secret`, `${key.id}.json`]) {
      expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
    }
    expect(await readFile(join(folder, `${key.id}.json`), 'utf8')).not.toContain(
      await readFile(join(folder, `${key.id}.secret`), 'utf8'),
    );
  });

  test('lie in no file where there is a keychain', async () => {
    const key = await openKeys(folder, fakeKeychain().open).create('mine');
    expect(await readdir(folder)).toEqual([`${key.id}.json`]);
  });

  test('are found in their file when a keychain has come since', async () => {
    const key = await openKeys(folder, noKeychain).create('old');
    const later = openKeys(folder, fakeKeychain().open);
    expect(isSigned(unhex(key.publicKey), text, await later.sign(key.id, text))).toBe(true);
  });

  test('are out of reach, and said to be, when the keychain has gone', async () => {
    const key = await openKeys(folder, fakeKeychain().open).create('far');
    const later = openKeys(folder, noKeychain);
    expect(await later.list()).toEqual([key]);
    await expect(later.sign(key.id, text)).rejects.toMatchObject({
      code: 'KEY_STORE',
      message: expect.stringContaining('There is no secret service.'),
    });
    await expect(later.delete(key.id)).rejects.toMatchObject({ code: 'KEY_STORE' });
    expect(await later.list()).toEqual([key]);
  });

  test('do not sign when they are damaged, cut short or missing', async () => {
    const keys = openKeys(folder, noKeychain);
    const key = await keys.create('hurt');
    const path = join(folder, `${key.id}.secret`);
    const whole = await readFile(path, 'utf8');
    for (const damaged of [
      whole.slice(0, 40),
      '',
      `${whole.slice(0, -1)}${whole.endsWith('0') ? '1' : '0'}`,
    ]) {
      await writeFile(path, damaged);
      await expect(keys.sign(key.id, text)).rejects.toMatchObject({ code: 'KEY_STORE' });
    }
    await rm(path);
    await expect(keys.sign(key.id, text)).rejects.toMatchObject({ code: 'KEY_STORE' });
  });

  test('are not left behind when a key could not be made whole', async () => {
    const chain = fakeKeychain();
    await writeFile(join(folder, '..', 'in-the-way'), '');
    const keys = openKeys(join(folder, '..', 'in-the-way'), chain.open);
    await expect(keys.create('none')).rejects.toMatchObject({ code: 'KEY_STORE' });
    expect(chain.entries.size).toBe(0);
  });

  test('never show in what a failure says', async () => {
    const secrets: Secrets = {
      ...fakeKeychain().secrets,
      write: async () => {
        throw new Error('The keychain is locked.');
      },
    };
    const thrown = await openKeys(folder, async () => secrets)
      .create('none')
      .catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'KEY_STORE', message: expect.stringContaining('is locked') });
    expect(JSON.stringify(thrown)).not.toMatch(/[0-9a-f]{32}/);
  });
});

test('a record that names another key is refused by its path', async () => {
  const keys = openKeys(folder, noKeychain);
  const [one, two] = [await keys.create('one'), await keys.create('two')];
  await writeFile(join(folder, `${one.id}.json`), await readFile(join(folder, `${two.id}.json`)));
  await expect(keys.list()).rejects.toMatchObject({
    code: 'KEY_STORE',
    message: expect.stringContaining(one.id),
  });
});

test('the keychain is asked for once, and not before a key is made', async () => {
  const chain = fakeKeychain();
  const keys = openKeys(folder, chain.open);
  expect(await keys.list()).toEqual([]);
  expect(chain.open).not.toHaveBeenCalled();
  await keys.create('one');
  await keys.create('two');
  expect(chain.open).toHaveBeenCalledTimes(1);
});
