import { accuracy, macroF1 } from '../../../models/evaluation/classification.ts';
import { confusionOf } from '../../../models/evaluation/answers.ts';
import type { FoldFigures } from '../../../models/bank/bank.ts';
import type { FoldOutcome, ModelAnswers } from '../../../models/study/assess.ts';

export interface BankFigures {
  readonly clips: number;
  readonly accuracy: number;
  readonly macroF1: number;
  readonly crossValidation: readonly FoldFigures[];
}

/**
 * @param pick the model's answers in a fold's outcome
 * @param shown the fold whose models the bank holds
 * @param all every fold's outcome; the shown one alone where there was no cross-validation
 */
export function bankFigures(
  pick: (outcome: FoldOutcome) => ModelAnswers,
  shown: FoldOutcome,
  all: readonly FoldOutcome[],
  classes: number,
): BankFigures {
  const of = (outcome: FoldOutcome) => {
    const { answers } = pick(outcome);
    const confusion = confusionOf(answers, classes);
    return { clips: answers.length, accuracy: accuracy(confusion), macroF1: macroF1(confusion) };
  };
  return {
    ...of(shown),
    crossValidation: all.length > 1 ? all.map((outcome) => ({ fold: outcome.fold, ...of(outcome) })) : [],
  };
}
