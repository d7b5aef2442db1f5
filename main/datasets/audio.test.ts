import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asHeard } from '../../models/augmentation/pcm.ts';
import { decodeAll } from '../recordings/pcm16k.ts';
import { audioFixture, noise, scratchFolder, tone, wavBytes } from '../recordings/testing.ts';
import { readAudio, soundProblems } from './audio.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeAll(async () => {
  scratch = await scratchFolder();
});
afterAll(() => scratch.remove());

async function kindsOf(channels: Float32Array[], sampleRate = 16_000): Promise<string[]> {
  const path = await scratch.write('clip.wav', wavBytes(channels, { sampleRate }));
  return soundProblems('clip.wav', (await readAudio(path)).sound).map(({ kind }) => kind);
}

describe('a clip’s samples', () => {
  it.each(['stereo-44k1.mp3', 'mono-16k.flac', 'mono-16k.ogg', 'stereo-44k1-24bit.flac'])(
    'of %s are what decoding gives, as int16',
    async (name) => {
      const { pcm, sound, damage } = await readAudio(audioFixture(name));
      const expected = asHeard(await decodeAll(audioFixture(name)));
      expect(sound.samples).toBe(expected.length);
      expect(pcm.subarray(0, expected.length)).toEqual(expected);
      expect(pcm.every((sample) => Number.isInteger(sample * 32_768) && sample >= -1 && sample < 1)).toBe(
        true,
      );
      expect(damage).toBeNull();
    },
  );

  it('shorter than one window are followed by zeros', async () => {
    const path = await scratch.write('short.wav', wavBytes([tone(0.5, 16_000, 440)]));
    const { pcm, sound } = await readAudio(path);
    expect(sound.samples).toBe(8_000);
    expect(pcm).toHaveLength(15_600);
    expect(pcm.subarray(8_000).every((sample) => sample === 0)).toBe(true);
    expect(soundProblems('short.wav', sound)).toMatchObject([{ kind: 'too-short', outcome: 'used' }]);
    expect(soundProblems('short.wav', sound)[0]!.message).toContain('0.500 s');
  });

  it('end where reading is cancelled', async () => {
    await expect(readAudio(audioFixture('mono-16k.ogg'), AbortSignal.abort())).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });
});

describe('a sound', () => {
  it('as it should be gives no note', async () => {
    expect(await kindsOf([tone(1, 16_000, 440)])).toEqual([]);
    // Full scale once in a while is what normalised recordings reach.
    expect(await kindsOf([Float32Array.from(tone(1, 16_000, 440), (s, i) => (i < 16 ? 1 : s))])).toEqual([]);
  });

  it('below −80 dB is silent, above it is not', async () => {
    expect(await kindsOf([new Float32Array(16_000)])).toEqual(['silent']);
    expect(await kindsOf([tone(1, 16_000, 440, 9e-5)])).toEqual(['silent']);
    expect(await kindsOf([tone(1, 16_000, 440, 2e-4)])).toEqual([]);
  });

  it('with more than a thousandth of its samples at full scale is clipped', async () => {
    expect(await kindsOf([Float32Array.from(tone(1, 16_000, 440), (s, i) => (i < 17 ? -1 : s))])).toEqual([
      'clipped',
    ]);
    expect(await kindsOf([tone(1, 16_000, 440, 1.5)])).toEqual(['clipped']);
  });

  it('is clipped where one channel is, at the recording’s own rate', async () => {
    expect(await kindsOf([tone(1, 48_000, 440, 0.1), tone(1, 48_000, 440, 1.5)], 48_000)).toEqual([
      'clipped',
    ]);
  });

  it('may be both silent and too short', async () => {
    expect(await kindsOf([noise(100).fill(0)])).toEqual(['silent', 'too-short']);
  });
});
