/** Zip files as far as captures need them: entries written one after another, and read by name. Up to 4 GB. */
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { crc32, createDeflateRaw, createInflateRaw } from 'node:zlib';
import { CurlewError } from '../../contract/error.ts';

const localMagic = 0x0403_4b50;
const centralMagic = 0x0201_4b50;
const endMagic = 0x0605_4b50;
const version = 20;
const deflated = 8;
/** Sizes of 32 bits, and these bits all set point to larger ones elsewhere. */
const most = 0xffff_ffff;
/** 1980-01-01: the oldest that there is. */
const noDate = 0x21;

interface Entry {
  name: string;
  at: number;
  crc: number;
  compressed: number;
  bytes: number;
  method: number;
}

export class ZipWriter {
  private at = 0;
  private readonly entries: Entry[] = [];

  private constructor(private readonly file: FileHandle) {}

  static async create(path: string): Promise<ZipWriter> {
    return new ZipWriter(await open(path, 'w'));
  }

  /** @throws CurlewError FILE_TOO_LARGE beyond 4 GB; what the file system does */
  async add(name: string, pieces: Iterable<Uint8Array>): Promise<void> {
    const entry: Entry = { name, at: this.at, crc: 0, compressed: 0, bytes: 0, method: deflated };
    await this.put(header(entry));
    function* counted() {
      for (const piece of pieces) {
        entry.crc = crc32(piece, entry.crc);
        entry.bytes += piece.length;
        yield piece;
      }
    }
    const squeezed = Readable.from(counted()).pipe(createDeflateRaw({ level: 6 }));
    for await (const piece of squeezed as AsyncIterable<Buffer>) {
      entry.compressed += piece.length;
      await this.put(piece);
    }
    if (entry.bytes >= most || this.at >= most) {
      throw new CurlewError(
        'FILE_TOO_LARGE',
        `A zip file of this kind takes less than 4 GB: choose a stretch.`,
        {},
      );
    }
    // Now that its sizes are known.
    await this.file.write(header(entry), 0, undefined, entry.at);
    this.entries.push(entry);
  }

  async end(): Promise<void> {
    const from = this.at;
    for (const entry of this.entries) await this.put(central(entry));
    const end = Buffer.alloc(22);
    end.writeUInt32LE(endMagic, 0);
    end.writeUInt16LE(this.entries.length, 8);
    end.writeUInt16LE(this.entries.length, 10);
    end.writeUInt32LE(this.at - from, 12);
    end.writeUInt32LE(from, 16);
    await this.put(end);
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private async put(bytes: Uint8Array): Promise<void> {
    await this.file.write(bytes, 0, undefined, this.at);
    this.at += bytes.length;
  }
}

function common(entry: Entry): Buffer {
  const bytes = Buffer.alloc(26);
  bytes.writeUInt16LE(version, 0);
  bytes.writeUInt16LE(entry.method, 4);
  bytes.writeUInt16LE(noDate, 8);
  bytes.writeUInt32LE(entry.crc, 10);
  bytes.writeUInt32LE(entry.compressed, 14);
  bytes.writeUInt32LE(entry.bytes, 18);
  bytes.writeUInt16LE(Buffer.byteLength(entry.name), 22);
  return bytes;
}

function header(entry: Entry): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(localMagic);
  return Buffer.concat([head, common(entry), Buffer.from(entry.name)]);
}

function central(entry: Entry): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt32LE(centralMagic, 0);
  head.writeUInt16LE(version, 4);
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE(entry.at, 10);
  return Buffer.concat([head, common(entry), tail, Buffer.from(entry.name)]);
}

/** Reads a zip's entries by name. */
export class ZipReader {
  private constructor(
    private readonly path: string,
    private readonly entries: ReadonlyMap<string, Entry>,
  ) {}

  /** @throws CurlewError FILE_UNSUPPORTED for what is no zip file; FILE_DAMAGED */
  static async open(path: string): Promise<ZipReader> {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const tail = Buffer.alloc(Math.min(size, 65_557));
      await file.read(tail, 0, tail.length, size - tail.length);
      const magic = Buffer.alloc(4);
      magic.writeUInt32LE(endMagic);
      const at = tail.lastIndexOf(magic);
      if (at < 0 || at + 22 > tail.length) throw unsupported(path, 'it is no zip file, or was cut short');
      const [bytes, from] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
      if (from === most) throw unsupported(path, 'zip files beyond 4 GB are not read');
      if (from + bytes > size) throw damaged(path);
      const list = Buffer.alloc(bytes);
      await file.read(list, 0, bytes, from);
      return new ZipReader(path, entriesOf(list, path));
    } finally {
      await file.close();
    }
  }

  has(name: string): boolean {
    return this.entries.has(name);
  }

  /** @returns how many bytes there are in it. @throws CurlewError FILE_UNSUPPORTED */
  size(name: string): number {
    return this.entry(name).bytes;
  }

  /** Its contents, a piece at a time. @throws CurlewError FILE_UNSUPPORTED, FILE_DAMAGED */
  async *pieces(name: string): AsyncGenerator<Buffer> {
    const { at, compressed, method, crc, bytes } = this.entry(name);
    const from = at + 30 + (await this.extra(at));
    if (method !== 0 && method !== deflated)
      throw unsupported(this.path, `${name} is compressed by another way`);
    const raw = createReadStream(this.path, { start: from, end: Math.max(from, from + compressed - 1) });
    const read = method === deflated ? raw.pipe(createInflateRaw()) : raw;
    let [check, count] = [0, 0];
    try {
      for await (const piece of read as AsyncIterable<Buffer>) {
        check = crc32(piece, check);
        count += piece.length;
        yield piece;
      }
    } catch (cause) {
      throw damaged(this.path, cause);
    }
    if (check !== crc || count !== bytes) throw damaged(this.path);
  }

  private async extra(at: number): Promise<number> {
    const file = await open(this.path, 'r');
    try {
      const lengths = Buffer.alloc(30);
      await file.read(lengths, 0, 30, at);
      if (lengths.readUInt32LE(0) !== localMagic) throw damaged(this.path);
      return lengths.readUInt16LE(26) + lengths.readUInt16LE(28);
    } finally {
      await file.close();
    }
  }

  private entry(name: string): Entry {
    const entry = this.entries.get(name);
    if (entry) return entry;
    throw unsupported(this.path, `there is no ${name} in it`);
  }
}

function entriesOf(list: Buffer, path: string): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (let at = 0; at + 46 <= list.length;) {
    if (list.readUInt32LE(at) !== centralMagic) throw damaged(path);
    const nameBytes = list.readUInt16LE(at + 28);
    const name = list.toString('utf8', at + 46, at + 46 + nameBytes);
    entries.set(name, {
      ...{ name, method: list.readUInt16LE(at + 10), crc: list.readUInt32LE(at + 16) },
      ...{ compressed: list.readUInt32LE(at + 20), bytes: list.readUInt32LE(at + 24) },
      at: list.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes + list.readUInt16LE(at + 30) + list.readUInt16LE(at + 32);
  }
  return entries;
}

const unsupported = (path: string, why: string): CurlewError =>
  new CurlewError('FILE_UNSUPPORTED', `${path} cannot be read as a capture: ${why}.`, { path });
const damaged = (path: string, cause?: unknown): CurlewError =>
  new CurlewError(
    'FILE_DAMAGED',
    `${path} is damaged: what is in it does not fit its checksum.`,
    { path },
    { cause },
  );
