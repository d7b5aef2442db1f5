import { expect, test } from 'vitest';
import { reportCsv } from './files.ts';
import { tradeOffCurves } from './plots/trade-off.ts';
import { reportHtml } from './report.ts';
import type { CascadeSummary, Results } from './results.ts';
import { headline } from './sections.ts';
import { cascadeTable, cascadeText } from './tables/cascade.ts';
import { cascade, results, tradeOff } from './testing.ts';

const found: Results = { ...results, cascade };
const chosenOf = (changes: (one: CascadeSummary['chosen'][number]) => number): Results => ({
  ...results,
  cascade: {
    ...cascade,
    chosen: cascade.chosen.map((one) => ({
      ...one,
      plain: { ...one.plain, difference: { ...one.plain.difference, value: changes(one) } },
    })),
  },
});

test('the setting of each decision is told as recorded and on harder sounds, with its intervals', () => {
  const { rows, notes } = cascadeTable(found)!;
  expect(rows).toHaveLength(6);
  expect(rows[2]!.map(({ text }) => text)).toEqual([
    ...['Cascade by top probability', '30 % past stage 1', 'as recorded'],
    ...['46.0 %', '36.0 %', '56.0 %', '-0.003', '-0.103', '0.097'],
  ]);
  expect(rows[3]![2]!.text).toBe('all harder ones');
  expect(notes!.join(' ')).toContain('encoder-large alone, 17 mJ');
  expect(cascadeTable(results)).toBeNull();
});

test('a sentence says which decision saves most, whether half the energy is enough, and whether curiosity is it', () => {
  expect(cascadeText(found)).toBe(
    'Cascade by top probability takes 46.0 % of the energy of encoder-large alone and loses 0.3 points of weighted F1 (on harder sounds 70.0 % and 2.0 points): half the energy or less, within 0.5 points. Curiosity is not that decision: Cascade by curiosity takes 82.0 % of the energy of encoder-large alone and loses 0.0 points of weighted F1 (on harder sounds 70.0 % and 2.0 points).',
  );
  // what lost more on test sounds than held ones promised is not praised
  expect(cascadeText(chosenOf(({ decision }) => (decision.includes('top') ? -0.01 : 0)))).toContain(
    'Curiosity is the decision that saves most',
  );
  const near = cascade.chosen.map((one) => {
    const curious = one.decision.includes('curiosity');
    const value = one.decision === 'One stage alone' ? 1 : curious ? 0.45 : 0.46;
    return { ...one, plain: { ...one.plain, energyShare: { value, low: value - 0.1, high: value + 0.1 } } };
  });
  expect(cascadeText({ ...results, cascade: { ...cascade, chosen: near } })).toContain(
    'That curiosity saves more than the others is not shown',
  );
  expect(cascadeText(chosenOf(() => -0.01))).toContain('No decision of the cascade stays within 0.5 points');
  expect(cascadeText(results)).toBeNull();
  expect(headline(found)).toContain(cascadeText(found)!);
});

test('the report draws of each decision what no other setting of it beats, and the tables hold all', () => {
  const dearer = {
    ...tradeOff.curves[0]!.points[0]!,
    setting: 'dearer',
    millijoule: { value: 6, low: 6, high: 6 },
  };
  const [first, last] = tradeOff.curves[0]!.points;
  const points = [first!, dearer, last!];
  const all = { plain: { ...tradeOff, curves: [{ decision: 'Gate', points }] }, hard: null };
  expect(tradeOffCurves(all, { best: true })[0]!.curves[0]!.points).toHaveLength(2);
  const told = { ...found, cascade: { ...cascade, tradeOff: all } };
  expect(reportHtml(told)).toContain('dearer');
  const csv = (name: string) =>
    reportCsv(told)
      .find((file) => file.name === name)!
      .text.trim()
      .split('\r\n');
  expect(csv('cascade-trade-off.csv')).toHaveLength(4);
  expect(csv('cascade.csv')).toHaveLength(7);
  expect(reportHtml(results)).toContain('No cascade of encoders was trained');
});
