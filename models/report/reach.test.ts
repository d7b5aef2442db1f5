import { describe, expect, test } from 'vitest';
import { breakEvenInferences } from '../evaluation/carbon.ts';
import { costOf } from './cost.ts';
import { reachOf } from './reach.ts';
import { reportHtml } from './report.ts';
import type { ExpertResult, Results, TestResult } from './results.ts';
import { scalingText } from './tables/calibration.ts';
import { energyTable } from './tables/cost.ts';
import { sizeTable } from './tables/experts.ts';
import { results } from './testing.ts';

const [first] = results.experts;
const linear: ExpertResult = { ...first!, name: 'Linear probe' };
const against = (a: string, adjusted: number, detectable: number, effect: number): TestResult => ({
  ...{ test: 'clustered-bootstrap', measure: 'accuracy', unit: 'clip', a, b: 'Linear probe', n: 160 },
  ...{ method: '', statistic: null, effect, interval: null, margin: null, p: adjusted, adjusted, detectable },
  ...{ family: 'x', question: 'Experts against a linear probe' },
});

describe('what a report begins with', () => {
  test('is what the data set can show: how much a clip is, and the least difference it would find', () => {
    const told = reachOf({ ...results, tests: [against('2-bit', 1, 0.04, 0), against('4-bit', 1, 0.08, 0)] });
    expect(told[0]).toBe('160 clips of 80 recordings and 4 classes, in 4 folds: one clip is 0.6 %.');
    expect(told[1]).toContain('differ by about 0.060 in accuracy');
    expect(told[1]).toContain('the median of 2 comparisons');
    expect(reportHtml(results).indexOf('one clip is')).toBeLessThan(
      reportHtml(results).indexOf('Of the paper’s'),
    );
  });

  test('says whether precision could matter at all, by a linear model that answers as well or does not', () => {
    const with_ = (tests: TestResult[]): Results => ({ ...results, experts: [linear], tests });
    expect(reachOf(with_([against('2-bit', 1, 0.04, 0.1)])).join(' ')).toContain(
      'No expert is shown to answer better than a linear model',
    );
    expect(
      reachOf(with_([against('2-bit', 0.01, 0.04, 0.1), against('4-bit', 0.01, 0.04, -0.1)])).join(' '),
    ).toContain('1 of 2 experts are shown to answer better');
    expect(reachOf(results).join(' ')).not.toContain('linear model');
  });
});

test('whether scaling is worth anything on clips it was not fitted to is said in a sentence of its own', () => {
  const changed = (low: number, high: number): ExpertResult => {
    const { calibration } = first!.scores;
    const nll = { value: (low + high) / 2, low, high };
    const scaled = { ...calibration.scaled!, change: { ece: null, brier: null, nll } };
    return { ...first!, scores: { ...first!.scores, calibration: { ...calibration, scaled } } };
  };
  const of = (...experts: ExpertResult[]) => scalingText({ experts, mixtures: [] });
  expect(of(changed(-0.2, 0.1), changed(0.1, 0.2))).toBe(
    'Temperature scaling is shown to lower the NLL of none of 2 models on the test folds: it is no gain here, and raises that of 1.',
  );
  expect(of(changed(-0.2, -0.1), changed(-0.1, 0.1))).toBe(
    'Temperature scaling lowers the NLL of 1 of 2 models on the test folds.',
  );
  expect(of()).toBeNull();
  const page = reportHtml({ ...results, mixtures: [], experts: [changed(-0.2, 0.1)] });
  expect(page).toContain('Scaling is not shown to help: NLL changes by -0.050 [-0.200, 0.100]');
});

test('every model is charged with one training of the encoder, where it is known what that took', () => {
  const carbon = { ...results.carbon!, encoderSeconds: { value: 300, source: 'measured' as const } };
  const { millijoule } = first!.cost!;
  const charged = (by: Results['carbon']) => costOf(first!, by)!.breakEven!.value;
  expect(charged(carbon)).toBeCloseTo(breakEvenInferences(30 + 300, 35, millijoule!.value), 9);
  expect(charged(results.carbon)).toBeCloseTo((30 * 35 * 1000) / millijoule!.value, 9);
  expect(energyTable({ ...results, carbon }).notes.join(' ')).toContain('one training of the encoder, 300 s');
  expect(energyTable(results).notes.join(' ')).toContain('is not known, and left out');
});

test('the share of zero weights stands beside an expert’s bits', () => {
  const table = sizeTable({
    ...results,
    experts: [
      { ...first!, zeroWeights: 0.97 },
      { ...first!, zeroWeights: null },
    ],
  });
  const column = table.columns.indexOf('Zero weights');
  expect(table.rows.map((row) => row[column]!.text)).toEqual(['97.0 %', '–', '–']);
});
