import { describe, expect, it } from 'vitest';
import { parseFlacHeader, type FlacStreamInfo } from '../flac-frames.ts';
import { decodeFlacFrame } from './flac-frame.ts';

/** RFC 9639, 9: bits, the highest first. */
class Bits {
  private text = '';

  put(value: number | bigint, count: number): this {
    this.text += (BigInt(value) & ((1n << BigInt(count)) - 1n))
      .toString(2)
      .padStart(count, '0')
      .slice(0, count);
    return this;
  }

  unary(zeros: number): this {
    this.text += `${'0'.repeat(zeros)}1`;
    return this;
  }

  rice(value: number, parameter: number): this {
    const code = value < 0 ? -2 * value - 1 : 2 * value;
    return this.unary(Math.floor(code / 2 ** parameter)).put(code % 2 ** parameter, parameter);
  }

  bytes(): number[] {
    const whole = this.text.padEnd(Math.ceil(this.text.length / 8) * 8, '0');
    return (whole.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2));
  }
}

function crc(bytes: readonly number[], width: 8 | 16, polynomial: number): number {
  let value = 0;
  for (const byte of bytes)
    for (let bit = 7; bit >= 0; bit--) {
      const top = ((value >> (width - 1)) ^ (byte >> bit)) & 1;
      value = ((value << 1) & (2 ** width - 1)) ^ (top ? polynomial : 0);
    }
  return value;
}

const depthCodes = new Map([
  [8, 1],
  [12, 2],
  [16, 4],
  [20, 5],
  [24, 6],
  [32, 7],
]);

interface Frame {
  count: number;
  /** 0 to 7: so many channels and one; 8 left and side, 9 side and right, 10 mid and side. */
  assignment?: number;
  depth?: number;
}

function frame({ count, assignment = 0, depth = 16 }: Frame, body: (bits: Bits) => void): Uint8Array {
  const head = [0xff, 0xf8, 0x70, (assignment << 4) | (depthCodes.get(depth)! << 1), 0];
  head.push((count - 1) >> 8, (count - 1) & 255);
  const bits = new Bits();
  body(bits);
  const all = [...head, crc(head, 8, 0x07), ...bits.bytes()];
  const check = crc(all, 16, 0x8005);
  return Uint8Array.from([...all, check >> 8, check & 255]);
}

const info: FlacStreamInfo = {
  ...{ sampleRate: 48_000, channels: 1, depth: 16, samples: null, minBlock: 16, maxBlock: 4096 },
};

function decoded(bytes: Uint8Array, channels = 1, depth = 16): { bytes: number; steps: number[][] } | null {
  const header = parseFlacHeader(bytes, 0, { ...info, channels });
  const found = header && decodeFlacFrame(bytes, header, info);
  if (!found) return null;
  return {
    bytes: found.bytes,
    steps: found.channels.map((channel) => [...channel].map((sample) => sample * 2 ** (depth - 1))),
  };
}

const wave = Array.from({ length: 32 }, (_, i) => Math.round(9_000 * Math.sin(i / 3)) + ((i * 7) % 5));

/** One partition, Rice codes. @param left what prediction leaves */
function residual(bits: Bits, left: readonly number[], parameter: number): void {
  bits.put(0, 2).put(0, 4).put(parameter, 4);
  for (const value of left) bits.rice(value, parameter);
}

function fixed(bits: Bits, samples: readonly number[], order: number, depth = 16): void {
  bits.put((8 + order) << 1, 8);
  let left = [...samples];
  for (let k = 0; k < order; k++) left = left.map((value, i) => (i > k ? value - left[i - 1]! : value));
  for (const sample of samples.slice(0, order)) bits.put(sample, depth);
  residual(bits, left.slice(order), 7);
}

function verbatim(bits: Bits, samples: readonly number[], depth = 16): void {
  bits.put(1 << 1, 8);
  for (const sample of samples) bits.put(sample, depth);
}

