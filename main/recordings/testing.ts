/** Recordings made up for tests: tones and WAV files of any layout. Nothing in the product imports this. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface WavOptions {
  sampleRate?: number;
  encoding?: 'u8' | 's16' | 's24' | 's32' | 'f32' | 'f64';
  extensible?: boolean;
  /** Chunks before the data chunk. */
  before?: Uint8Array[];
  after?: Uint8Array[];
  /** What the data chunk's header says instead of its true size. */
  claimedBytes?: number;
  rf64?: boolean;
}

const widths = { u8: 1, s16: 2, s24: 3, s32: 4, f32: 4, f64: 8 };

export function wavBytes(channels: ArrayLike<number>[], options: WavOptions = {}): Uint8Array {
  const { sampleRate = 16_000, encoding = 's16', extensible = false, rf64 = false } = options;
  const width = widths[encoding];
  const length = channels[0]!.length;
  const data = new Uint8Array(length * channels.length * width);
  const view = new DataView(data.buffer);
  for (let i = 0; i < length; i++) {
    channels.forEach((channel, c) =>
      putSample(view, (i * channels.length + c) * width, encoding, channel[i]!),
    );
  }
  const tag = encoding.startsWith('f') ? 3 : 1;
  const format = new DataView(new ArrayBuffer(extensible ? 40 : 16));
  format.setUint16(0, extensible ? 0xfffe : tag, true);
  format.setUint16(2, channels.length, true);
  format.setUint32(4, sampleRate, true);
  format.setUint32(8, sampleRate * channels.length * width, true);
  format.setUint16(12, channels.length * width, true);
  format.setUint16(14, width * 8, true);
  if (extensible) {
    format.setUint16(16, 22, true);
    format.setUint16(18, width * 8, true);
    format.setUint16(24, tag, true);
  }
  const ds64 = new DataView(new ArrayBuffer(28));
  ds64.setBigUint64(8, BigInt(data.length), true);
  const chunks = [
    ...(rf64 ? [riffChunk('ds64', new Uint8Array(ds64.buffer))] : []),
    riffChunk('fmt ', new Uint8Array(format.buffer)),
    ...(options.before ?? []),
    riffChunk('data', data, rf64 ? 0xffffffff : (options.claimedBytes ?? data.length)),
    ...(options.after ?? []),
  ];
  const body = Buffer.concat(chunks);
  const head = Buffer.from(`${rf64 ? 'RF64' : 'RIFF'}0000WAVE`, 'latin1');
  head.writeUInt32LE(rf64 ? 0xffffffff : Math.min(body.length + 4, 0xffffffff), 4);
  return new Uint8Array(Buffer.concat([head, body]));
}

/** A chunk with its padding byte where the length is odd. */
export function riffChunk(id: string, body: Uint8Array, claimedBytes: number = body.length): Uint8Array {
  const chunk = new Uint8Array(8 + body.length + (body.length % 2));
  chunk.set(Buffer.from(id, 'latin1'));
  new DataView(chunk.buffer).setUint32(4, claimedBytes, true);
  chunk.set(body, 8);
  return chunk;
}

function putSample(
  view: DataView,
  at: number,
  encoding: NonNullable<WavOptions['encoding']>,
  value: number,
): void {
  const whole = (scale: number) => Math.max(-scale, Math.min(scale - 1, Math.round(value * scale)));
  switch (encoding) {
    case 'u8':
      return view.setUint8(at, whole(128) + 128);
    case 's16':
      return view.setInt16(at, whole(32_768), true);
    case 's24':
      view.setUint16(at, whole(8_388_608) & 0xffff, true);
      return view.setInt8(at + 2, whole(8_388_608) >> 16);
    case 's32':
      return view.setInt32(at, whole(2_147_483_648), true);
    case 'f32':
      return view.setFloat32(at, value, true);
    case 'f64':
      return view.setFloat64(at, value, true);
  }
}

/**
 * A page of an Ogg file (RFC 3533): whole packets, or with `open` the last of them as far as it goes.
 * @param flags 1: goes on with a packet, 2: the stream's first, 4: its last
 */
export function oggPage(
  packets: readonly Uint8Array[],
  { serial = 1, sequence = 0, granule = 0n, flags = 0, open = false },
): Uint8Array {
  const lacing = packets.flatMap(({ length }, i) => {
    const full = new Array<number>(Math.floor(length / 255)).fill(255);
    return open && i === packets.length - 1 ? full : [...full, length % 255];
  });
  const head = Buffer.alloc(27);
  head.write('OggS', 'latin1');
  head[5] = flags;
  head.writeBigInt64LE(granule, 6);
  head.writeUInt32LE(serial, 14);
  head.writeUInt32LE(sequence, 18);
  head[26] = lacing.length;
  const page = Buffer.concat([head, Uint8Array.from(lacing), ...packets]);
  let crc = 0;
  for (const byte of page) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  }
  page.writeUInt32LE(crc >>> 0, 22);
  return page;
}

/** sin(2π · hertz · t) · amplitude */
export function tone(seconds: number, sampleRate: number, hertz: number, amplitude = 0.5): Float32Array {
  const samples = new Float32Array(Math.round(seconds * sampleRate));
  for (let i = 0; i < samples.length; i++) {
    samples[i] = amplitude * Math.sin((2 * Math.PI * hertz * i) / sampleRate);
  }
  return samples;
}

/** Repeatable noise in −0.5 … 0.5 (a 32-bit linear congruential generator). */
export function noise(length: number, seed = 1): Float32Array {
  let state = seed >>> 0;
  return new Float32Array(length).map(() => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
}

/** A fresh folder, and how to write into it and take it away. */
export async function scratchFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'curlew-'));
  return {
    folder,
    async write(name: string, bytes: Uint8Array | string): Promise<string> {
      const path = join(folder, name);
      await writeFile(path, bytes);
      return path;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Runs `work` as a user whom permissions bind; the superuser may read everything. */
export async function unprivileged<T>(folder: string, work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  const nobody = 65_534;
  await chmod(folder, 0o755);
  process.seteuid?.(nobody);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

/** Where one of the small recordings lies that are not made up. */
export const audioFixture = (name: string): string =>
  fileURLToPath(new URL(`../../test/fixtures/audio/${name}`, import.meta.url));
