import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CaptureReader } from './capture-reader.ts';
import { CaptureWriter } from './capture-writer.ts';
import { lastEdges } from './last-edges.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'curlew-edges-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

/** 1 mA, and 5 mA from sample 30,000 up to 80,000; the input is low for one sample at each place. */
function told(lowAt: readonly number[], doubtful: readonly { from: number; to: number }[] = []) {
  const writer = new CaptureWriter(folder);
  for (let at = 0; at < 100_000; at++)
    writer.sample(at >= 30_000 && at < 80_000 ? 5e-3 : 1e-3, lowAt.includes(at) ? 0 : 0b10, 2);
  writer.end();
  const reader = new CaptureReader(folder);
  const found = lastEdges(reader, 100_000, { pin: 1, volts: 3, doubtful });
  reader.close();
  return found;
}

test('energy is what lies between the last two falls, each known to a sample', () => {
  const { edges, between, doubtful } = told([10, 30_000, 80_000]);
  expect([edges, doubtful]).toEqual([3, false]);
  expect(between!.seconds).toBe(0.5);
  expect(between!.joules).toBeCloseTo(3 * 5e-3 * 0.5, 9);
  expect(between!.parts.edges).toBeGreaterThan(0);
});

test.each([
  [[], 0],
  [[500], 1],
])('an input that falls at %j fell too seldom', (lowAt, edges) => {
  expect(told(lowAt)).toEqual({ edges, between: null, doubtful: false });
});

test('samples that are missing nobody knows where make it doubtful, unless all of them lie beside it', () => {
  expect(told([30_000, 80_000], [{ from: 79_999, to: 90_000 }]).doubtful).toBe(true);
  expect(told([30_000, 80_000], [{ from: 80_000, to: 90_000 }]).doubtful).toBe(false);
});
