/** Which tests belong together, and what that costs them. */
import { studentQuantile } from './distributions.ts';
import { holm } from './holm.ts';
import type { Test, TestResult } from './test-result.ts';

/** What a test is for: tests of one question are corrected together where they are for the same. */
function purposeOf({ test, measure }: Test): string {
  switch (measure) {
    case 'latency':
      return test === 'brown-forsythe' ? 'does latency vary more' : 'is one slower';
    case 'ece':
    case 'brier':
    case 'nll':
      return 'are the probabilities better';
    case 'auroc':
    case 'aurc':
    case 'augrc':
      return 'are errors told better';
    case 'accuracy':
    case 'weighted-f1':
      if (test === 'clustered-bootstrap') return 'are the answers better';
      if (test === 'tost') return 'are they equal';
      return test === 'mcnemar' ? 'clips taken as independent' : 'from fold to fold';
  }
}

const power = 0.8;

/** Holm's correction over the tests of a question, those for the same purpose together. @param level such as 0.95 */
export function corrected(question: string, tests: readonly Test[], level: number): TestResult[] {
  const families = new Map<string, Test[]>();
  for (const test of tests) {
    const family = `${question}: ${purposeOf(test)}`;
    families.set(family, [...(families.get(family) ?? []), test]);
  }
  return [...families].flatMap(([family, mine]) => {
    const adjusted = holm(mine.map(({ p }) => p));
    return mine.map((test, i) => ({
      ...test,
      question,
      family,
      adjusted: adjusted[i]!,
      detectable: detectable(test, (1 - level) / mine.length),
    }));
  });
}

/**
 * The minimum detectable effect: (t of 1 − significance / 2 + t of the power) times the standard error of the
 * difference (Bloom 1995, Evaluation Review 19: 547), with the degrees of freedom of sources, or folds (Cameron &
 * Miller 2015, section VI).
 * @param significance that the smallest p of a family needs: the level's by the number of its tests (Holm's first step)
 */
function detectable({ standardError }: Test, significance: number): number | null {
  if (!standardError || standardError.value === 0) return null;
  const { value, degrees } = standardError;
  return (studentQuantile(1 - significance / 2, degrees) + studentQuantile(power, degrees)) * value;
}
