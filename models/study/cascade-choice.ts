/** How little each decision may take without losing more than a margin: chosen by held windows, told by the test's. */
import { predictedOf } from '../evaluation/answers.ts';
import { classCounts, classificationScores } from '../evaluation/classification.ts';
import { mean } from '../evaluation/moments.ts';
import type { Priced, PricedTraining } from './trade-off.ts';

export interface ChosenSetting {
  readonly decision: string;
  readonly setting: string;
  /** Weighted F1 on the test windows, less that of the reference. */
  readonly difference: number;
  /** Energy on the test windows, as a share of the reference's. */
  readonly energyShare: number;
}

/**
 * Of each decision the setting of least energy whose F1 on held windows is within the margin of the reference's, if there is
 * one; its figures are of the test windows.
 * @param held and `test` the same settings in the same order (`cascadesOf`)
 * @param reference decision and setting, such as the largest stage alone
 */
export function cheapestWithin(
  { held, test }: { readonly held: readonly Priced[]; readonly test: readonly Priced[] },
  reference: Pick<Priced, 'decision' | 'setting'>,
  classes: number,
  margin = 0.005,
): ChosenSetting[] {
  const figures = (priced: Priced) => figuresOf(priced, classes);
  const at = held.findIndex(
    ({ decision, setting }) => decision === reference.decision && setting === reference.setting,
  );
  const [heldReference, testReference] = [figures(held[at]!), figures(test[at]!)];
  const decisions = [...new Set(held.map(({ decision }) => decision))];
  return decisions.flatMap((decision) => {
    const within = [...held.keys()]
      .filter((i) => held[i]!.decision === decision)
      .map((i) => ({ i, ...figures(held[i]!) }))
      .filter(({ f1 }) => f1 >= heldReference.f1 - margin)
      .sort((a, b) => a.millijoule - b.millijoule);
    const [cheapest] = within;
    if (!cheapest) return [];
    const told = figures(test[cheapest.i]!);
    return [
      {
        ...{ decision, setting: held[cheapest.i]!.setting },
        difference: told.f1 - testReference.f1,
        energyShare: told.millijoule / testReference.millijoule,
      },
    ];
  });
}

/** Means over trainings. */
function figuresOf({ trainings }: Priced, classes: number): { f1: number; millijoule: number } {
  return {
    f1: mean(trainings.map((training) => weightedF1(training, classes))),
    millijoule: mean(trainings.map(({ millijoule }) => mean([...millijoule]))),
  };
}

function weightedF1({ answers }: PricedTraining, classes: number): number {
  const truth = answers.map((answer) => answer.truth);
  const all = [...answers.keys()];
  return classificationScores(classCounts(truth, answers.map(predictedOf), classes, all)).weightedF1;
}
