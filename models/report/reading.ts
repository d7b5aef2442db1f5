import { digits, list, probability, score } from './format.ts';
import type { Measure, TestKind, TestResult } from './results.ts';

/** What a test decided after Holm's correction. */
export type Outcome = 'a more' | 'b more' | 'equivalent' | 'undecided';

/**
 * @param significance such as 0.05
 * @returns 'a more': a's measure, or of 'brown-forsythe' its spread, is the larger
 */
export function outcomeOf(test: TestResult, significance: number): Outcome {
  if (!(test.adjusted < significance)) return 'undecided';
  if (test.test === 'tost') return 'equivalent';
  // Without an effect the spread of b is 0, and a's is not.
  const balance = test.test === 'brown-forsythe' ? 1 : 0;
  return (test.effect ?? Infinity) > balance ? 'a more' : 'b more';
}

export const testNames: Record<TestKind, string> = {
  mcnemar: 'McNemar',
  'clustered-bootstrap': 'Bootstrap clustered by source',
  'paired-t': 'Paired t',
  wilcoxon: 'Wilcoxon signed-rank',
  'brown-forsythe': 'Levene (Brown–Forsythe)',
  tost: 'TOST, equivalence',
};

const shortNames: Record<TestKind, string> = {
  mcnemar: 'McNemar',
  'clustered-bootstrap': 'bootstrap',
  'paired-t': 't',
  wilcoxon: 'Wilcoxon',
  'brown-forsythe': 'Levene',
  tost: 'TOST',
};

const more: Record<Measure, string> = {
  accuracy: 'is right more often than',
  'weighted-f1': 'has the higher weighted F1 than',
  latency: 'is slower than',
};

/** The outcome in words, without a full stop. */
export function readingOf(test: TestResult, significance: number): string {
  const { a, b, measure } = test;
  const outcome = outcomeOf(test, significance);
  if (outcome === 'equivalent') return `${a} and ${b} are equal within ±${score(test.margin!)}`;
  if (outcome === 'undecided') {
    return test.test === 'tost'
      ? `That ${a} and ${b} are equal within ±${score(test.margin!)} is not shown`
      : `No difference is shown between ${a} and ${b}`;
  }
  const [first, second] = outcome === 'a more' ? [a, b] : [b, a];
  if (test.test !== 'brown-forsythe') return `${first} ${more[measure]} ${second}`;
  const ratio = test.effect === null ? null : Math.max(test.effect, 1 / test.effect);
  const times = ratio !== null && Number.isFinite(ratio) ? `, ${digits(ratio)} times` : '';
  return `The latency of ${first} varies more than that of ${second}${times}`;
}

/** Several tests' outcomes as sentences: those that say the same are told together, with their corrected p. */
export function readings(tests: readonly TestResult[], significance: number): string {
  const groups = new Map<string, string[]>();
  for (const test of tests) {
    const reading = readingOf(test, significance);
    const p = probability(test.adjusted);
    const told = `${shortNames[test.test]}${test.measure === 'weighted-f1' ? ' of F1' : ''} p ${p.startsWith('<') ? p : `= ${p}`}`;
    groups.set(reading, [...(groups.get(reading) ?? []), told]);
  }
  return [...groups].map(([reading, told]) => `${reading} (${list(told)}).`).join(' ');
}
