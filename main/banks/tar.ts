/**
 * Files one after another in one file, as POSIX ustar: “tar xf” opens it anywhere. What does not matter here (owner, time,
 * permissions) is always the same, so that there is one archive of the same files, and a reader can hold every byte of a
 * header against the one it must be.
 */
import type { FileHandle } from 'node:fs/promises';

const blockBytes = 512;
const longestPath = 100;
const mostFileBytes = 8 ** 11 - 1;

export interface TarFile {
  path: string;
  content: Uint8Array;
}

/** The bytes of an archive, a header or a file at a time. @throws RangeError for a path or a size that ustar cannot tell */
export async function* writeTar(
  files: AsyncIterable<TarFile> | Iterable<TarFile>,
): AsyncGenerator<Uint8Array> {
  for await (const { path, content } of files) {
    yield headerOf(path, content.length);
    yield content;
    yield Buffer.alloc(paddingOf(content.length));
  }
  yield Buffer.alloc(2 * blockBytes);
}

export class TarReader {
  #at = 0;

  /**
   * @param bytes of the archive
   * @param damaged makes what is thrown where the archive is not as `writeTar` makes it
   */
  constructor(
    private readonly handle: Pick<FileHandle, 'read'>,
    private readonly bytes: number,
    private readonly damaged: (what: string) => Error,
  ) {}

  /** @param most bytes that it may hold @returns null at the end of the archive */
  async next(most: number): Promise<TarFile | null> {
    const header = await this.#take(blockBytes);
    if (header.every((byte) => byte === 0)) {
      const last = await this.#take(blockBytes);
      if (last.some((byte) => byte !== 0) || this.#at !== this.bytes)
        throw this.#bad('something follows its end');
      return null;
    }
    const path = header.toString('latin1', 0, longestPath).replace(/\0.*$/s, '');
    const size = parseInt(header.toString('latin1', 124, 135), 8);
    const isHeader = path !== '' && Number.isInteger(size) && headerOf(path, size).equals(header);
    if (!isHeader) throw this.#bad('no file begins');
    if (size > most) throw this.damaged(`it holds a file of ${size} bytes, and ${most} is the most`);
    const content = await this.#take(size);
    if ((await this.#take(paddingOf(size))).some((byte) => byte !== 0)) throw this.#bad('no file begins');
    return { path, content };
  }

  async #take(count: number): Promise<Buffer> {
    if (this.#at + count > this.bytes) throw this.damaged(`it ends early, after ${this.bytes} bytes`);
    const buffer = Buffer.alloc(count);
    let filled = 0;
    while (filled < count) {
      const { bytesRead } = await this.handle.read(buffer, filled, count - filled, this.#at + filled);
      if (bytesRead === 0) throw this.damaged(`it ends early, after ${this.#at + filled} bytes`);
      filled += bytesRead;
    }
    this.#at += count;
    return buffer;
  }

  #bad = (what: string): Error => this.damaged(`${what} at byte ${this.#at - blockBytes}`);
}

const paddingOf = (bytes: number): number => (blockBytes - (bytes % blockBytes)) % blockBytes;

function headerOf(path: string, bytes: number): Buffer {
  if (Buffer.byteLength(path, 'latin1') > longestPath || bytes > mostFileBytes) {
    throw new RangeError(`${path}, of ${bytes} bytes, does not fit a tar archive`);
  }
  const header = Buffer.alloc(blockBytes);
  const octal = (value: number, at: number, digits: number) =>
    header.write(`${value.toString(8).padStart(digits, '0')}\0`, at, 'latin1');
  header.write(path, 0, 'latin1');
  octal(0o644, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(bytes, 124, 11);
  octal(0, 136, 11);
  header.fill(' ', 148, 156);
  header.write('0', 156, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}
