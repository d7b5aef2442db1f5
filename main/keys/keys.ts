/**
 * The lab's signing keys. A private key never leaves this folder's code: others name it by its id and get a signature.
 * What is known of a key without its secret (name, public key, where the secret lies) is a small file each.
 */
import { utcDay } from '../contract/figures.ts';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { keyIdOf } from '../../models/packing/sign.ts';
import { CurlewError } from '../contract/error.ts';
import type { ExportFile, SigningKey } from '../contract/types.ts';
import { readWhole } from '../regular-file.ts';
import { drawSecret, publicKeyOf, publicPem, secretBytes, signText } from './ed25519.ts';
import { readKeyFile, writeKeyFile, type KeptKey } from './key-file.ts';
import { keychain, secretPlaces, type Secrets } from './secrets.ts';
import { writeDurably } from '../write-durably.ts';

export interface Keys {
  /** Oldest first. */
  list(): Promise<SigningKey[]>;
  /** @throws CurlewError KEY_STORE */
  create(name: string): Promise<SigningKey>;
  /** For good. @throws CurlewError KEY_NOT_FOUND, KEY_STORE */
  delete(keyId: string): Promise<void>;
  /** @throws CurlewError KEY_NOT_FOUND */
  find(keyId: string): Promise<SigningKey>;
  /** @throws CurlewError KEY_NOT_FOUND */
  exportPublic(keyId: string): Promise<ExportFile>;
  /** All of them, private halves too, in one file under a passphrase. @throws CurlewError KEY_NOT_FOUND, KEY_STORE */
  backup(passphrase: string): Promise<ExportFile>;
  /**
   * Takes up all keys of such a file, or of another program's, that are not here.
   * @throws CurlewError KEY_FILE, KEY_PASSPHRASE, KEY_STORE
   */
  restore(text: string, passphrase: string): Promise<{ restored: SigningKey[]; present: SigningKey[] }>;
  /** @returns the Ed25519 signature, 64 bytes @throws CurlewError KEY_NOT_FOUND, KEY_STORE */
  sign(keyId: string, text: Uint8Array): Promise<Uint8Array>;
}

const record = v.strictObject({
  name: v.string(),
  publicKey: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  createdMs: v.number(),
  keptIn: v.picklist(['keychain', 'file']),
});
const mostRecordBytes = 10_000;
const recordFile = /^([0-9a-f]{16})\.json$/;

