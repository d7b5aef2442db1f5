// @vitest-environment jsdom
import { flushPromises } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope } from 'vue';
import { useRecordingPlayer } from './recording-player.ts';

interface Source {
  buffer: { rate: number; length: number } | null;
  playbackRate: { value: number };
  at: number;
  stopped: boolean;
  onended: (() => void) | null;
}
let sources: Source[];

/** As much of the browser's as is used; its clock stands still. */
class AudioContextDouble {
  currentTime = 10;
  destination = {};
  resume = async () => undefined;
  close = async () => undefined;
  createBuffer = (_channels: number, length: number, rate: number) => ({
    length,
    rate,
    copyToChannel: () => undefined,
  });
  createBufferSource() {
    const source: Source & { connect(): void; start(at: number): void; stop(): void } = {
      buffer: null,
      playbackRate: { value: 1 },
      at: NaN,
      stopped: false,
      onended: null,
      connect: () => undefined,
      start: (at) => void (source.at = at),
      stop: () => void (source.stopped = true),
    };
    sources.push(source);
    return source;
  }
}

const rate = 384_000;
const recordingS = 2;
function player() {
  const asked: number[] = [];
  const failures: unknown[] = [];
  const scope = effectScope();
  const made = scope.run(() =>
    useRecordingPlayer(
      async (startS, seconds) => {
        asked.push(startS);
        const length = Math.round(Math.max(0, Math.min(seconds, recordingS - startS)) * rate);
        return { samples: new Float32Array(length), sampleRate: rate };
      },
      (thrown) => failures.push(thrown),
    ),
  )!;
  return { ...made, asked, failures, scope };
}
const end = async (source: Source) => {
  source.onended?.();
  await flushPromises();
};

describe('a recording played from anywhere on', () => {
  beforeEach(() => {
    sources = [];
    vi.stubGlobal('AudioContext', AudioContextDouble);
  });
  afterEach(() => vi.unstubAllGlobals());

  it('plays its pieces one after another, slowed down, until it ends', async () => {
    const { play, atS, asked, scope } = player();
    await play(1.5, 1 / 10);
    await flushPromises();
    // A second of what is heard, then four: the one before is still playing.
    expect(asked.map((s) => s.toFixed(1))).toEqual(['1.5', '1.6']);
    expect(sources.map(({ at }) => at.toFixed(3))).toEqual(['10.000', '11.000']);
    const [first] = sources as [Source];
    expect((first.buffer!.rate * first.playbackRate.value) / rate).toBeCloseTo(1 / 10, 9);
    expect(atS.value).toBe(1.5);
    await end(sources[0]!);
    await end(sources[1]!);
    expect(atS.value).toBeNull();
    scope.stop();
  });

  it('gives browsers rates that they take', async () => {
    const { play, scope } = player();
    await play(0, 1);
    await flushPromises();
    for (const { buffer, playbackRate } of sources) {
      expect(buffer!.rate).toBe(96_000);
      expect(playbackRate.value).toBe(4);
    }
    scope.stop();
  });

  it('plays from the new place only when it is told to play from another', async () => {
    const { play, atS, scope } = player();
    await play(0, 1);
    await flushPromises();
    const before = [...sources];
    await play(1, 1);
    await flushPromises();
    expect(before.every(({ stopped }) => stopped)).toBe(true);
    expect(atS.value).toBe(1);
    scope.stop();
  });

  it('says nothing of a place behind its end', async () => {
    const { play, atS, failures, scope } = player();
    await play(7, 1);
    expect(sources).toEqual([]);
    expect(atS.value).toBeNull();
    expect(failures).toEqual([]);
    scope.stop();
  });
});
