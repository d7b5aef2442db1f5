import { count } from '../../main/contract/figures.ts';
import { digits, list, probability, score } from './format.ts';
import type { Measure, NotRunOf, TestKind, TestResult } from './results.ts';

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

/** What is said of the model with more of a measure. */
const more: Record<Measure, string> = {
  accuracy: 'is right more often than',
  'weighted-f1': 'has the higher weighted F1 than',
  latency: 'is slower than',
  ece: 'is worse calibrated (ECE) than',
  brier: 'has the worse probabilities (Brier) than',
  nll: 'has the worse probabilities (NLL) than',
  auroc: 'tells its errors better (AUROC) than',
  aurc: 'tells its errors worse (AURC) than',
  augrc: 'tells its errors worse (AUGRC) than',
};

export const measureNames: Record<Measure, string> = {
  accuracy: 'accuracy',
  'weighted-f1': 'weighted F1',
  latency: 'latency, µs',
  ece: 'ECE',
  brier: 'Brier',
  nll: 'NLL',
  auroc: 'AUROC of errors',
  aurc: 'AURC',
  augrc: 'AUGRC',
};

/** Answers of both are right and wrong on the same sounds. */
const identical = ({ test, effect, statistic }: TestResult) =>
  test === 'tost' && effect === 0 && statistic === null;

/** The outcome in words, without a full stop. */
export function readingOf(test: TestResult, significance: number): string {
  const { a, b, measure } = test;
  const outcome = outcomeOf(test, significance);
  if (identical(test)) {
    const shown = outcome === 'equivalent' ? 'equal' : 'too few sources to show that they are equal';
    return `${a} and ${b} are identical on ${count(test.n, 'source')}: ${shown} within ±${score(test.margin!)}`;
  }
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
    const of =
      test.measure === 'accuracy' || test.measure === 'latency' ? '' : ` of ${shortMeasure(test.measure)}`;
    const least =
      test.detectable && outcomeOf(test, significance) === 'undecided'
        ? `, would show ±${score(test.detectable)}`
        : '';
    const told = `${shortNames[test.test]}${of} p ${p.startsWith('<') ? p : `= ${p}`}${least}`; // prettier-ignore
    groups.set(reading, [...(groups.get(reading) ?? []), told]);
  }
  return [...groups].map(([reading, told]) => `${reading} (${list(told)}).`).join(' ');
}

const shortMeasure = (measure: Measure) => (measure === 'weighted-f1' ? 'F1' : measureNames[measure]);

/** Why no test was made, a sentence for each reason: tests of the same two models are told together. */
export function notRunReadings(notRun: readonly NotRunOf[]): string {
  const groups = new Map<string, string[]>();
  for (const { a, b, test, measure, reason } of notRun) {
    const key = `between ${a} and ${b}: ${reason}`;
    const name = `${shortNames[test]} of ${shortMeasure(measure)}`;
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  return [...groups].map(([why, names]) => `No ${list(names)} ${why}.`).join(' ');
}
