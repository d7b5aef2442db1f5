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

/** What accuracy and F1 need of each class. */
export interface ClassCounts {
  /** true positives */
  readonly right: Int32Array;
  /** how often it truly occurs */
  readonly actual: Int32Array;
  readonly predicted: Int32Array;
}

/**
 * Counts of the items at `indices`, an item as often as it is named.
 * @param truth and @param predicted class indices of all items
 */
export function classCounts(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
  indices: readonly number[],
): ClassCounts {
  const counts = emptyCounts(classes);
  for (const i of indices) {
    counts.actual[truth[i]!]!++;
    counts.predicted[predicted[i]!]!++;
    if (truth[i] === predicted[i]) counts.right[truth[i]!]!++;
  }
  return counts;
}

const emptyCounts = (classes: number): ClassCounts => ({
  right: new Int32Array(classes),
  actual: new Int32Array(classes),
  predicted: new Int32Array(classes),
});

export interface ClassificationScores {
  /** Share of right answers. */
  readonly accuracy: number;
  /** Mean F1 over the classes that occur or are predicted, F1 = 2 TP / (2 TP + FP + FN). */
  readonly macroF1: number;
  /** Mean F1 over the classes, each weighted by how often it truly occurs. */
  readonly weightedF1: number;
}

export function classificationScores({ right, actual, predicted }: ClassCounts): ClassificationScores {
  let [items, hits, known, sum, weighted] = [0, 0, 0, 0, 0];
  for (let c = 0; c < actual.length; c++) {
    const both = actual[c]! + predicted[c]!;
    if (both === 0) continue;
    const f1 = (2 * right[c]!) / both;
    items += actual[c]!;
    hits += right[c]!;
    known++;
    sum += f1;
    weighted += f1 * actual[c]!;
  }
  return { accuracy: hits / items, macroF1: sum / known, weightedF1: weighted / items };
}

function countsOf(matrix: ConfusionMatrix): ClassCounts {
  const counts = emptyCounts(matrix.length);
  matrix.forEach((row, truth) =>
    row.forEach((items, answer) => {
      counts.actual[truth]! += items;
      counts.predicted[answer]! += items;
      if (truth === answer) counts.right[truth] = items;
    }),
  );
  return counts;
}

/** Share of right answers, 0 … 1. */
export const accuracy = (matrix: ConfusionMatrix): number => classificationScores(countsOf(matrix)).accuracy;

/**
 * Mean over classes of F1. A class that neither occurs nor is predicted has no F1 and is left out of the mean.
 */
export const macroF1 = (matrix: ConfusionMatrix): number => classificationScores(countsOf(matrix)).macroF1;

/** Mean F1 over the classes, each weighted by how often it truly occurs. */
export const weightedF1 = (matrix: ConfusionMatrix): number =>
  classificationScores(countsOf(matrix)).weightedF1;
