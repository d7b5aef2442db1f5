import { expect, test } from 'vitest';
import type { TinyAnswer } from './contract/results.ts';
import { microjoulesText, perSecondText } from './contract/words.ts';
import { agreementOf, scoreOf, targetOf } from './scores.ts';
import { longEnough, median, nextInferences } from './timing.ts';

const lengths = { runs: 5, leastSeconds: 10, leastInferences: 10, warmUps: 10 };
const ofClock = (each: number, tick: number) => {
  const asked: number[] = [];
  const time = async (inferences: number) => {
    asked.push(inferences);
    const seconds = Math.floor((inferences * each) / tick + 1e-9) * tick;
    return { seconds, askedSeconds: inferences * each, energy: null };
  };
  return { asked, time };
};

test.each([
  ['slow', 2, 1e-6],
  ['usual', 0.03, 1e-6],
  ['fast', 30e-6, 1e-3],
  ['faster than its clock', 1e-7, 1e-3],
])(
  'so many inferences are done that a run of a %s device is long enough, and not much longer',
  async (_what, each, tick) => {
    const { asked, time } = ofClock(each, tick);
    const dropped: number[] = [];
    const run = await longEnough(time, lengths, null, async ({ seconds }) => void dropped.push(seconds));
    expect(run.seconds).toBeGreaterThanOrEqual(10);
    expect(run.seconds).toBeLessThan(Math.max(11, 10.01 * each + 10));
    expect(asked[0]).toBe(10);
    expect(dropped).toHaveLength(asked.length - 1);
    const next = ofClock(each, tick);
    await longEnough(next.time, lengths, run, async () => undefined);
    expect(next.asked).toEqual([run.inferences]);
  },
);

test('a clock that stands still is told of, not waited for', async () => {
  const still = async () => ({ seconds: 0, askedSeconds: 1, energy: null });
  await expect(longEnough(still, lengths, null, async () => undefined)).rejects.toMatchObject({
    code: 'BOARD_BAD_REPLY',
  });
  expect(nextInferences(10, 0, 10)).toBe(100);
});

test('the median is of the runs, of an even number the mean of the middle two', () => {
  expect(median([5, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([])).toBeNull();
});

test('answers are scored by the class of their largest number, and by one class against the rest', () => {
  const all = [
    { label: 0, numbers: [3, 1, 0] },
    { label: 1, numbers: [0, 2, 1] },
    { label: 1, numbers: [2, 1, 0] },
    { label: 2, numbers: [0, 0, 5] },
  ];
  const { top1, auc } = scoreOf(all);
  expect(top1).toMatchObject({ right: 3, of: 4 });
  // Of class 0 the positive beats 3 of 3; of class 1 its two positives beat 3.5 of 4; of class 2 3 of 3.
  expect(auc).toBeCloseTo((1 + 3.5 / 4 + 1) / 3, 12);
});

test('of one score an input it is anomalies against the normal', () => {
  const all = [0.1, 0.4, 0.3, 0.9].map((score, at) => ({ label: at % 2, numbers: [score] }));
  expect(scoreOf(all)).toEqual({ top1: null, auc: 1 });
  expect(targetOf('ad01', scoreOf(all))).toEqual({ measure: 'auc', least: 0.85, met: true });
  expect(targetOf('kws01', scoreOf(all))!.met).toBeNull();
  expect(targetOf('esc10', scoreOf(all))).toBeNull();
});

const answer = (results: number[] | null, reference: number[] | null): TinyAnswer => ({
  ...{ input: 'a.bin', label: 0, windows: 1, results, reference, problem: null },
});

test('beside a reference it is told in how many inputs both say one class, and how far their numbers differ', () => {
  const both = [answer([1, 0], [1.25, 0]), answer([0, 1], [1, 0]), answer(null, null)];
  expect(agreementOf(both, true)).toMatchObject({
    sameClass: { right: 1, of: 2 },
    ...{ largest: 1, mean: 2.25 / 4 },
  });
  expect(agreementOf(both, false)).toMatchObject({ largest: null, mean: null, sameClass: { right: 1 } });
  expect(agreementOf([answer(null, null)], true)).toBeNull();
});

test('figures are told in the benchmark’s terms', () => {
  expect(perSecondText(7.1234)).toBe('7.12 inf/s');
  expect(perSecondText(1234.5)).toBe('1235 inf/s');
  expect(microjoulesText(6.07e-3)).toBe('6,070 µJ/inf');
  expect(microjoulesText(1.2345e-6)).toBe('1.235 µJ/inf');
});
