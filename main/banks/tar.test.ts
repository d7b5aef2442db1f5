import { describe, expect, test } from 'vitest';
import { TarReader, writeTar, type TarFile } from './tar.ts';

const files: TarFile[] = [
  { path: 'a.txt', content: Buffer.from('first') },
  { path: 'b/c.bin', content: Buffer.alloc(512, 7) },
  { path: 'empty', content: Buffer.alloc(0) },
];

async function written(): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of writeTar(files)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** A file in memory; it gives up to `most` bytes at a time. */
const handleOf = (bytes: Buffer, most = Infinity) => ({
  read: async (buffer: Buffer, offset: number, length: number, position: number) => {
    const bytesRead = bytes.copy(buffer, offset, position, position + Math.min(length, most));
    return { bytesRead, buffer };
  },
});

async function read(bytes: Buffer, most?: number): Promise<TarFile[]> {
  const reader = new TarReader(handleOf(bytes, most) as never, bytes.length, (what) => new Error(what));
  const found: TarFile[] = [];
  for (let file = await reader.next(1000); file; file = await reader.next(1000)) found.push(file);
  return found;
}

describe('an archive', () => {
  test('gives back what was put in, however few bytes a read gives', async () => {
    const bytes = await written();
    const plain = files.map(({ path, content }) => [path, Buffer.from(content)]);
    for (const most of [undefined, 1, 511]) {
      expect((await read(bytes, most)).map(({ path, content }) => [path, content])).toEqual(plain);
    }
  });

  test('is refused cut at any byte', async () => {
    const bytes = await written();
    for (let length = 0; length < bytes.length; length++) {
      await expect(read(bytes.subarray(0, length))).rejects.toThrow();
    }
  });

  test('is refused, or gives other contents, whichever bit is changed', async () => {
    const bytes = await written();
    for (let at = 0; at < bytes.length; at++) {
      const altered = Buffer.from(bytes);
      altered[at]! ^= 1 << (at % 8);
      const found = await read(altered).catch(() => null);
      const same = found?.every((file, i) => Buffer.from(file.content).equals(files[i]!.content));
      expect([at, found !== null && same]).toEqual([at, false]);
    }
  });

  test('is refused where a file holds more than was allowed', async () => {
    const bytes = await written();
    const reader = new TarReader(handleOf(bytes) as never, bytes.length, (what) => new Error(what));
    await expect(reader.next(4)).rejects.toThrow('5 bytes');
  });
});
