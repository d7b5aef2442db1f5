/** Keys as a file that a person keeps: a block of PEM each (RFC 7468), what is known of the key as text before it. */
import { CurlewError } from '../contract/error.ts';
import { privateKeyInfo, secretOfInfo } from './ed25519.ts';
import { decryptKey, encryptKey } from './encrypted-key.ts';

export interface KeptKey {
  name: string;
  createdMs: number;
  /** 32 bytes. */
  secret: Uint8Array;
}

const most = 100;
const block =
  /^-----BEGIN ENCRYPTED PRIVATE KEY-----\s+([A-Za-z0-9+/=\s]+?)-----END ENCRYPTED PRIVATE KEY-----/gm;

export async function writeKeyFile(keys: readonly KeptKey[], passphrase: string): Promise<string> {
  const parts: string[] = [];
  for (const { name, createdMs, secret } of keys) {
    const data = Buffer.from(await encryptKey(privateKeyInfo(secret), passphrase)).toString('base64');
    parts.push(
      `Curlew signing key ${JSON.stringify(name)}, made ${new Date(createdMs).toISOString()}`,
      '-----BEGIN ENCRYPTED PRIVATE KEY-----',
      ...(data.match(/.{1,64}/g) ?? []),
      '-----END ENCRYPTED PRIVATE KEY-----',
    );
  }
  return `${parts.join('\n')}\n`;
}

/**
 * @param text also of another program's: any number of encrypted Ed25519 keys
 * @throws CurlewError KEY_PASSPHRASE where none of it opens with this one, KEY_FILE for what is no such file
 */
export async function readKeyFile(text: string, passphrase: string): Promise<KeptKey[]> {
  const blocks = [...text.matchAll(block)];
  if (blocks.length === 0) throw bad('it holds no encrypted private key (PEM)');
  if (blocks.length > most) throw bad(`it holds ${blocks.length} keys, and ${most} are the most`);
  const keys: KeptKey[] = [];
  let end = 0;
  for (const [index, found] of blocks.entries()) {
    const which = `key ${index + 1} of ${blocks.length}`;
    const info = await decryptKey(Buffer.from(found[1] as string, 'base64'), passphrase).catch(
      (thrown: Error) => {
        throw bad(`${which} cannot be read: ${thrown.message}`, thrown);
      },
    );
    // A wrong passphrase may by chance give sound padding, but no key.
    const secret = info && secretOfInfo(info);
    if (!secret) {
      throw new CurlewError(
        'KEY_PASSPHRASE',
        `${which[0]?.toUpperCase()}${which.slice(1)} does not open with this passphrase, or is no Ed25519 key. ` +
          'No key was restored.',
      );
    }
    keys.push({ ...knownOf(text.slice(end, found.index), index), secret });
    end = found.index + found[0].length;
  }
  return keys;
}

function knownOf(before: string, index: number): { name: string; createdMs: number } {
  const [, quoted, made] = /^Curlew signing key (".*"), made (\S+)$/m.exec(before) ?? [];
  const createdMs = Date.parse(made ?? '');
  const unknown = { name: `restored ${index + 1}`, createdMs: Date.now() };
  if (quoted === undefined || Number.isNaN(createdMs)) return unknown;
  try {
    const name = JSON.parse(quoted) as string;
    return name.length >= 1 && name.length <= 63 ? { name, createdMs } : unknown;
  } catch {
    // Edited by hand; the key is what counts.
    return unknown;
  }
}

const bad = (why: string, cause?: unknown) =>
  new CurlewError('KEY_FILE', `That is no backup of keys: ${why}. No key was restored.`, {}, { cause });
