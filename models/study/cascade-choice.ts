/** How little each decision may take without losing more than a margin: chosen by held windows, told by the test's. */
import { predictedOf } from '../evaluation/answers.ts';
import { clusteredBootstrap, percentileInterval, type BootstrapOptions } from '../evaluation/bootstrap.ts';
import { classCounts, classificationScores } from '../evaluation/classification.ts';
import { mean } from '../evaluation/moments.ts';
import { meanOver, type Statistics } from '../evaluation/trainings.ts';
import type { AgainstStage, ChosenCascade } from '../report/results.ts';
import type { Priced, PricedTraining } from './trade-off.ts';

/** The same settings in the same order (`cascadesOf`). */
export interface PricedSides {
  readonly held: readonly Priced[];
  readonly test: readonly Priced[];
  /** Of all harder sounds together; null where there are none. */
  readonly hard: readonly Priced[] | null;
}

export interface Choosing {
  /** Decision and setting, such as the largest stage alone. */
  readonly reference: Pick<Priced, 'decision' | 'setting'>;
  readonly classes: number;
  /** Of weighted F1. */
  readonly margin: number;
  readonly bootstrap: BootstrapOptions;
}

/**
 * Of each decision the setting of least energy whose F1 on held windows is within the margin of the reference's, if there is
 * one; what is told of it are the test windows'.
 */
export function cheapestWithin(sides: PricedSides, choosing: Choosing): ChosenCascade[] {
  const { held, test, hard } = sides;
  const { reference, classes, margin } = choosing;
  const at = held.findIndex(
    ({ decision, setting }) => decision === reference.decision && setting === reference.setting,
  );
  const found = held.map((priced, i) => ({ i, ...meansOf(priced, classes) }));
  const least = found[at]!.f1 - margin;
  const decisions = [...new Set(held.map(({ decision }) => decision))];
  return decisions.flatMap((decision) => {
    const [cheapest] = found
      .filter(({ i, f1 }) => held[i]!.decision === decision && f1 >= least)
      .sort((a, b) => a.millijoule - b.millijoule);
    if (!cheapest) return [];
    const { i } = cheapest;
    return [
      {
        ...{ decision, setting: held[i]!.setting },
        plain: against(test[i]!, test[at]!, choosing),
        hard: hard && against(hard[i]!, hard[at]!, choosing),
      },
    ];
  });
}

/** Difference in F1 and share of the energy, with intervals: both of the same clips and the same draws of sources. */
export function against(
  one: Priced,
  reference: Priced,
  { classes, bootstrap }: Pick<Choosing, 'classes' | 'bootstrap'>,
): AgainstStage {
  const statistics = meanOver(
    one.trainings.map((training, i): Statistics => {
      const [mine, theirs] = [training, reference.trainings[i]!].map((each) => figuresOf(each, classes));
      return (draw) => {
        const [a, b] = [mine!(draw), theirs!(draw)];
        return [a.f1 - b.f1, a.millijoule / b.millijoule];
      };
    }),
  );
  const { answers } = one.trainings[0]!;
  const draws = clusteredBootstrap(
    answers.map(({ source }) => source),
    statistics,
    bootstrap,
  );
  const [difference, energyShare] = statistics([...answers.keys()]).map((value, i) => ({
    value,
    ...percentileInterval(draws[i]!, bootstrap.level),
  }));
  return { difference: difference!, energyShare: energyShare! };
}

/** Means over trainings. */
function meansOf({ trainings }: Priced, classes: number): { f1: number; millijoule: number } {
  const each = trainings.map((training) => figuresOf(training, classes)([...training.answers.keys()]));
  return { f1: mean(each.map(({ f1 }) => f1)), millijoule: mean(each.map(({ millijoule }) => millijoule)) };
}

/** Weighted F1 and energy of a draw of clips. */
function figuresOf({ answers, millijoule }: PricedTraining, classes: number) {
  const truth = answers.map((answer) => answer.truth);
  const predicted = answers.map(predictedOf);
  return (draw: readonly number[]) => ({
    f1: classificationScores(classCounts(truth, predicted, classes, draw)).weightedF1,
    millijoule: mean(draw.map((clip) => millijoule[clip]!)),
  });
}