/** @param openKeychain gives the keychain, or why there is none */
export function openKeys(folder: string, openKeychain: () => Promise<Secrets | string> = keychain): Keys {
  const places = secretPlaces(folder, openKeychain);

  const secretsOf = async ({ keptIn, name }: SigningKey): Promise<Secrets> => {
    const found = await places.of(keptIn);
    if (typeof found !== 'string') return found;
    throw failed(`The private key of “${name}” is in the keychain, which cannot be reached: ${found}`);
  };

  const list = async (): Promise<SigningKey[]> => {
    const names = await readdir(folder).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'ENOENT') return [];
      throw failed(`The keys in ${folder} cannot be read: ${thrown.message}.`);
    });
    const ids = names.flatMap((name) => recordFile.exec(name)?.[1] ?? []);
    const keys = await Promise.all(ids.map((id) => readRecord(folder, id)));
    return keys.sort((a, b) => a.createdMs - b.createdMs);
  };

  const find = async (keyId: string): Promise<SigningKey> => {
    const found = (await list()).find((key) => key.id === keyId);
    if (found) return found;
    throw new CurlewError('KEY_NOT_FOUND', `This lab holds no key ${keyId}.`, { keyId });
  };

  const keep = async ({ name, createdMs, secret }: KeptKey): Promise<SigningKey> => {
    const publicKey = publicKeyOf(secret);
    const id = hex(keyIdOf(publicKey));
    const { keptIn, secrets } = await places.newest();
    const key = { name, publicKey: hex(publicKey), createdMs, keptIn } as const;
    try {
      await secrets.write(id, secret);
      // The record last: a key that is listed can sign.
      await writeDurably(join(folder, `${id}.json`), JSON.stringify(key));
    } catch (thrown) {
      await secrets.delete(id).catch(() => undefined);
      throw failed(`“${name}” could not be kept: ${(thrown as Error).message}. It is not here.`, thrown);
    }
    return { id, ...key };
  };

  /** Whoever asks for it overwrites it with zeros when it is no longer needed. */
  const secretOf = async (key: SigningKey): Promise<Uint8Array> => {
    const secrets = await secretsOf(key);
    const secret = await secrets.read(key.id).catch((thrown: Error) => {
      throw failed(`The private key of “${key.name}” cannot be read: ${thrown.message}.`, thrown);
    });
    // A secret of another key would sign what no board accepts.
    if (secret?.length !== secretBytes || hex(publicKeyOf(secret)) !== key.publicKey) {
      throw failed(`The private key of “${key.name}” is missing or damaged where it should lie.`);
    }
    return secret;
  };

  return {
    list,
    find,

    async create(name) {
      const secret = drawSecret();
      try {
        return await keep({ name, createdMs: Date.now(), secret });
      } finally {
        secret.fill(0);
      }
    },

    async backup(passphrase) {
      const keys = await list();
      if (keys.length === 0) throw new CurlewError('KEY_NOT_FOUND', 'This lab holds no keys to back up.');
      const kept: KeptKey[] = [];
      try {
        for (const key of keys) kept.push({ ...key, secret: await secretOf(key) });
        const text = await writeKeyFile(kept, passphrase);
        const date = utcDay(Date.now());
        return { name: `curlew-keys-${date}.pem`, mime: 'application/x-pem-file', text };
      } finally {
        for (const { secret } of kept) secret.fill(0);
      }
    },

    async restore(text, passphrase) {
      const given = await readKeyFile(text, passphrase);
      const restored: SigningKey[] = [];
      const present: SigningKey[] = [];
      try {
        for (const key of given) {
          const publicKey = hex(publicKeyOf(key.secret));
          const here = (await list()).find((one) => one.publicKey === publicKey);
          const sound =
            here &&
            (await secretOf(here).then(
              (secret) => secret.fill(0),
              () => null,
            ));
          if (here && sound) present.push(here);
          else restored.push(await keep(here ? { ...key, name: here.name } : key));
        }
      } finally {
        for (const { secret } of given) secret.fill(0);
      }
      return { restored, present };
    },

    async delete(keyId) {
      const key = await find(keyId);
      const secrets = await secretsOf(key);
      try {
        // The secret first: what is no longer listed must not lie about.
        await secrets.delete(keyId);
        await rm(join(folder, `${keyId}.json`), { force: true });
      } catch (thrown) {
        throw failed(`“${key.name}” could not be deleted: ${(thrown as Error).message}.`, thrown);
      }
    },

    async exportPublic(keyId) {
      const key = await find(keyId);
      return {
        name: `curlew-${keyId}.pem`,
        mime: 'application/x-pem-file',
        text: publicPem(Buffer.from(key.publicKey, 'hex')),
      };
    },

    async sign(keyId, text) {
      const secret = await secretOf(await find(keyId));
      try {
        return signText(secret, text);
      } finally {
        secret.fill(0);
      }
    },
  };
}

async function readRecord(folder: string, id: string): Promise<SigningKey> {
  const path = join(folder, `${id}.json`);
  try {
    const key = v.parse(
      record,
      JSON.parse((await readWhole(path, mostRecordBytes, 'the record of a key')).toString()),
    );
    if (hex(keyIdOf(Buffer.from(key.publicKey, 'hex'))) === id) return { id, ...key };
  } catch (thrown) {
    throw failed(`${path} is not the record of a key: ${(thrown as Error).message}.`, thrown);
  }
  throw failed(`${path} is the record of another key than its name says.`);
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const failed = (message: string, cause?: unknown) => new CurlewError('KEY_STORE', message, {}, { cause });
