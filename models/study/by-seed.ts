/** Outcomes of folds as trainings: all folds of a seed together. */
import type { ClipAnswer } from '../evaluation/answers.ts';
import type { Training } from '../evaluation/trainings.ts';
import type { FoldOutcome, ModelAnswers } from './assess.ts';

/** In the order in which the seeds come, each with its folds in rising order. */
export function bySeed(folds: readonly FoldOutcome[]): FoldOutcome[][] {
  const seeds = [...new Set(folds.map(({ seed }) => seed))];
  return seeds.map((seed) => folds.filter((one) => one.seed === seed).sort((a, b) => a.fold - b.fold));
}

/** One model's answers. */
export function trainingsOf(
  folds: readonly FoldOutcome[],
  pick: (fold: FoldOutcome) => ModelAnswers,
): Training[] {
  return bySeed(folds).map((mine) => {
    const fitted = mine.flatMap((fold) => {
      const { temperature } = pick(fold);
      return temperature === null ? [] : [[fold.fold, temperature] as const];
    });
    return {
      seed: mine[0]!.seed,
      answers: mine.flatMap((fold) => pick(fold).answers),
      temperatures: fitted.length === mine.length ? new Map(fitted) : null,
    };
  });
}

/** Every model's, by its name. */
export function answersOf(folds: readonly FoldOutcome[]): Map<string, (readonly ClipAnswer[])[]> {
  const models = (fold: FoldOutcome): readonly ModelAnswers[] => [...fold.experts, ...fold.mixtures];
  return new Map(
    models(folds[0]!).map(({ name }, i) => [
      name,
      trainingsOf(folds, (fold) => models(fold)[i]!).map(({ answers }) => answers),
    ]),
  );
}
