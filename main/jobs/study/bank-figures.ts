import { confusionOf, type ClipAnswer } from '../../../models/evaluation/answers.ts';
import { accuracy, macroF1 } from '../../../models/evaluation/classification.ts';
import type { FoldFigures } from '../../../models/bank/bank.ts';

export interface BankFigures {
  readonly clips: number;
  readonly accuracy: number;
  readonly macroF1: number;
  readonly crossValidation: readonly FoldFigures[];
}

/**
 * @param answersOf a fold: the model's answers to its clips
 * @param shown the fold whose models the bank holds
 * @param all every fold; the shown one alone where there was no cross-validation
 */
export function bankFigures<Fold extends { readonly fold: number }>(
  answersOf: (fold: Fold) => readonly ClipAnswer[],
  shown: Fold,
  all: readonly Fold[],
  classes: number,
): BankFigures {
  const of = (fold: Fold) => {
    const answers = answersOf(fold);
    const confusion = confusionOf(answers, classes);
    return { clips: answers.length, accuracy: accuracy(confusion), macroF1: macroF1(confusion) };
  };
  return {
    ...of(shown),
    crossValidation: all.length > 1 ? all.map((one) => ({ fold: one.fold, ...of(one) })) : [],
  };
}
