/** Features of clips, kept in files named by what they are computed from. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readWhole } from '../regular-file.ts';

/** Enough for the embeddings of several large data sets. */
export const defaultCacheBytes = 2 * 2 ** 30;

/** A day of embeddings. */
const mostEntryBytes = 1e9;
const magic = Buffer.from('CurlewF1', 'latin1');
const hashBytes = 32;
const headBytes = magic.length + hashBytes + 4;
/** A temporary file this old was left by a lab that died. */
const abandonedMs = 3_600_000;

export interface CacheEntry {
  /** plain JSON values */
  readonly facts: unknown;
  readonly values: Float32Array;
}

/** The key of features: what the recording's bytes are, and how features are made of them. */
export function cacheKey(fileSha256: string, identity: string): string {
  return createHash('sha256').update(`${fileSha256}\n${identity}`).digest('hex');
}

/**
 * A file holds: `CurlewF1`; SHA-256 of the key and all that follows; u32 length of the facts; the facts as JSON; the
 * values as float32, all little-endian. Files are written beside their place and renamed into it, so that several labs
 * may share a folder; what does not match its hash is removed and counts as absent. Beyond the limit the files that
 * were not used for the longest time go.
 */
export class FeatureCache {
  readonly #folder: string;
  readonly #limitBytes: number;
  /** As far as this lab knows; null before it has looked. */
  #bytes: number | null = null;
  broken = 0;

  constructor(folder: string, limitBytes: number = defaultCacheBytes) {
    this.#folder = folder;
    this.#limitBytes = limitBytes;
  }

  /** @returns null if there is nothing whole under the key */
  async get(key: string): Promise<CacheEntry | null> {
    const path = this.#path(key);
    let bytes: Buffer;
    try {
      bytes = await readWhole(path, mostEntryBytes, 'features');
    } catch {
      // Absent, or not readable: computing anew is the answer to both.
      return null;
    }
    const entry = decode(key, bytes);
    if (!entry) {
      this.broken++;
      await rm(path, { force: true });
      return null;
    }
    const now = new Date();
    // Another lab may have removed it since, and a folder that may only be read still serves.
    await utimes(path, now, now).catch(() => undefined);
    return entry;
  }

  /** @throws what the file system throws; nothing half-written stays in place */
  async put(key: string, entry: CacheEntry): Promise<void> {
    const bytes = encode(key, entry);
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const temporary = join(this.#folder, `${randomUUID()}.tmp`);
    try {
      await writeFile(temporary, bytes, { mode: 0o600 });
      await rename(temporary, this.#path(key));
    } catch (thrown) {
      await rm(temporary, { force: true });
      throw thrown;
    }
    if (this.#bytes !== null) this.#bytes += bytes.length;
    if (this.#bytes === null || this.#bytes > this.#limitBytes) await this.#prune();
  }

  #path(key: string): string {
    return join(this.#folder, `${key}.features`);
  }

  /** Removes the longest unused files until a tenth of the limit is free, so that not every put has to look. */
  async #prune(): Promise<void> {
    const files: { path: string; bytes: number; usedMs: number }[] = [];
    for (const name of await readdir(this.#folder)) {
      const path = join(this.#folder, name);
      // Gone already where another lab prunes too.
      const status = await stat(path).catch(() => null);
      if (!status) continue;
      if (name.endsWith('.features')) {
        files.push({ path, bytes: status.size, usedMs: status.mtimeMs });
      } else if (name.endsWith('.tmp') && Date.now() - status.mtimeMs > abandonedMs) {
        await rm(path, { force: true });
      }
    }
    files.sort((a, b) => b.usedMs - a.usedMs);
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    if (bytes > this.#limitBytes) {
      while (bytes > 0.9 * this.#limitBytes) {
        const oldest = files.pop()!;
        await rm(oldest.path, { force: true });
        bytes -= oldest.bytes;
      }
    }
    this.#bytes = bytes;
  }
}

function encode(key: string, { facts, values }: CacheEntry): Buffer {
  const json = Buffer.from(JSON.stringify(facts));
  const bytes = Buffer.alloc(headBytes + json.length + 4 * values.length);
  magic.copy(bytes);
  bytes.writeUInt32LE(json.length, magic.length + hashBytes);
  json.copy(bytes, headBytes);
  values.forEach((value, i) => bytes.writeFloatLE(value, headBytes + json.length + 4 * i));
  hashOf(key, bytes).copy(bytes, magic.length);
  return bytes;
}

function decode(key: string, bytes: Buffer): CacheEntry | null {
  if (bytes.length < headBytes || !bytes.subarray(0, magic.length).equals(magic)) return null;
  if (!hashOf(key, bytes).equals(bytes.subarray(magic.length, magic.length + hashBytes))) return null;
  const start = headBytes + bytes.readUInt32LE(magic.length + hashBytes);
  const facts: unknown = JSON.parse(bytes.toString('utf8', headBytes, start));
  const values = new Float32Array((bytes.length - start) / 4);
  for (let i = 0; i < values.length; i++) values[i] = bytes.readFloatLE(start + 4 * i);
  return { facts, values };
}

const hashOf = (key: string, bytes: Buffer): Buffer =>
  createHash('sha256')
    .update(key)
    .update(bytes.subarray(magic.length + hashBytes))
    .digest();
