import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SampleDecoder } from '../../devices/drivers/ppk2/decode.ts';
import { parseMetadata } from '../../devices/drivers/ppk2/metadata.ts';
import { metadataText, readingOf, sampleWord } from '../../devices/drivers/ppk2/testing/scripted-ppk2.ts';
import { CaptureReader } from './capture-reader.ts';
import { CaptureWriter } from './capture-writer.ts';
import { energiesOf } from './energy.ts';
import { marksOf, within } from './marks.ts';
import { Totals } from './totals.ts';
import { energyOf } from './uncertainty.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'curlew-energy-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const perSecond = 100_000;
const volts = 3;

function captured(count: number, at: (sample: number) => { current: number; logic: number } | null) {
  const writer = new CaptureWriter(folder);
  for (let sample = 0; sample < count; sample++) {
    const one = at(sample);
    if (one) writer.sample(one.current, one.logic, 2);
    else writer.lost(1);
  }
  writer.end();
  return new CaptureReader(folder);
}

/** Ten inferences of 20 ms every 50 ms: 8 ms of features at 3 mA, 12 ms of encoder at 5 mA; 20 µA asleep. */
const inference = (sample: number) => {
  const into = (sample % 5000) - 1000;
  if (into < 0 || into >= 2000) return { current: 20e-6, logic: 0 };
  return into < 800 ? { current: 3e-3, logic: 0b011 } : { current: 5e-3, logic: 0b101 };
};

test('inferences between the edges of an input have the energy of their currents, and so have their stages', () => {
  const reader = captured(50_000, inference);
  const stages = [
    { name: 'features', pin: 1 },
    { name: 'encoder', pin: 2 },
  ];
  const {
    marked,
    whole,
    stages: told,
  } = energiesOf(reader, perSecond, {
    ...{ from: 0, to: Infinity, volts, pin: 0, stages, doubtful: [] },
  });
  // 3 V · (3 mA · 8 ms + 5 mA · 12 ms) = 252 µJ
  expect(marked).toMatchObject({ count: 10, cut: 0, withLoss: 0 });
  expect(marked!.joules!.mean).toBeCloseTo(252e-6, 10);
  expect(marked!.joules!.deviation).toBeLessThan(1e-11);
  expect(marked!.seconds).toMatchObject({ least: 0.02, most: 0.02 });
  expect(marked!.restWatts).toBeCloseTo(volts * 20e-6, 10);
  expect(told.map(({ joules }) => joules!.mean)).toEqual([
    expect.closeTo(72e-6, 10),
    expect.closeTo(180e-6, 10),
  ]);
  expect(whole.joules).toBeCloseTo(10 * 252e-6 + volts * 20e-6 * 0.3, 10);
  reader.close();
});

test('an inference that lost samples is counted and in no mean, and nothing is put in their place', () => {
  const reader = captured(50_000, (sample) => (sample >= 7000 && sample < 7100 ? null : inference(sample)));
  const { marked, whole, stages } = energiesOf(reader, perSecond, {
    ...{ from: 0, to: Infinity, volts, pin: 0, stages: [{ name: 'encoder', pin: 2 }], doubtful: [] },
  });
  expect(stages[0]!.joules!.least).toBeCloseTo(180e-6, 10);
  expect(marked).toMatchObject({ count: 10, withLoss: 1 });
  expect(marked!.joules!.mean).toBeCloseTo(252e-6, 10);
  expect(marked!.list[1]).toMatchObject({ lost: 100 });
  // 1 ms of 5 mA is missing, and counts as what it may have been at most.
  expect(marked!.list[1]!.joules).toBeCloseTo(252e-6 - 15e-6, 10);
  expect(whole.lost).toBe(100);
  expect(whole.parts.lost).toBeCloseTo(15e-6, 10);
  reader.close();
});

test('inferences that began before the capture or end after it are cut, and in no figure', () => {
  const reader = captured(12_000, (sample) => inference(sample + 2000));
  const { marked } = energiesOf(reader, perSecond, {
    ...{ from: 0, to: 10_500, volts, pin: 0, stages: [], doubtful: [] },
  });
  expect(marked).toMatchObject({ count: 1, cut: 2 });
  expect(marked!.restWatts).toBeCloseTo(volts * 20e-6, 10);
  reader.close();
});

test('one that may have begun within lost samples is counted as one with loss, from the first of them on', () => {
  // Awake from sample 6000 on, of which the first 300 and 700 before it are lost.
  const reader = captured(20_000, (sample) => (sample >= 5300 && sample < 6300 ? null : inference(sample)));
  const { marks } = marksOf(reader, 0, 0, 20_000);
  expect(marks.slice(0, 2)).toEqual([
    { from: 1000, to: 3000 },
    { from: 5300, to: 8000 },
  ]);
  reader.close();
});

test('inferences within the seconds in which time told a loss are in no mean', () => {
  const reader = captured(50_000, inference);
  const { marked } = energiesOf(reader, perSecond, {
    ...{ from: 0, to: Infinity, volts, pin: 0, stages: [], doubtful: [{ from: 7000, to: 17_000 }] },
  });
  // Those that begin at 6000, 11,000 and 16,000.
  expect(marked).toMatchObject({ count: 10, withLoss: 3 });
  reader.close();
});

