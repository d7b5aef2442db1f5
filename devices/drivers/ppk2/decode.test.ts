import { expect, test } from 'vitest';
import { currentOf } from './current.ts';
import { SampleDecoder } from './decode.ts';
import { parseMetadata } from './metadata.ts';
import { SampleClock } from './sample-clock.ts';

const lines = (over: Record<string, string> = {}): string => {
  const values: Record<string, string> = {};
  for (const name of ['r', 'gs', 'gi', 'o', 's', 'i', 'ug'])
    for (let range = 0; range < 5; range++) values[`${name}${range}`] = '-nan';
  Object.assign(values, { vdd: '3000', mode: '1' }, over);
  return Object.entries(values)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');
};
const calibrated = parseMetadata(lines({ s1: '0', o2: '8' }), 'here').calibration;

const sample = (adc: number, range: number, counter: number, logic: number): number[] => {
  const word = adc | (range << 14) | ((counter % 64) << 18);
  return [word & 0xff, (word >> 8) & 0xff, (word >> 16) & 0xff, logic];
};

function decoded(pieces: Uint8Array[]) {
  const decoder = new SampleDecoder(calibrated, 3);
  const told: (string | number)[] = [];
  const sink = {
    sample: (current: number, logic: number) => void told.push(`${current.toExponential(6)} ${logic}`),
    lost: (samples: number) => void told.push(samples),
  };
  for (const piece of pieces) decoder.take(piece, sink);
  return { decoder, told };
}

// (4 · 1000 − o) · 1.8 / 163840 / r, with the usual constants: 43.9453125 mV over the shunt.
test.each([
  [0, 4.2597517e-5],
  [1, 4.3231985e-4],
  [2, 4.3209283e-3],
  [3, 4.6750332e-2],
  [4, 1.021984],
])('1000 steps in range %i are %f A', (range, amperes) => {
  expect(currentOf(1000, calibrated[range]!, 3) / amperes).toBeCloseTo(1, 6);
});

test('every constant has its place in the formula', () => {
  // a = (4000 − 40) · 1.8 / 163840 / 10 = 4.3505859375e-3; 2 · (a · (3a + 0.5) + 1e-3 · 3 + 1e-4)
  const one = { r: 10, gs: 3, gi: 0.5, o: 40, s: 1e-3, i: 1e-4, ug: 2 };
  expect(currentOf(1000, one, 3)).toBeCloseTo(0.0106641515, 9);
});

test('samples are the same wherever their stream is split', () => {
  const bytes = Uint8Array.from(
    Array.from({ length: 20 }, (_, i) => sample(100 + i, i < 10 ? 1 : 2, i, i & 1)).flat(),
  );
  const whole = decoded([bytes]).told;
  expect(whole).toHaveLength(20);
  for (let at = 0; at <= bytes.length; at++)
    expect(decoded([bytes.subarray(0, at), bytes.subarray(at)]).told).toEqual(whole);
});

test('three samples after a change of range are averaged, with less weight in the largest range', () => {
  const { told, decoder } = decoded([
    Uint8Array.from([0, 1, 2, 3, 4, 5, 6, 7].map((i) => sample(1000, i < 4 ? 0 : 3, i, 0)).flat()),
  ]);
  const [low, high] = [currentOf(1000, calibrated[0]!, 3), currentOf(1000, calibrated[3]!, 3)];
  const averaged = [1, 2, 3].map((n) => high + (low - high) * 0.82 ** n);
  const expected = [low, low, low, low, ...averaged, high];
  expect(told).toEqual(expected.map((current) => `${current.toExponential(6)} 0`));
  expect(decoder.rangeChanges).toBe(1);
});

test('a loss is told by the counter, noise is left out, and what follows is in step again', () => {
  const before = [0, 1, 2, 3, 4].map((i) => sample(500, 1, i, 0)).flat();
  const after = [10, 11, 12, 13, 14].map((i) => sample(500, 1, i, 0)).flat();
  const { told, decoder } = decoded([Uint8Array.from([...before, 0xff, 0xff, ...after])]);
  expect(told.filter((one) => typeof one === 'number')).toEqual([5]);
  expect([decoder.samples, decoder.discarded]).toEqual([10, 2]);
});

test('metadata that ends too soon is refused by what is missing', () => {
  const part = lines().split('\n').slice(0, 30).join('\n');
  expect(() => parseMetadata(part, '/dev/ttyACM0')).toThrow(
    expect.objectContaining({ code: 'BOARD_BAD_REPLY' }),
  );
});

test('a genuine 0 is a value, and nan of either sign none', () => {
  const { absent, vddMillivolts } = parseMetadata(lines({ s0: '0', r4: 'nan' }), 'here');
  expect(absent).not.toContain('s0');
  expect(absent).toContain('r4');
  expect(vddMillivolts).toBe(3000);
});

test('a loss of whole turns of the counter is found by time, and a delay that passes is none', () => {
  const clock = new SampleClock();
  let lost = 0;
  let samples = 0;
  for (let ms = 0; ms < 20_000; ms++) {
    // 192 samples never come after 5 s; for half a second after 12 s all are held up by 30 ms.
    const came = 100 * (ms >= 12_000 && ms < 12_500 ? ms - 30 : ms) - (ms >= 5000 ? 192 : 0);
    samples = Math.max(samples, came);
    lost += clock.arrived(ms, samples + lost);
  }
  expect(lost).toBe(192);
});
