import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Noise, type NoiseOptions } from '../boards/noise.ts';
import { cobsDecode, cobsEncode } from './cobs.ts';
import { crc16, crc32 } from './crc.ts';
import { base64Decode, base64Encode } from './base64.ts';
import { binaryDecoder, consoleDecoder, encodeBinary, encodeConsole, type Decoded } from './framing.ts';

const ascii = (text: string) => new TextEncoder().encode(text);
const framings = {
  console: { encode: encodeConsole, decoder: consoleDecoder },
  binary: { encode: encodeBinary, decoder: binaryDecoder },
};
const messages = (decoded: Decoded[]) =>
  decoded.flatMap((item) => (item.type === 'message' ? [[...item.body]] : []));
const join = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

describe('checksums', () => {
  test('CRC-16 and CRC-32 give the published check values for "123456789"', () => {
    expect(crc16(ascii('123456789'))).toBe(0x31c3);
    expect(crc32(ascii('123456789'))).toBe(0xcbf43926);
  });
});

describe('base64', () => {
  test('decodes the examples of RFC 4648', () => {
    const examples = {
      '': '',
      f: 'Zg==',
      fo: 'Zm8=',
      foo: 'Zm9v',
      foob: 'Zm9vYg==',
      fooba: 'Zm9vYmE=',
      foobar: 'Zm9vYmFy',
    };
    for (const [plain, encoded] of Object.entries(examples)) {
      expect(base64Encode(ascii(plain))).toEqual(ascii(encoded));
      expect(base64Decode(ascii(encoded))).toEqual(ascii(plain));
    }
  });

  test('refuses what is no base64', () => {
    for (const wrong of ['A', 'AA=A', '=AAA', 'AA*A', 'A===']) expect(base64Decode(ascii(wrong))).toBeNull();
  });
});

describe('COBS', () => {
  test('encodes the published examples', () => {
    expect([...cobsEncode(Uint8Array.of(0))]).toEqual([1, 1]);
    expect([...cobsEncode(Uint8Array.of(0x11, 0x22, 0, 0x33))]).toEqual([3, 0x11, 0x22, 2, 0x33]);
    const full = Uint8Array.from({ length: 254 }, (_, i) => i + 1);
    expect(cobsEncode(full)[0]).toBe(0xff);
  });

  test('gives any body back and leaves no zero', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1200 }), (body) => {
        const stuffed = cobsEncode(body);
        expect(stuffed.includes(0)).toBe(false);
        expect(stuffed.length).toBeLessThanOrEqual(body.length + Math.ceil(body.length / 254) + 1);
        expect(cobsDecode(stuffed)).toEqual(body);
      }),
    );
  });
});

describe.each(Object.entries(framings))('%s framing', (_name, { encode, decoder }) => {
  test('gives any message back, whatever pieces it comes in', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 600 }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
        (body, steps) => {
          const frame = encode(body);
          const decode = decoder();
          const out: Decoded[] = [];
          for (let at = 0, i = 0; at < frame.length; i++) {
            const end = at + (steps[i % steps.length] as number);
            out.push(...decode.push(frame.subarray(at, end)));
            at = end;
          }
          expect(out).toHaveLength(1);
          expect(messages(out)).toEqual([[...body]]);
        },
      ),
    );
  });

  test('reads two messages back to back, split at every offset', () => {
    const first = Uint8Array.from({ length: 200 }, (_, i) => i);
    const second = Uint8Array.of(0, 6, 9, 10, 4, 20, 0);
    const line = join(encode(first), encode(second));
    for (let cut = 0; cut <= line.length; cut++) {
      const decode = decoder();
      const out = [...decode.push(line.subarray(0, cut)), ...decode.push(line.subarray(cut))];
      expect(messages(out)).toEqual([[...first], [...second]]);
    }
  });

  test('never accepts a message with any one bit altered', () => {
    const body = Uint8Array.from({ length: 120 }, (_, i) => (i * 7) & 255);
    const frame = encode(body);
    for (let bit = 0; bit < frame.length * 8; bit++) {
      const altered = Uint8Array.from(frame);
      altered[bit >> 3] = (altered[bit >> 3] as number) ^ (1 << (bit & 7));
      const got = messages(decoder().push(join(altered, encode(Uint8Array.of(1)))));
      for (const message of got) expect([[...body], [1]]).toContainEqual(message);
    }
  });

  test('gives nothing but what was sent, whatever a bad line does to it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { minLength: 1, maxLength: 10 }),
        fc.integer(),
        fc.constantFrom<Omit<NoiseOptions, 'seed'>>(
          { bitErrorRate: 1e-3 },
          { bitErrorRate: 1e-2 },
          { bursts: { everyBytes: 300, bytes: 40 } },
          { lostBytes: 0.01, doubledBytes: 0.01 },
          { lostWrites: 0.2, doubledWrites: 0.2, bitErrorRate: 1e-4 },
        ),
        (bodies, seed, noise) => {
          const line = new Noise({ seed, ...noise });
          const decode = decoder();
          const sent = bodies.map((body) => [...body]);
          for (const body of bodies) {
            for (const got of messages(decode.push(line.pass(encode(body), 921_600)))) {
              expect(sent).toContainEqual(got);
            }
          }
          // The line is quiet again: at most one more message falls victim to what was left open.
          const after = [encode(Uint8Array.of(1, 2, 3)), encode(Uint8Array.of(4, 5, 6))];
          expect(messages(decode.push(join(...after)))).toContainEqual([4, 5, 6]);
        },
      ),
      // A check of 16 bits misses one damaged message in 65,536: the same ones are tried each time.
      { seed: 20_261, numRuns: 200 },
    );
  });

  test('counts noise as discarded and reads on after it', () => {
    const noise = ascii('boot: hello\n\0');
    const out = decoder().push(join(noise, encode(Uint8Array.of(5, 6, 7))));
    expect(messages(out)).toEqual([[5, 6, 7]]);
    expect(out.some((item) => item.type === 'discarded')).toBe(true);
  });

  test('takes endless bytes without a frame and gives them up in bounded pieces', () => {
    const decode = decoder();
    const out = decode.push(new Uint8Array(100_000).fill(0x55));
    const lengths = out.map((item) => (item.type === 'discarded' ? item.bytes.length : -1));
    expect(lengths.length).toBeGreaterThan(5);
    for (const length of lengths) expect(length).toBeGreaterThan(0);
  });
});

describe('console framing', () => {
  test('reads a message right behind any bytes, as the answer in binary framing before it', () => {
    const read = (before: Uint8Array): void => {
      expect(messages(consoleDecoder().push(join(before, encodeConsole(Uint8Array.of(5)))))).toEqual([[5]]);
    };
    // The answer to an echo numbered 6: the number and the COBS code behind it look like the start of a line.
    read(Uint8Array.of(0, 2, 11, 1, 2, 4, 1, 2, 6, 9, 0xa1, 0x61, 0x72, 0x60, 1, 2, 3, 4, 0));
    const bytes = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0x04, 0x06, 0x09, 0x14, 0x0a));
    fc.assert(fc.property(fc.array(bytes, { maxLength: 300 }), (before) => read(Uint8Array.from(before))));
  });

  test('keeps every line within 127 bytes', () => {
    const lines = new TextDecoder('latin1').decode(encodeConsole(new Uint8Array(500).fill(9))).split('\n');
    for (const line of lines) expect(line.length + 1).toBeLessThanOrEqual(127);
  });
});
