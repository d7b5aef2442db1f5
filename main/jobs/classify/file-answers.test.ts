import { describe, expect, it } from 'vitest';
import type { RecordingAbout } from '../../contract/types.ts';
import { usualSettings } from './contract/settings.ts';
import { fileResults, type HeardPart } from './file-answers.ts';
import { expertGrid } from './grid.ts';
import type { Windows } from './windows.ts';
import type { Looked } from './worker-messages.ts';

const grid = expertGrid(48);
const windows = (count: number): Windows => ({
  count,
  probabilities: Float32Array.from({ length: 2 * count }, (_, i) => 1 - (i % 2)),
  place: new Uint8Array(count),
  curiosity: new Float32Array(count),
  entropy: new Float32Array(count),
  heard: new Uint8Array(count).fill(1),
});
const part = (count: number, samples: number): HeardPart => ({
  windows: windows(count),
  end: {
    samples,
    notes: [{ code: 'cut-short', level: 'damaged', text: 'It is cut short.' }],
    readMs: 1,
    modelMs: 1,
  },
});
const looked: Looked = {
  info: { path: '/A.flac', format: 'FLAC', sampleRate: 48_000, channels: 1, seconds: 900, bytes: 9 },
  about: { startMs: null } as RecordingAbout,
  ...{ bytes: 9, modifiedMs: 0, sha256: '00', ms: 1 },
};
const results = (parts: HeardPart[], about: Partial<RecordingAbout> = {}) =>
  fileResults(
    'job',
    { fileId: 0, path: '/A.flac', bytes: 9, modifiedMs: 0 },
    { ...looked, about: { ...looked.about, ...about } },
    [0, 100, 200].map((fromWindow) => ({
      channel: null,
      fromWindow,
      toWindow: fromWindow === 200 ? null : fromWindow + 100,
    })),
    parts,
    { grid, classes: ['curlew', 'rain'], experts: ['expert'], routed: false, mostWindows: null },
    usualSettings,
  );

describe('the parts of a recording', () => {
  it('that ends before its header says have its true length, whichever parts found nothing', () => {
    const { file } = results([part(100, 768_000), part(30, 1_000_000), part(0, 0)]);
    expect(file).toMatchObject({ windows: 130, seconds: 1_000_000 / 16_000 });
  });

  it('count up to where one of them ended early: what follows has no place in time', () => {
    const { file } = results([part(100, 768_000), part(30, 1_000_000), part(80, 2_300_000)]);
    expect(file).toMatchObject({ windows: 130, seconds: 1_000_000 / 16_000 });
  });

  it('begin so long before the file was last written as they truly are, where nothing else tells when', () => {
    const parts = [part(100, 768_000), part(30, 1_000_000), part(0, 0)];
    const written = Date.UTC(2026, 5, 1, 6);
    const startMs = written - 900_000;
    const byDate = results(parts, { startMs, timeSource: 'modification time' });
    expect(byDate.file.startMs).toBe(written - 62_500);
    expect(byDate.detections[0]!.atMs).toBe(written - 62_500);
    expect(results(parts, { startMs, timeSource: 'file name' }).file.startMs).toBe(startMs);
  });
});
