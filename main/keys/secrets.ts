/** Where private keys lie: in the operating system's keychain, or in files that their owner alone can read. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CurlewError } from '../contract/error.ts';
import { readWhole } from '../regular-file.ts';
import { writeDurably } from '../write-durably.ts';

export interface Secrets {
  /** @returns null when there is none under this id @throws when the place cannot be read */
  read(id: string): Promise<Uint8Array | null>;
  /** Whole, or not at all. @throws when it cannot be kept */
  write(id: string, secret: Uint8Array): Promise<void>;
  delete(id: string): Promise<void>;
}

/** Of one secret. */
export const mostSecretBytes = 500;
const service = 'Curlew';
/**
 * On Linux the secret service or nothing: without this the library would fall back to the kernel's keyring, which
 * forgets with the next restart.
 */
const lasting = { linux: { store: 'secret-service' } } as const;

/** @returns the keychain, or why there is none */
export async function keychain(): Promise<Secrets | string> {
  try {
    const { AsyncEntry } = await import('@napi-rs/keyring');
    const entry = (id: string) => new AsyncEntry(service, id, lasting);
    // Looking for what is not there shows whether anything could be, without a question to the person.
    await entry('probe').getPassword();
    return {
      async read(id) {
        const text = await entry(id).getPassword();
        return text === null ? null : Buffer.from(text, 'hex');
      },
      write: (id, secret) => entry(id).setPassword(Buffer.from(secret).toString('hex')),
      async delete(id) {
        await entry(id).deleteCredential();
      },
    };
  } catch (thrown) {
    return (thrown as Error).message;
  }
}

/** @param folder is made when the first secret is written */
export function secretFiles(folder: string): Secrets {
  const path = (id: string) => join(folder, `${id}.secret`);
  return {
    async read(id) {
      try {
        return Buffer.from((await readWhole(path(id), 2 * mostSecretBytes, 'a secret')).toString(), 'hex');
      } catch (thrown) {
        if (thrown instanceof CurlewError && thrown.code === 'FILE_NOT_FOUND') return null;
        throw thrown;
      }
    },
    write: (id, secret) => writeDurably(path(id), Buffer.from(secret).toString('hex')),
    delete: (id) => rm(path(id), { force: true }),
  };
}

export interface SecretPlaces {
  /** Where a new secret goes: the keychain, where there is one. */
  newest(): Promise<{ keptIn: SecretPlace; secrets: Secrets }>;
  /** @returns what lies in one of the two, or why it cannot be reached */
  of(keptIn: SecretPlace): Promise<Secrets | string>;
}

export type SecretPlace = 'keychain' | 'file';

/** @param folder for files @param openKeychain gives the keychain, or why there is none */
export function secretPlaces(
  folder: string,
  openKeychain: () => Promise<Secrets | string> = keychain,
): SecretPlaces {
  const files = secretFiles(folder);
  let opened: Promise<Secrets | string> | null = null;
  /** Asked for once: some keychains put a question to the person. */
  const chain = () => (opened ??= openKeychain());
  return {
    async newest() {
      const found = await chain();
      return typeof found === 'string'
        ? { keptIn: 'file', secrets: files }
        : { keptIn: 'keychain', secrets: found };
    },
    of: async (keptIn) => (keptIn === 'file' ? files : chain()),
  };
}
