import { confusionMatrix, type ConfusionMatrix } from './classification.ts';
import { argmax } from './probability.ts';

/** What a model that was not trained on a clip says of it. */
export interface ClipAnswer {
  readonly clip: string;
  /** The recording that the clip was cut from. */
  readonly source: string;
  readonly fold: number;
  /** Index of the true class. */
  readonly truth: number;
  /** One a class, summing to 1. */
  readonly probabilities: ArrayLike<number>;
  /** How much the router's passes disagreed; null without a router. */
  readonly curiosity: number | null;
}

export const predictedOf = (answer: ClipAnswer): number => argmax(answer.probabilities);

export const isRight = (answer: ClipAnswer): boolean => predictedOf(answer) === answer.truth;

export function confusionOf(answers: readonly ClipAnswer[], classes: number): ConfusionMatrix {
  return confusionMatrix(
    answers.map(({ truth }) => truth),
    answers.map(predictedOf),
    classes,
  );
}

/** Answers by fold, the folds in rising order. */
export function byFold(answers: readonly ClipAnswer[]): Map<number, ClipAnswer[]> {
  const folds = [...new Set(answers.map(({ fold }) => fold))].sort((a, b) => a - b);
  return new Map(folds.map((fold) => [fold, answers.filter((answer) => answer.fold === fold)]));
}

/**
 * Two models' answers to the same clips, in the order of the first.
 * @throws RangeError if they did not answer the same clips
 */
export function paired(
  a: readonly ClipAnswer[],
  b: readonly ClipAnswer[],
): (readonly [ClipAnswer, ClipAnswer])[] {
  const others = new Map(b.map((answer) => [answer.clip, answer]));
  const pairs = a.flatMap((answer) => {
    const other = others.get(answer.clip);
    return other ? [[answer, other] as const] : [];
  });
  if (pairs.length !== a.length || pairs.length !== b.length || others.size !== b.length) {
    throw new RangeError(
      `Answers to ${a.length} and ${b.length} clips have ${pairs.length} clips in common; they must be the same`,
    );
  }
  return pairs;
}
