/** F1 against energy: every way to decide what answers a window, in one shape. */
import type { ClipAnswer } from '../evaluation/answers.ts';
import { clusteredBootstrap, percentileInterval, type BootstrapOptions } from '../evaluation/bootstrap.ts';
import { classCounts, classificationScores } from '../evaluation/classification.ts';
import { predictedOf } from '../evaluation/answers.ts';
import { mean } from '../evaluation/moments.ts';
import { meanOver, requireSameClips } from '../evaluation/trainings.ts';
import type { FigureSource, TradeOff, TradeOffPoint } from '../report/results.ts';

/**
 * A model with a cost a window: a single model, a threshold between two, a router, a cascade. Whoever has stages fills it
 * so: for every window, sum what the stages take that ran for it (front end and encoder of each, router or gate with its
 * passes, expert); a clip's cost is the mean over its windows, its answer the mean over them of the probabilities of the
 * stage that answered. Settings of one decision (thresholds, alphas, shares) share its name, and are one curve.
 */
export interface Priced {
  /** For a person: 'One expert', 'Threshold on top probability', … */
  readonly decision: string;
  /** The setting, for a person: 'α = 1', '30 % asked twice', the expert's name. */
  readonly setting: string;
  /** By training, and by way to make clips harder: the clips in the same order in each. */
  readonly trainings: readonly PricedTraining[];
}

export interface PricedTraining {
  readonly answers: readonly ClipAnswer[];
  /** [clips] mean over a clip's windows, mJ */
  readonly millijoule: readonly number[];
}

/** The folds of one training, one after the other. */
export const ofFolds = (folds: readonly PricedTraining[]): PricedTraining => ({
  answers: folds.flatMap(({ answers }) => answers),
  millijoule: folds.flatMap(({ millijoule }) => millijoule),
});

/**
 * A point's three figures are of the same clips, and of the same draws of sources.
 * @param source of the energies
 * @throws RangeError where trainings of one differ in their clips
 */
export function tradeOffOf(
  all: readonly Priced[],
  source: FigureSource,
  classes: number,
  options: BootstrapOptions,
): TradeOff {
  const decisions = [...new Set(all.map(({ decision }) => decision))];
  return {
    source,
    curves: decisions.map((decision) => ({
      decision,
      points: all
        .filter((one) => one.decision === decision)
        .map((one) => pointOf(one, classes, options))
        .sort((a, b) => a.millijoule.value - b.millijoule.value),
    })),
  };
}

function pointOf({ setting, trainings }: Priced, classes: number, options: BootstrapOptions): TradeOffPoint {
  requireSameClips(trainings.map(({ answers }) => answers));
  const statistics = meanOver(
    trainings.map(({ answers, millijoule }) => {
      const truth = answers.map((answer) => answer.truth);
      const predicted = answers.map(predictedOf);
      return (draw: readonly number[]) => {
        const scores = classificationScores(classCounts(truth, predicted, classes, draw));
        return [mean(draw.map((clip) => millijoule[clip]!)), scores.accuracy, scores.weightedF1];
      };
    }),
  );
  const { answers } = trainings[0]!;
  const draws = clusteredBootstrap(
    answers.map(({ source }) => source),
    statistics,
    options,
  );
  const [millijoule, accuracy, weightedF1] = statistics([...answers.keys()]).map((value, i) => ({
    value,
    ...percentileInterval(draws[i]!, options.level),
  }));
  return { setting, millijoule: millijoule!, accuracy: accuracy!, weightedF1: weightedF1! };
}
