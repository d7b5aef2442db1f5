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
 * Each class's F1 = 2 TP / (2 TP + FP + FN), and its clips; F1 is null for a class that neither occurs nor is
 * predicted.
 */
export function classF1(matrix: ConfusionMatrix): { f1: number | null; support: number }[] {
  const predicted = new Array<number>(matrix.length).fill(0);
  for (const row of matrix) row.forEach((count, i) => (predicted[i]! += count));
  return matrix.map((row, i) => {
    const support = row.reduce((sum, count) => sum + count, 0);
    const both = support + predicted[i]!;
    return { f1: both === 0 ? null : (2 * row[i]!) / both, support };
  });
}

/** Mean F1 over the classes that occur or are predicted. */
export function macroF1(matrix: ConfusionMatrix): number {
  const scores = classF1(matrix).flatMap(({ f1 }) => (f1 === null ? [] : [f1]));
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** Mean F1 over the classes, each weighted by how often it truly occurs. */
export function weightedF1(matrix: ConfusionMatrix): number {
  const classes = classF1(matrix);
  const clips = classes.reduce((sum, { support }) => sum + support, 0);
  return classes.reduce((sum, { f1, support }) => sum + (f1 ?? 0) * support, 0) / clips;
}
