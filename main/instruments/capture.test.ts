import { appendFile, mkdtemp, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CaptureReader } from './capture-reader.ts';
import { CaptureWriter } from './capture-writer.ts';
import { envelopeOf } from './envelope.ts';
import { levelNames, pageBytes, pageSamples, samplesName } from './pages.ts';
import { recoverCapture } from './recover.ts';
import { gap, Totals } from './totals.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'curlew-capture-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Exact as float32. */
const currentAt = (sample: number): number => Math.fround(1e-3 * (1 + (sample % 1000) / 1000));
const isLost = (sample: number): boolean => sample >= 70_000 && sample < 70_300;
const count = 3 * 65_536 + 1234;

function written(samples = count): CaptureWriter {
  const writer = new CaptureWriter(folder);
  for (let at = 0; at < samples; at++) {
    if (isLost(at)) writer.lost(1);
    else writer.sample(currentAt(at), at & 0xff, at % 5);
  }
  return writer;
}

function expected(from: number, to: number): Totals {
  const { samples, totals } = { samples: new Float32Array(to - from), totals: new Totals() };
  const ranges = new Uint8Array(to - from);
  const logic = new Uint8Array(to - from);
  for (let at = from; at < to; at++) {
    samples[at - from] = isLost(at) ? NaN : currentAt(at);
    ranges[at - from] = isLost(at) ? gap : at % 5;
    logic[at - from] = at & 0xff;
  }
  const before = from === 0 || isLost(from - 1) ? NaN : currentAt(from - 1);
  totals.take({ currents: samples, logic, ranges }, 0, to - from, before);
  return totals;
}

const same = (one: Totals, other: Totals): void => {
  for (const key of ['covered', 'count', 'lost', 'ever', 'always'] as const)
    expect(one[key]).toBe(other[key]);
  for (const key of ['min', 'max'] as const) expect(one[key]).toBe(Math.fround(other[key]));
  for (const key of ['sum', 'squares', 'differences'] as const)
    expect(Math.abs(one[key] - other[key])).toBeLessThanOrEqual(1e-9 * Math.abs(other[key]));
  expect([...one.counts]).toEqual([...other.counts]);
};

test('every sample is read back as it was written, lost ones as gaps', () => {
  written().end();
  const reader = new CaptureReader(folder);
  expect(reader.samples).toBe(count);
  const { currents, logic, ranges } = reader.read(0, count);
  for (let at = 0; at < count; at++) {
    if (isLost(at)) expect([ranges[at], currents[at]]).toEqual([gap, NaN]);
    else if (currents[at] !== currentAt(at) || logic[at] !== (at & 0xff) || ranges[at] !== at % 5)
      expect.fail(`sample ${at} is ${currents[at]}, ${logic[at]}, ${ranges[at]}`);
  }
  reader.close();
});

test.each([
  [0, count],
  [1, count - 1],
  [255, 257],
  [4095, 4097],
  [65_536, 131_072],
  [69_900, 70_400],
  [count - 1, count],
  [5000, 5000],
])('what samples %i to %i come to is the same from the levels as from each of them', (from, to) => {
  written().end();
  const reader = new CaptureReader(folder);
  same(reader.totals(from, to), expected(from, to));
  reader.close();
});

test.each([1, 7, 100, 1000, 4000])(
  'an envelope of %i stretches holds every extreme and every loss',
  (points) => {
    written().end();
    const reader = new CaptureReader(folder);
    const drawn = envelopeOf(reader, 0, count, points);
    expect(drawn.min.length).toBeLessThanOrEqual(points);
    expect(Math.min(...drawn.min.map((one) => one ?? Infinity))).toBe(currentAt(0));
    expect(Math.max(...drawn.max.map((one) => one ?? 0))).toBe(currentAt(999));
    expect(drawn.lost.reduce((sum, one) => sum + one)).toBe(300);
    reader.close();
  },
);

test('an envelope of so little that each sample is a stretch is those samples', () => {
  written().end();
  const reader = new CaptureReader(folder);
  const drawn = envelopeOf(reader, 69_998, 70_002, 1000);
  expect(drawn).toMatchObject({ fromSample: 69_998, everySamples: 1, lost: [0, 0, 1, 1] });
  expect(drawn.mean).toEqual([currentAt(69_998), currentAt(69_999), null, null]);
  reader.close();
});

test('a spike of one sample among a million is seen from afar', () => {
  const writer = new CaptureWriter(folder);
  for (let at = 0; at < 1 << 20; at++) writer.sample(at === 777_777 ? 0.5 : 1e-6, 0, 0);
  writer.end();
  const reader = new CaptureReader(folder);
  const { max, everySamples } = envelopeOf(reader, 0, 1 << 20, 10);
  expect(max.map((one) => one === 0.5)).toEqual(
    Array.from({ length: 10 }, (_, i) => i === Math.floor(777_777 / everySamples)),
  );
  reader.close();
});

test('one that is being written can be read up to its last whole page', () => {
  const writer = written();
  const reader = new CaptureReader(folder);
  expect(reader.samples).toBe(Math.floor(count / pageSamples) * pageSamples);
  same(reader.totals(0, reader.samples), expected(0, reader.samples));
  reader.close();
  writer.end();
});

test('one that was cut within a page is whole up to the page before, and its levels are made anew', async () => {
  written().end();
  const at = 20 * pageBytes;
  for (const name of levelNames) await truncate(join(folder, name), 100);
  for (const cut of [at, at + 1, at + 31, at + 32, at + pageBytes / 2, at + pageBytes - 1]) {
    await truncate(join(folder, samplesName), at);
    // What is left of the page that was being written.
    await appendFile(join(folder, samplesName), new Uint8Array(cut - at).fill(7));
    same(recoverCapture(folder), expected(0, 20 * pageSamples));
    expect((await stat(join(folder, samplesName))).size).toBe(at);
    const reader = new CaptureReader(folder);
    expect(reader.samples).toBe(20 * pageSamples);
    same(reader.totals(3, 80_000), expected(3, 80_000));
    reader.close();
  }
});

test('a page whose bytes were changed is told of, with where it is', async () => {
  written().end();
  const { open } = await import('node:fs/promises');
  const file = await open(join(folder, samplesName), 'r+');
  await file.write(Uint8Array.of(1, 2, 3), 0, 3, 3 * pageBytes + 5000);
  await file.close();
  const reader = new CaptureReader(folder);
  expect(() => reader.read(3 * pageSamples, 4 * pageSamples)).toThrow(
    expect.objectContaining({ code: 'FILE_DAMAGED' }),
  );
  reader.close();
});
