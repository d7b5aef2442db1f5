import { grouped } from '../../../main/contract/figures.ts';
import { significance } from '../claims/rules.ts';
import { digits, noFigure, probability, score } from '../format.ts';
import { readingOf, testNames } from '../reading.ts';
import type { Measure, Results, TestResult } from '../results.ts';
import { emptyCell, textCell, type Cell, type Table } from '../table.ts';

const measures: Record<Measure, string> = {
  accuracy: 'accuracy',
  'weighted-f1': 'weighted F1',
  latency: 'latency, µs',
};

const computed = (value: number | null, text: (value: number) => string): Cell =>
  value === null ? emptyCell : { text: text(value), value, source: null };

/** Table 4 as people read it: one table for each two models, of tests that were corrected together. */
export function testTables(results: Results): Table[] {
  const key = ({ family, a, b }: TestResult) => JSON.stringify([family, a, b]);
  return [...new Set(results.tests.map(key))].map((pair) => {
    const tests = results.tests.filter((test) => key(test) === pair);
    const { family, a, b } = tests[0]!;
    const corrected = results.tests.filter((test) => test.family === family).length;
    return {
      title: `Table 4. ${a} (a) and ${b} (b)`,
      columns: [
        'Test',
        'Measure',
        'n',
        'Effect, a − b',
        'Statistic',
        'p',
        'p, Holm',
        'Source',
        'In words',
        'Method',
      ],
      rows: tests.map((test) => [
        textCell(testNames[test.test]),
        textCell(measures[test.measure]),
        { text: `${grouped(test.n)} ${test.unit}s`, value: test.n, source: null },
        { text: effectText(test), value: test.effect, source: null },
        computed(test.statistic, digits),
        computed(test.p, probability),
        computed(test.adjusted, probability),
        textCell(sourceOf(test, results)),
        textCell(`${readingOf(test, significance(results))}.`),
        textCell(test.method),
      ]),
      notes: [`Holm’s correction is over the ${corrected} tests of “${family}”.`],
    };
  });
}

export const testNote =
  'In brackets the interval: of TOST the 90 % one, which lies within the margin exactly where p is below 0.05. The effect of Levene’s test is the standard deviation of a over that of b; of Wilcoxon’s it is the Hodges–Lehmann estimate.';

/** A test is as good as what it tests: latencies have their board's source, answers are those to the clips. */
function sourceOf({ measure, a }: TestResult, { experts, mixtures }: Results): string {
  if (measure !== 'latency') return 'answers to the clips';
  return [...experts, ...mixtures].find(({ name }) => name === a)?.cost?.latencySource ?? noFigure;
}

function effectText({ test, measure, effect, interval, margin }: TestResult): string {
  if (effect === null) return emptyCell.text;
  const number = (value: number) =>
    measure === 'latency' || test === 'brown-forsythe' ? digits(value) : score(value);
  const times = test === 'brown-forsythe' ? ' times' : '';
  const range = interval === null ? '' : ` [${number(interval.low)}, ${number(interval.high)}]`;
  return `${number(effect)}${times}${range}${margin === null ? '' : `, margin ±${number(margin)}`}`;
}

/** Table 4 for programs. */
export function testRows(results: Results): Pick<Table, 'columns' | 'rows'> {
  return {
    columns: [
      'Test',
      'a',
      'b',
      'Measure',
      'n',
      'Unit',
      'Effect',
      'Low',
      'High',
      'Level',
      'Margin',
      'Statistic',
      'p',
      'p, Holm',
      'Family',
      'Source',
      'Method',
      'In words',
    ],
    rows: results.tests.map((test) => [
      ...[testNames[test.test], test.a, test.b, measures[test.measure]].map(textCell),
      computed(test.n, digits),
      textCell(test.unit),
      computed(test.effect, digits),
      computed(test.interval?.low ?? null, digits),
      computed(test.interval?.high ?? null, digits),
      computed(test.interval?.level ?? null, digits),
      computed(test.margin, digits),
      computed(test.statistic, digits),
      computed(test.p, digits),
      computed(test.adjusted, digits),
      textCell(test.family),
      textCell(sourceOf(test, results)),
      textCell(test.method),
      textCell(`${readingOf(test, significance(results))}.`),
    ]),
  };
}
