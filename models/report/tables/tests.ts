import { grouped } from '../../../main/contract/figures.ts';
import { significance } from '../claims/rules.ts';
import { digits, noFigure, probability, score } from '../format.ts';
import { measureNames, readingOf, testNames } from '../reading.ts';
import type { NotRunOf, Results, TestResult } from '../results.ts';
import { emptyCell, textCell, type Cell, type Table } from '../table.ts';

const computed = (value: number | null, text: (value: number) => string): Cell =>
  value === null ? emptyCell : { text: text(value), value, source: null };

/** Tests of one question between the same two models, and those that were not made. */
export interface Pair {
  readonly question: string;
  readonly a: string;
  readonly b: string;
  readonly tests: readonly TestResult[];
  readonly notRun: readonly NotRunOf[];
}

export function pairsOf({ tests, notRun = [] }: Results): Pair[] {
  const pairs = new Map<string, Pair & { tests: TestResult[]; notRun: NotRunOf[] }>();
  const pairOf = (question: string, { a, b }: { a: string; b: string }) => {
    const key = JSON.stringify([question, a, b]);
    const pair = pairs.get(key) ?? { question, a, b, tests: [], notRun: [] };
    pairs.set(key, pair);
    return pair;
  };
  for (const test of tests) pairOf(test.question ?? test.family, test).tests.push(test);
  for (const test of notRun) pairOf(test.question, test).notRun.push(test);
  return [...pairs.values()];
}

/** Table 4 as people read it: one table for each two models that a question is about. */
export function testTables(results: Results): Table[] {
  const level = significance(results);
  return pairsOf(results).map(({ question, a, b, tests, notRun }) => ({
    title: `Table 4. ${a} (a) and ${b} (b)${isHard(tests, notRun) ? ', on harder sounds' : ''}`,
    columns: [
      'Test',
      'Measure',
      'n',
      'Effect, a − b',
      'Detectable',
      'Statistic',
      'p',
      'p, Holm',
      'Source',
      'In words',
      'Method',
    ],
    rows: [
      ...tests.map((test) => [
        textCell(testNames[test.test]),
        textCell(measureNames[test.measure]),
        { text: `${grouped(test.n)} ${test.unit}s`, value: test.n, source: null },
        { text: effectText(test), value: test.effect, source: null },
        computed(test.detectable ?? null, (value) => `±${score(value)}`),
        computed(test.statistic, digits),
        computed(test.p, probability),
        computed(test.adjusted, probability),
        textCell(sourceOf(test, results)),
        textCell(`${readingOf(test, level)}.`),
        textCell(test.method),
      ]),
      ...notRun.map(({ test, measure, leastP, reason }) => [
        textCell(testNames[test]),
        textCell(measureNames[measure]),
        ...[emptyCell, emptyCell, emptyCell, emptyCell, emptyCell, emptyCell, emptyCell],
        textCell(`Not made: no p below ${probability(leastP)} was possible.`),
        textCell(reason),
      ]),
    ],
    notes: [familyNote(question, tests, results.tests)],
  }));
}

const isHard = (...of: readonly (readonly { readonly sounds?: 'hard' }[])[]): boolean =>
  of.flat().some(({ sounds }) => sounds === 'hard');

/** What is corrected together, with how many tests. */
function familyNote(question: string, mine: readonly TestResult[], all: readonly TestResult[]): string {
  const families = [...new Set(mine.map(({ family }) => family))].map((family) => {
    const size = all.filter((test) => test.family === family).length;
    return `${size} of “${family.replace(`${question}: `, '')}”`;
  });
  return families.length === 0
    ? `No test of “${question}” between these two could have shown anything.`
    : `Holm’s correction for “${question}” is over those for the same purpose: ${families.join(', ')}.`;
}

export const testNote =
  'In brackets the interval: of TOST the 90 % one, which lies within the margin exactly where p is below 0.05. Detectable: the least true difference that would be shown four times out of five, from the standard error of the paired difference with sources (or folds) as observations, at the level that the smallest p of its family needs. Claims are decided by the bootstrap clustered by source, TOST and the tests of latency; the others are told beside them. The effect of Levene’s test is the standard deviation of a over that of b; of Wilcoxon’s it is the Hodges–Lehmann estimate.';

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
      'Standard error',
      'Degrees of freedom',
      'Detectable effect',
      'Statistic',
      'p',
      'p, Holm',
      'Family',
      'Source',
      'Method',
      'In words',
    ],
    rows: [
      ...results.tests.map((test) => [
        ...[testNames[test.test], test.a, test.b, measureNames[test.measure]].map(textCell),
        computed(test.n, digits),
        textCell(test.unit),
        computed(test.effect, digits),
        computed(test.interval?.low ?? null, digits),
        computed(test.interval?.high ?? null, digits),
        computed(test.interval?.level ?? null, digits),
        computed(test.margin, digits),
        computed(test.standardError?.value ?? null, digits),
        computed(test.standardError?.degrees ?? null, digits),
        computed(test.detectable ?? null, digits),
        computed(test.statistic, digits),
        computed(test.p, digits),
        computed(test.adjusted, digits),
        textCell(test.family),
        textCell(sourceOf(test, results)),
        textCell(test.method),
        textCell(`${readingOf(test, significance(results))}.`),
      ]),
      ...(results.notRun ?? []).map(({ test, a, b, measure, question, reason, leastP }) => [
        ...[testNames[test], a, b, measureNames[measure]].map(textCell),
        ...new Array<Cell>(13).fill({ text: '', value: null, source: null }),
        textCell(question),
        textCell('answers to the clips'),
        textCell(reason),
        textCell(`Not made: no p below ${probability(leastP)} was possible.`),
      ]),
    ],
  };
}
