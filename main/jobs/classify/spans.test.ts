import { describe, expect, it } from 'vitest';
import type { RecordingInfo } from '../../contract/types.ts';
import { expertGrid } from './grid.ts';
import { spansOf } from './spans.ts';

const answering = { grid: expertGrid(48), classes: ['curlew', 'rain'], mostWindows: null };
const recording = (seconds: number, format = 'WAV', channels = 1): RecordingInfo => ({
  ...{ path: '/card/A.WAV', format, sampleRate: 48_000, channels, seconds, bytes: seconds * 96_000 },
});

describe('a long recording', () => {
  it('is shared out in parts of some five minutes, one as long as the other', () => {
    const spans = spansOf(recording(3600), 'mix', answering);
    expect(spans).toHaveLength(12);
    expect(spans[0]!.fromWindow).toBe(0);
    expect(spans.at(-1)!.toWindow).toBeNull();
    // 7,498 windows of 0.975 s begin every 0.48 s in an hour.
    const lengths = spans.map(({ fromWindow, toWindow }) => (toWindow ?? 7_498) - fromWindow);
    expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
    spans.slice(1).forEach(({ fromWindow }, i) => expect(fromWindow).toBe(spans[i]!.toWindow));
  });

  it('of many windows a second, or of a model with many classes, has shorter parts', () => {
    expect(spansOf(recording(120), 'mix', { ...answering, grid: expertGrid(1) })).toHaveLength(3);
    const classes = Array.from({ length: 10_000 }, (_, i) => `class ${i}`);
    expect(spansOf(recording(3600), 'mix', { ...answering, classes })).toHaveLength(19);
  });

  it('is shared out as FLAC the same way', () => {
    expect(spansOf(recording(3600, 'FLAC'), 'mix', answering)).toEqual(
      spansOf(recording(3600), 'mix', answering),
    );
  });

  it('is one part of each channel where it can only be read from its beginning', () => {
    expect(spansOf(recording(3600, 'MP3', 2), 'each', answering)).toEqual([
      { channel: 0, fromWindow: 0, toWindow: null },
      { channel: 1, fromWindow: 0, toWindow: null },
    ]);
  });
});