test('marks are found from the levels as from each sample, wherever they begin', () => {
  const starts = [3, 255, 256, 4090, 4096, 65_530, 65_536, 100_000, 131_071, 190_000];
  const lengths = [1, 2, 255, 6, 256, 4096, 1, 20_000, 3, 2000];
  const inside = (sample: number) =>
    starts.some((start, at) => sample >= start && sample < start + lengths[at]!);
  const reader = captured(200_000, (sample) => ({ current: 1e-3, logic: inside(sample) ? 0b1000 : 0 }));
  const expected: { from: number; to: number }[] = [];
  for (let at = 1; at < 200_000; at++) {
    if (inside(at) && !inside(at - 1)) expected.push({ from: at, to: at });
    if (!inside(at) && inside(at - 1)) expected.at(-1)!.to = at;
  }
  expect(marksOf(reader, 3, 0, 200_000).marks).toEqual(expected);
  expect(marksOf(reader, 3, 17, 199_999).marks).toEqual(expected.slice(1));
  expect(marksOf(reader, 2, 0, 200_000).marks).toEqual([]);
  reader.close();
});

test('stages count only where they lie within an inference', () => {
  const outer = [
    { from: 10, to: 20 },
    { from: 30, to: 40 },
    { from: 50, to: 60 },
  ];
  const inner = [
    { from: 0, to: 12 },
    { from: 14, to: 16 },
    { from: 18, to: 33 },
    { from: 70, to: 80 },
  ];
  expect(within(inner, outer)).toEqual([
    [
      { from: 10, to: 12 },
      { from: 14, to: 16 },
      { from: 18, to: 20 },
    ],
    [{ from: 30, to: 33 }],
    [],
  ]);
});

test('the parts of an uncertainty are those of its formula, worked out by hand', () => {
  const totals = new Totals();
  // 1000 samples of 1 mA and 1.2 mA in turn in range 2, 100 of 100 mA in range 4, 10 lost.
  totals.counts[2] = 1000;
  totals.sums[2] = 1.1;
  totals.counts[4] = 100;
  totals.sums[4] = 10;
  totals.covered = 1110;
  totals.max = 0.1;
  totals.min = 1e-3;
  totals.differences = 1099 * 0.2e-3 ** 2;
  const energy = energyOf(totals, 3, perSecond, [1e-3, 0.1]);
  expect(energy.joules).toBeCloseTo(3e-5 * 11.1, 10);
  expect(energy.parts.calibration).toBeCloseTo(3e-5 * (0.11 + 1.5), 12);
  expect(energy.parts.resolution).toBeCloseTo(3e-5 * (5e-6 * 1000 + 1e-3 * 100), 12);
  expect(energy.parts.noise).toBeCloseTo(3e-5 * (0.2e-3 / Math.SQRT2) * Math.sqrt(1100), 14);
  expect(energy.parts.edges).toBeCloseTo((3e-5 / Math.sqrt(12)) * Math.hypot(1e-3, 0.1), 14);
  expect(energy.parts.lost).toBeCloseTo(3e-5 * 10 * 0.1, 10);
  const { calibration, resolution, noise, edges, lost } = energy.parts;
  expect(energy.uncertainty).toBeCloseTo(calibration + resolution + Math.hypot(noise, edges) + lost, 14);
});

/** Every range, currents that no step of the converter hits, changes of range within inferences, a loss in between. */
test('the energy of a known waveform, from the bytes of a kit to joules, is right within 0.1 %', () => {
  const { calibration } = parseMetadata(metadataText(), 'a test');
  const wave = (sample: number): { amperes: number; range: number } => {
    const phase = (sample % 20_000) / 20_000;
    if (phase < 0.3) return { amperes: 18e-6 + 4e-6 * Math.sin(40 * phase), range: 0 };
    if (phase < 0.5) return { amperes: 210e-6 + 90e-6 * Math.sin(70 * phase), range: 1 };
    if (phase < 0.7) return { amperes: 2.1e-3 + 0.7e-3 * Math.sin(90 * phase), range: 2 };
    if (phase < 0.9) return { amperes: 23e-3 + 9e-3 * Math.sin(33 * phase), range: 3 };
    return { amperes: 0.31 + 0.12 * Math.sin(60 * phase), range: 4 };
  };
  const bytes: number[] = [];
  let truth = 0;
  const count = 400_000;
  for (let sample = 0; sample < count; sample++) {
    const { amperes, range } = wave(sample);
    truth += (volts * amperes) / perSecond;
    const word = sampleWord(sample, readingOf(amperes, range, 0, calibration, volts));
    bytes.push(word & 0xff, (word >> 8) & 0xff, (word >> 16) & 0xff, word >>> 24);
  }
  const writer = new CaptureWriter(folder);
  new SampleDecoder(calibration, volts).take(Uint8Array.from(bytes), writer);
  writer.end();
  const reader = new CaptureReader(folder);
  expect(reader.samples).toBe(count);
  const { whole } = energiesOf(reader, perSecond, {
    ...{ from: 0, to: Infinity, volts, pin: null, stages: [], doubtful: [] },
  });
  expect(Math.abs(whole.joules / truth - 1)).toBeLessThan(1e-3);
  reader.close();
});
