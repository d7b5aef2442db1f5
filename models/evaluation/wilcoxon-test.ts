import type { Test } from './test-result.ts';
import { wilcoxon } from './wilcoxon.ts';

const wilcoxonMethods = {
  exact: 'exact',
  normal: 'normal approximation with tie and continuity correction',
  none: 'no pair differs',
};

export function wilcoxonTest(
  differences: readonly number[],
): Pick<Test, 'test' | 'method' | 'statistic' | 'effect' | 'interval' | 'p'> {
  const result = wilcoxon(differences);
  const zeros = differences.length - result.n;
  const left =
    zeros === 0
      ? ''
      : `; ${zeros} of ${differences.length} pairs do not differ: ranked below the others, without a sign (Pratt)`;
  return {
    test: 'wilcoxon',
    method: `${wilcoxonMethods[result.method]}${left}`,
    statistic: result.w,
    effect: result.effect,
    interval: null,
    p: result.p,
  };
}
