import { describe, expect, test } from 'vitest';
import { claimsOf } from './claims.ts';
import { reportCsv } from './files.ts';
import { limitsOf } from './limits.ts';
import { snrCurves } from './plots/robustness.ts';
import { reportHtml } from './report.ts';
import type { Results, Robustness } from './results.ts';
import { summaryOf } from './sections.ts';
import { robustnessTable } from './tables/robustness.ts';
import { results } from './testing.ts';

const ways: Robustness['ways'] = [
  { name: 'pink noise, SNR 10 dB', kind: 'noise', value: 10 },
  { name: 'pink noise, SNR 0 dB', kind: 'noise', value: 0 },
  { name: 'sampled at 4 kHz', kind: 'rate', value: 4000 },
];
const estimate = (value: number) => ({ value, low: value - 0.1, high: value + 0.1 });
const models = [...results.experts, ...results.mixtures];
const hard: Results = {
  ...results,
  robustness: {
    ways,
    clips: 160,
    models: models.map(({ name, scores }, i) => ({
      name,
      ways: [0.5, 0.25, 0.4].map((value) => ({ accuracy: estimate(value), weightedF1: estimate(value) })),
      meanBits: i < results.experts.length ? null : 4,
      scores: { ...scores, accuracy: { ...scores.accuracy, pooled: estimate(0.3 + i / 100) } },
    })),
  },
  // what was shown of sounds as they were recorded is not shown of harder ones
  tests: [
    ...results.tests,
    ...results.tests
      .filter(({ measure }) => measure !== 'latency')
      .map((one) => ({ ...one, sounds: 'hard' as const, family: `${one.family}, harder`, adjusted: 1 })),
  ],
};

describe('harder sounds', () => {
  test('have a row for each model and measure, and a column for each way', () => {
    const { columns, rows } = robustnessTable(hard)!;
    expect(columns.slice(2)).toEqual([
      'As recorded',
      ...ways.map(({ name }) => name),
      'All harder ones',
      'Low',
      'High',
    ]);
    expect(rows).toHaveLength(2 * models.length);
    expect(rows[0]!.slice(3).map(({ value }) => value)).toEqual([
      0.5,
      0.25,
      0.4,
      0.3,
      expect.closeTo(0.2, 12),
      expect.closeTo(0.4, 12),
    ]);
    const csv = reportCsv(hard).find(({ name }) => name === 'robustness.csv')!.text;
    expect(csv.split('\r\n')).toHaveLength(2 + 2 * models.length * (ways.length + 2));
  });

  test('are drawn against the ratio where there are several', () => {
    const curves = snrCurves(hard);
    expect(curves.map(({ title }) => title)).toEqual(['Accuracy in pink noise']);
    expect(curves[0]!.curves[0]!.points).toEqual([
      [0, 0.25],
      [10, 0.5],
    ]);
    expect(reportHtml(hard)).toContain('Accuracy in pink noise');
  });

  test('judge every claim about answers once more, by tests of their own, and no claim about what a model takes', () => {
    const before = claimsOf(results);
    const after = claimsOf(hard);
    after.forEach(({ verdict, finding }, i) => {
      expect({ verdict, finding }).toEqual({ verdict: before[i]!.verdict, finding: before[i]!.finding });
      expect(before[i]!.hard).toBeNull();
    });
    const judged = after.filter((claim) => claim.hard !== null).map(({ claim }) => claim);
    expect(judged).toHaveLength(8);
    expect(judged.some((claim) => /slower|spread|smaller|less energy/.test(claim))).toBe(false);
    const gain = after.find(({ claim }) => claim.startsWith('Routing by curiosity raises'))!;
    expect(gain.hard!.verdict).toBe('not shown');
    expect(summaryOf(hard)).toContain('Of the 3 about answers, on harder sounds');
    expect(reportHtml(hard)).toContain('On harder sounds:');
  });

  test('that were not asked for are said not to have been', () => {
    expect(robustnessTable(results)).toBeNull();
    expect(limitsOf(results).join(' ')).toContain('nothing is said of noise');
    expect(limitsOf(hard).join(' ')).not.toContain('nothing is said of noise');
  });
});