describe('a FLAC frame', () => {
  it.each([8, 12, 16, 20, 24, 32])('of one sample over and over, %i bits', (depth) => {
    const least = -(2 ** (depth - 1));
    const bytes = frame({ count: 16, depth }, (bits) => bits.put(0, 8).put(least, depth));
    expect(decoded(bytes, 1, depth)).toEqual({ bytes: bytes.length, steps: [Array(16).fill(least)] });
  });

  it('of samples as they are, and what follows it is not looked at', () => {
    const bytes = frame({ count: 32 }, (bits) => verbatim(bits, wave));
    const more = Uint8Array.from([...bytes, 0xff, 0xf8, 1, 2, 3]);
    expect(decoded(more)).toEqual({ bytes: bytes.length, steps: [wave] });
  });

  it.each([0, 1, 2, 3, 4])('of the fixed predictor of order %i', (order) => {
    const bytes = frame({ count: 32 }, (bits) => fixed(bits, wave, order));
    expect(decoded(bytes)?.steps).toEqual([wave]);
  });

  it.each([1, 2, 12, 32])('of a linear predictor of order %i', (order) => {
    const factors = Array.from({ length: order }, (_, k) => ((k * 37) % 23) - 11);
    const samples = [...wave, ...wave];
    const left = samples.map((sample, i) => {
      if (i < order) return 0;
      const sum = factors.reduce((total, factor, k) => total + factor * samples[i - 1 - k]!, 0);
      return sample - (sum >> 4);
    });
    const bytes = frame({ count: 64 }, (bits) => {
      bits.put((31 + order) << 1, 8);
      for (const sample of samples.slice(0, order)) bits.put(sample, 16);
      bits.put(5 - 1, 4).put(4, 5);
      for (const factor of factors) bits.put(factor, 5);
      residual(bits, left.slice(order), 9);
    });
    expect(decoded(bytes)?.steps).toEqual([samples]);
  });

  it('of partitions with a Rice parameter each, raw ones and empty ones among them', () => {
    const samples = [
      ...wave.slice(0, 8),
      ...Array<number>(8).fill(0),
      ...wave.slice(0, 8),
      1,
      -1,
      0,
      0,
      2,
      -2,
      0,
      1,
    ];
    const bytes = frame({ count: 32 }, (bits) => {
      bits
        .put(8 << 1, 8)
        .put(1, 2)
        .put(2, 4);
      bits.put(30, 5);
      for (const value of samples.slice(0, 8)) bits.rice(value, 30);
      bits.put(31, 5).put(0, 5);
      bits.put(31, 5).put(15, 5);
      for (const value of samples.slice(16, 24)) bits.put(value, 15);
      bits.put(0, 5);
      for (const value of samples.slice(24)) bits.rice(value, 0);
    });
    expect(decoded(bytes)?.steps).toEqual([samples]);
  });

  it('of Rice codes with long runs of zeros, wherever they lie', () => {
    for (let shift = 0; shift < 64; shift++) {
      const samples = [
        ...Array<number>(shift).fill(0),
        40,
        -31,
        32,
        200,
        -1,
        ...Array<number>(70 - shift).fill(1),
      ];
      const bytes = frame({ count: samples.length }, (bits) => {
        bits.put(8 << 1, 8);
        residual(bits, samples, 0);
      });
      expect(decoded(bytes)?.steps).toEqual([samples]);
    }
  });

  it('with low bits that are 0 in all samples', () => {
    const bytes = frame({ count: 32 }, (bits) => {
      bits.put((1 << 1) | 1, 8).unary(2);
      for (const sample of wave) bits.put(sample >> 3, 13);
    });
    expect(decoded(bytes)?.steps).toEqual([wave.map((sample) => (sample >> 3) * 8)]);
  });

  it.each([
    ['left and side', 8, 16],
    ['side and right', 9, 16],
    ['mid and side', 10, 16],
    ['left and side', 8, 32],
    ['side and right', 9, 32],
    ['mid and side', 10, 32],
  ])('of %s (assignment %i, %i bits), at full scale too', (_, assignment, depth) => {
    const top = 2 ** (depth - 1);
    // As floats hold them.
    const step = depth === 32 ? 256 : 1;
    const left = [top - step, -top, top - step, -top, ...wave.slice(0, 28).map((x) => x * step)];
    const right = [-top, top - step, top - step, -top, ...wave.slice(4).map((x) => -x * step)];
    const side = left.map((value, i) => value - right[i]!);
    const mid = left.map((value, i) => Math.floor((value + right[i]!) / 2));
    const bytes = frame({ count: 32, assignment, depth }, (bits) => {
      if (assignment === 9) {
        verbatim(bits, side, depth + 1);
        verbatim(bits, right, depth);
      } else {
        verbatim(bits, assignment === 8 ? left : mid, depth);
        verbatim(bits, side, depth + 1);
      }
    });
    expect(decoded(bytes, 2, depth)?.steps).toEqual([left, right]);
  });

  it('of eight channels', () => {
    const channels = Array.from({ length: 8 }, (_, c) => wave.map((sample) => sample - c));
    const bytes = frame({ count: 32, assignment: 7 }, (bits) =>
      channels.forEach((channel, c) => fixed(bits, channel, c % 5)),
    );
    expect(decoded(bytes, 8)?.steps).toEqual(channels);
  });

  it('is none where it is cut short anywhere, or any bit of it is another', () => {
    const bytes = frame({ count: 32 }, (bits) => fixed(bits, wave, 2));
    for (let length = 0; length < bytes.length; length++) expect(decoded(bytes.slice(0, length))).toBeNull();
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3]! ^= 0x80 >> (bit & 7);
      expect(decoded(damaged)).toBeNull();
    }
  });

  it.each<[string, (bits: Bits) => void]>([
    ['a kind of subframe that there is not', (bits) => bits.put(2 << 1, 8)],
    ['a subframe that does not begin with a 0', (bits) => bits.put(0x80, 8)],
    ['a predictor longer than the frame', (bits) => bits.put(63 << 1, 8)],
    ['more bits wasted than there are', (bits) => bits.put(1, 8).unary(16)],
    ['a residual of a method that there is not', (bits) => bits.put(8 << 1, 8).put(2, 2)],
    [
      'partitions that do not divide it',
      (bits) =>
        bits
          .put(8 << 1, 8)
          .put(0, 2)
          .put(5, 4),
    ],
    [
      'a predictor longer than its partition',
      (bits) =>
        bits
          .put(12 << 1, 8)
          .put(0, 64)
          .put(0, 2)
          .put(4, 4),
    ],
    [
      'a shift to the other side',
      (bits) =>
        bits
          .put(32 << 1, 8)
          .put(0, 16)
          .put(4, 4)
          .put(31, 5),
    ],
    [
      'factors of no length',
      (bits) =>
        bits
          .put(32 << 1, 8)
          .put(0, 16)
          .put(15, 4)
          .put(4, 5),
    ],
  ])('is none with %s, though its checksum holds', (_, body) => {
    const bytes = frame({ count: 16 }, (bits) => {
      body(bits);
      for (let i = 0; i < 32; i++) bits.put(0xaaaa, 16);
    });
    expect(decoded(bytes)).toBeNull();
  });
});
