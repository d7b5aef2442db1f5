/** Rows are true classes, columns predicted ones. */
export type ConfusionMatrix = readonly (readonly number[])[];

/** @param truth and @param predicted class indices of the same items, 0 … classes − 1 */
export function confusionMatrix(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
): ConfusionMatrix {
  if (truth.length !== predicted.length)
    throw new RangeError('One prediction is needed for every true class');
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < truth.length; i++) matrix[truth[i]!]![predicted[i]!]!++;
  return matrix;
}

/** Share of right answers, 0 … 1. */
export function accuracy(matrix: ConfusionMatrix): number {
  const right = matrix.reduce((sum, row, i) => sum + row[i]!, 0);
  return right / matrix.flat().reduce((sum, count) => sum + count, 0);
}

/**
 * Mean over classes of F1 = 2 TP / (2 TP + FP + FN). A class that neither occurs nor is predicted has no F1
 * and is left out of the mean.
 */
export function macroF1(matrix: ConfusionMatrix): number {
  const scores = matrix.flatMap((row, i) => {
    const truePositives = row[i]!;
    const actual = row.reduce((sum, count) => sum + count, 0);
    const predicted = matrix.reduce((sum, other) => sum + other[i]!, 0);
    return actual + predicted === 0 ? [] : [(2 * truePositives) / (actual + predicted)];
  });
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}
