/** From which probability on a review leaves detections of each class. */
import type { AppliedThresholds, ClassReview, ThresholdRule } from './contract/rows.ts';

/**
 * By the rule `fit` where the logistic line reaches the wished precision; where no line tells (all decided are the same,
 * or truth does not rise with probability) the whole class where its precision is the wished one, else nothing of it. By
 * `bound` the least edge from which on the lower bound of precision is the wished one, or nothing.
 * @param wished precision, between 0 and 1
 * @returns of the classes of which anything was found true or false
 */
export const thresholdsOf = (
  classes: readonly ClassReview[],
  wished: number,
  rule: ThresholdRule,
): AppliedThresholds['classes'] =>
  classes.flatMap((one) =>
    one.decided === 0
      ? []
      : [{ label: one.label, least: rule === 'bound' ? one.heldFrom : byFit(one, wished) }],
  );

function byFit({ fit, thresholds }: ClassReview, wished: number): number | null {
  if (fit?.threshold) return fit.threshold.threshold;
  const whole = thresholds[0];
  // While a bin of the run has nothing decided, the sample is all that is known.
  const precision = whole?.precision.value ?? whole?.sample?.share ?? 0;
  return precision >= wished ? 0 : null;
}
