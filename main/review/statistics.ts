/** What decisions tell of a run: how precise each class is from which probability on, and how many are true. */
import { cohenKappa } from '../../models/evaluation/kappa.ts';
import { fitLogistic, logit, thresholdOf } from '../../models/evaluation/logistic.ts';
import { clopperPearson } from '../../models/evaluation/proportion.ts';
import { stratifiedCount, stratifiedShare } from '../../models/evaluation/stratified.ts';
import { verdicts, type Verdict } from '../detections/contract/filter.ts';
import type {
  ClassReview,
  ReviewAgreement,
  ReviewDecision,
  ReviewItem,
  ReviewSet,
  ReviewStatistics,
} from './contract/rows.ts';

/** What is used of an item. */
export type JudgedItem = Pick<ReviewItem, 'stratum' | 'decisions'> & { detection: { peak: number } };

/**
 * What its reviewers make of a detection: true where more say yes than no or other, false where fewer do; null where
 * as many do, or nobody can tell.
 */
export function truthOf(decisions: readonly ReviewDecision[]): boolean | null {
  const balance = decisions.reduce(
    (sum, { verdict }) => sum + (verdict === 'yes' ? 1 : verdict === 'unsure' ? 0 : -1),
    0,
  );
  return balance === 0 ? null : balance > 0;
}

/** Of a whole set: what may take longer than an event loop may wait. @param wished precision, between 0 and 1 */
export const statisticsOf = (
  strata: ReviewSet['strata'],
  items: readonly JudgedItem[],
  wished: number,
): ReviewStatistics => ({
  precision: wished,
  classes: [...new Set(strata.map(({ label }) => label))].map((label) =>
    classReview(label, strata, items, wished),
  ),
  agreement: agreementOf(items),
});

/** @param wished precision, between 0 and 1 */
export function classReview(
  label: string,
  all: ReviewSet['strata'],
  items: readonly JudgedItem[],
  wished: number,
): ClassReview {
  const places = all.flatMap((stratum, i) => (stratum.label === label ? [i] : []));
  const inClass = new Set(places);
  const own = items.filter(({ stratum }) => inClass.has(stratum));
  const judged = own.flatMap((item) => {
    const truth = truthOf(item.decisions);
    return truth === null ? [] : [{ stratum: item.stratum, peak: item.detection.peak, truth }];
  });
  const strata = places.map((place) => {
    const inside = judged.filter(({ stratum }) => stratum === place);
    const right = inside.filter(({ truth }) => truth).length;
    return { from: all[place]!.from, population: all[place]!.population, decided: inside.length, right };
  });
  const thresholds = strata.map(({ from }, i) => {
    const above = strata.slice(i);
    const sum = (of: 'population' | 'decided' | 'right') => above.reduce((total, one) => total + one[of], 0);
    const [population, decided, right] = [sum('population'), sum('decided'), sum('right')];
    const sample = decided === 0 ? null : clopperPearson(right, decided);
    return { from, population, decided, right, sample, precision: stratifiedShare(above)! };
  });
  const line = fitLogistic(
    judged.map(({ peak }) => logit(peak)),
    judged.map(({ truth }) => truth),
  );
  return {
    label,
    items: own.length,
    decided: judged.length,
    right: judged.filter(({ truth }) => truth).length,
    undecided: own.filter(({ decisions }) => decisions.length > 0 && truthOf(decisions) === null).length,
    population: strata.reduce((sum, { population }) => sum + population, 0),
    trueDetections: stratifiedCount(strata),
    thresholds,
    fit: line && {
      ...{ intercept: line.intercept, slope: line.slope, separated: line.separated },
      threshold: thresholdOf(line, wished),
    },
    heldFrom: thresholds.find((one) => one.precision.low >= wished)?.from ?? null,
  };
}

/** Of every two reviewers who decided the same item. */
export function agreementOf(items: readonly JudgedItem[]): ReviewAgreement[] {
  const names = [
    ...new Set(items.flatMap(({ decisions }) => decisions.map(({ reviewer }) => reviewer))),
  ].sort();
  return names.flatMap((first, i) =>
    names.slice(i + 1).flatMap((second): ReviewAgreement[] => {
      const counts = verdicts.map(() => verdicts.map(() => 0));
      let both = 0;
      for (const { decisions } of items) {
        const [a, b] = [verdictOf(decisions, first), verdictOf(decisions, second)];
        if (a === undefined || b === undefined) continue;
        counts[verdicts.indexOf(a)]![verdicts.indexOf(b)]! += 1;
        both++;
      }
      return both === 0 ? [] : [{ reviewers: [first, second], ...cohenKappa(counts) }];
    }),
  );
}

const verdictOf = (decisions: readonly ReviewDecision[], name: string): Verdict | undefined =>
  decisions.find(({ reviewer }) => reviewer === name)?.verdict;
