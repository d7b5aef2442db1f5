import { expect, test } from 'vitest';
import { reportCsv } from './files.ts';
import { tradeOffCurves } from './plots/trade-off.ts';
import { reportHtml } from './report.ts';
import type { Results } from './results.ts';
import { deciding, tradeOffTable } from './tables/trade-off.ts';
import { results, tradeOff } from './testing.ts';

const found: Results = { ...results, tradeOff: { plain: tradeOff, hard: tradeOff } };

test('every setting of every decision has its energy, with its source, and its scores with their intervals', () => {
  const { rows, columns } = tradeOffTable(found.tradeOff, deciding(0.95))!;
  expect(rows).toHaveLength(4);
  expect(rows[1]!.map(({ text }) => text)).toEqual([
    ...['Threshold on top probability', '10 % asked twice', 'as recorded', '7'],
    ...['0.500 [0.400, 0.600]', '0.700 [0.600, 0.800]'],
  ]);
  expect(columns[3]).toBe('Energy, mJ');
  expect(rows[1]![3]!.source).toBe('modelled');
  const csv = reportCsv(found)
    .find(({ name }) => name === 'trade-off.csv')!
    .text.split('\r\n');
  expect(csv[0]).toContain('Energy, mJ: low');
  expect(csv[4]).toContain('all harder ones');
});

test('is drawn, as recorded and harder, with the interval of each mark', () => {
  const [plain, hard] = tradeOffCurves(found.tradeOff);
  expect(plain!.curves[0]!.points).toEqual([
    [5, 0.6],
    [7, 0.7],
  ]);
  expect(plain!.curves[0]!.intervals[0]).toEqual([
    [5, 0.5],
    [5, 0.7],
  ]);
  expect(hard!.title).toContain('made harder');
  expect(reportHtml(found)).toContain('F1 against energy, sounds as recorded');
});

test('where no board told what stages take there is none, and the report says so', () => {
  expect(tradeOffTable(results.tradeOff, deciding(0.95))).toBeNull();
  expect(tradeOffCurves(null)).toEqual([]);
  expect(reportHtml(results)).toContain('there is no curve of F1 against energy');
});
