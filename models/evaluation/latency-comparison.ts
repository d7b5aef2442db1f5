import { levene } from './levene.ts';
import { deviation } from './moments.ts';
import { finite, type Named, type Test } from './test-result.ts';
import { wilcoxonTest } from './wilcoxon-test.ts';

/**
 * How two models' latencies differ: their spread (Brown–Forsythe) and, where both ran the same windows in the same
 * order, their size (Wilcoxon).
 * @param a, b microseconds of each inference, two at least
 * @throws RangeError if there are fewer, or `sameWindows` and not as many of each
 */
export function compareLatencies(
  a: Named<readonly number[]>,
  b: Named<readonly number[]>,
  sameWindows: boolean,
): Test[] {
  if (sameWindows && a.values.length !== b.values.length) {
    throw new RangeError(`${a.values.length} and ${b.values.length} inferences are not of the same windows`);
  }
  const names = { a: a.name, b: b.name, measure: 'latency', unit: 'inference', margin: null } as const;
  const spread = levene([a.values, b.values]);
  const n = Math.min(a.values.length, b.values.length);
  const below = deviation(b.values)!;
  const tests: Test[] = [
    {
      ...names,
      test: 'brown-forsythe',
      n,
      method: `Levene’s test about the medians, F with ${spread.degrees.join(' and ')} degrees of freedom`,
      statistic: finite(spread.w),
      effect: below === 0 ? null : deviation(a.values)! / below,
      interval: null,
      p: spread.p,
    },
  ];
  if (sameWindows) {
    tests.push({ ...names, n, ...wilcoxonTest(a.values.map((value, i) => value - b.values[i]!)) });
  }
  return tests;
}
