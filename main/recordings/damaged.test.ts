/** Whatever bytes a file holds: audio or a CurlewError, and an end. */
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CurlewError } from '../contract/error.ts';
import { openRecording } from './decode.ts';
import { audioFixture, noise, riffChunk, scratchFolder, wavBytes } from './testing.ts';

const fixture = (name: string) => readFile(audioFixture(name));
const fixtures = [
  'mono-16k.flac',
  'mono-16k.ogg',
  'stereo-44k1.mp3',
  'mono-16k-untagged.mp3',
  'mono-48k.opus',
];

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeAll(async () => {
  // The decoders' packages write each error to the console as well.
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  scratch = await scratchFolder();
});
afterAll(async () => {
  vi.restoreAllMocks();
  await scratch.remove();
});

/** @returns samples decoded, or the code of the refusal; throws for anything else */
async function outcome(bytes: Uint8Array): Promise<number | string> {
  const path = await scratch.write('damaged', bytes);
  try {
    const recording = await openRecording(path);
    let samples = 0;
    for await (const { channels, startSample } of recording.chunks()) {
      if (startSample !== samples) throw new Error(`a hole at sample ${samples}`);
      samples += channels[0]!.length;
      for (const channel of channels) {
        if (channel.length !== channels[0]!.length) throw new Error('channels of different lengths');
        if (!channel.every(Number.isFinite)) throw new Error('a sample that is no number');
      }
    }
    return samples;
  } catch (thrown) {
    if (thrown instanceof CurlewError && thrown.code.startsWith('FILE_')) return thrown.code;
    throw thrown;
  }
}

describe('a damaged recording ends as audio or as a CurlewError', () => {
  it.each(fixtures)('%s cut at many places', async (name) => {
    const whole = await fixture(name);
    const cuts = [
      ...Array(40).keys(),
      ...Array.from({ length: 30 }, (_, i) => Math.floor((i * whole.length) / 30)),
    ];
    for (const cut of cuts) await outcome(whole.subarray(0, cut));
  });

  it.each(fixtures)('%s with altered bytes', async (name) => {
    const whole = await fixture(name);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ at: fc.nat(whole.length - 1), value: fc.nat(255) }), {
          minLength: 1,
          maxLength: 20,
        }),
        async (changes) => {
          const bytes = Buffer.from(whole);
          for (const { at, value } of changes) bytes[at] = value;
          await outcome(bytes);
        },
      ),
      { numRuns: 30 },
    );
  });

  it.each(fixtures)('%s with a stretch removed, repeated or of noise', async (name) => {
    const whole = await fixture(name);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.integer({ min: 1, max: 4_000 }),
        fc.constantFrom('removed', 'repeated', 'noise'),
        async (at, length, kind) => {
          const middle =
            kind === 'removed'
              ? Buffer.alloc(0)
              : kind === 'repeated'
                ? Buffer.concat([whole.subarray(at, at + length), whole.subarray(at, at + length)])
                : Buffer.from(noise(length, at).map((sample) => (sample + 0.5) * 256));
          await outcome(Buffer.concat([whole.subarray(0, at), middle, whole.subarray(at + length)]));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('a WAV file with altered header bytes', async () => {
    const whole = wavBytes([noise(500), noise(500)], {
      extensible: true,
      before: [riffChunk('LIST', new Uint8Array(20))],
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ at: fc.nat(120), value: fc.nat(255) }), { minLength: 1, maxLength: 6 }),
        async (changes) => {
          const bytes = whole.slice();
          for (const { at, value } of changes) bytes[at] = value;
          await outcome(bytes);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('random bytes, bare and behind the mark of each format', async () => {
    const marks = [
      '',
      'RIFF\0\0\0\0WAVE',
      'RIFF\0\0\0\0WAVEfmt ',
      'fLaC\x80\0\0\x22',
      'OggS\0\x02',
      'ID3\x04\0\0\0\0\0\0',
      '\xff\xfb\x90\x64',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...marks),
        fc.uint8Array({ maxLength: 3_000 }),
        async (mark, bytes) => {
          await outcome(Buffer.concat([Buffer.from(mark, 'latin1'), bytes]));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('random bytes alone are refused', async () => {
    for (let seed = 1; seed < 20; seed++) {
      const bytes = Uint8Array.from(noise(200_000, seed), (sample) => (sample + 0.5) * 256);
      expect(await outcome(bytes)).toBe('FILE_NOT_AUDIO');
    }
  });
});
