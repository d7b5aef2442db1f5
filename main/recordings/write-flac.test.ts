import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../models/training/random.ts';
import { openRecording } from './decode.ts';
import { scratchFolder } from './testing.ts';
import { flacFile } from './write-flac.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeAll(async () => {
  scratch = await scratchFolder();
});
afterAll(() => scratch.remove());

const random = new Random(7);
const of = (length: number, sample: (i: number) => number): Int16Array =>
  Int16Array.from({ length }, (_, i) => sample(i));
const tone = (length: number) => of(length, (i) => 12_000 * Math.sin(i / 20));
const noise = (length: number) => of(length, () => Math.floor(65_536 * random.uniform()) - 32_768);
const cases: [string, Int16Array[], number][] = [
  ['silence', [new Int16Array(10_000)], 16_000],
  ['one sample', [of(1, () => -5)], 16_000],
  ['fewer samples than the predictor would have', [of(3, (i) => 100 * i * i)], 16_000],
  ['a tone whose end is no whole block', [tone(4096 * 2 + 777)], 48_000],
  ['an odd length', [tone(4095)], 44_100],
  ['noise at full scale, which cannot be packed', [noise(9_000)], 48_000],
  ['the extremes by turns', [of(5_000, (i) => (i % 2 === 0 ? 32_767 : -32_768))], 96_000],
  ['two channels', [tone(9_000), noise(9_000)], 48_000],
  ['eight channels', Array.from({ length: 8 }, (_, c) => of(5_000, (i) => c * 100 + (i % 50))), 22_050],
  ['a rare outlier in silence', [of(8_192, (i) => (i === 5_000 ? 30_000 : 0))], 384_000],
  ['more blocks than a byte counts', [of(4096 * 130, (i) => (i % 4096) - 2048)], 250_000],
  ['a ramp', [of(6_000, (i) => i - 3_000)], 16_000],
];

/** Of the samples as the format lists them: by time, then by channel, 16 bits each. */
const md5Of = (channels: readonly Int16Array[]): string =>
  createHash('md5')
    .update(
      Int16Array.from(
        { length: channels.length * channels[0]!.length },
        (_, i) => channels[i % channels.length]![Math.floor(i / channels.length)]!,
      ),
    )
    .digest('hex');

const hasFlac = spawnSync('flac', ['--version']).status === 0;

describe('a FLAC file', () => {
  it.each(cases)(
    'of %s holds the very samples, and says so of itself',
    async (name, channels, sampleRate) => {
      const bytes = flacFile(channels, sampleRate);
      const path = await scratch.write(`${name.replaceAll(/\W/g, '-')}.flac`, bytes);
      const recording = await openRecording(path);
      expect(recording.info).toMatchObject({ format: 'FLAC', sampleRate, channels: channels.length });
      expect(recording.info.seconds).toBe(channels[0]!.length / sampleRate);
      const heard = channels.map((): number[] => []);
      for await (const chunk of recording.chunks())
        chunk.channels.forEach((one, c) => heard[c]!.push(...Array.from(one, (sample) => sample * 32_768)));
      expect(recording.notes).toEqual([]);
      heard.forEach((samples, c) => expect(Int16Array.from(samples)).toEqual(channels[c]));
      expect(Buffer.from(bytes.subarray(26, 42)).toString('hex')).toBe(md5Of(channels));
    },
  );

  it.skipIf(!hasFlac).each(cases)(
    'of %s is read by FLAC’s own program (flac)',
    async (name, channels, sampleRate) => {
      const path = await scratch.write(
        `own-${name.replaceAll(/\W/g, '-')}.flac`,
        flacFile(channels, sampleRate),
      );
      const raw = path.replace('.flac', '.raw');
      const words = [
        '--silent',
        '--force',
        '--decode',
        '--force-raw-format',
        '--endian=little',
        '--sign=signed',
        '-o',
        raw,
        path,
      ];
      const { status, stderr } = spawnSync('flac', words, { encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
      expect(
        createHash('md5')
          .update(await readFile(raw))
          .digest('hex'),
      ).toBe(md5Of(channels));
    },
  );

  it('is smaller than the samples where they can be told beforehand, and hardly larger where not', () => {
    expect(flacFile([tone(48_000)], 48_000).length).toBeLessThan(0.6 * 96_000);
    expect(flacFile([noise(48_000)], 48_000).length).toBeLessThan(1.01 * 96_000);
  });

  it('is refused where the format has no room', () => {
    const many = Array.from({ length: 9 }, () => new Int16Array(10));
    expect(() => flacFile(many, 48_000)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
    expect(() => flacFile([new Int16Array(10)], 2 ** 20)).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID' }),
    );
  });
});
