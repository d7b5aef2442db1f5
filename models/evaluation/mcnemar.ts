import { chiSquareUpper, fairTossesLower } from './distributions.ts';

export interface McNemar {
  /** items that only the first model gets right, and that only the second gets right */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** (|b − c| − 1)² / (b + c); null where the models never part */
  readonly chiSquare: number | null;
  /** of chi-square with one degree of freedom */
  readonly chiSquareP: number;
  /** two-sided binomial */
  readonly exactP: number;
}

/**
 * McNemar's test (McNemar 1947) of two models on the same items, exact and as chi-square with Edwards' (1948)
 * continuity correction.
 * @throws RangeError if the lists differ in length
 */
export function mcnemar(first: readonly boolean[], second: readonly boolean[]): McNemar {
  if (first.length !== second.length) {
    throw new RangeError(`${first.length} and ${second.length} answers are not of the same items`);
  }
  return mcnemarOfCounts(
    first.filter((right, i) => right && !second[i]).length,
    first.filter((right, i) => !right && second[i]).length,
  );
}

/** The same from the counts alone. */
export function mcnemarOfCounts(onlyFirst: number, onlySecond: number): McNemar {
  const apart = onlyFirst + onlySecond;
  if (apart === 0) return { onlyFirst, onlySecond, chiSquare: null, chiSquareP: 1, exactP: 1 };
  const chiSquare = Math.max(0, Math.abs(onlyFirst - onlySecond) - 1) ** 2 / apart;
  return {
    onlyFirst,
    onlySecond,
    chiSquare,
    chiSquareP: chiSquareUpper(chiSquare),
    exactP: Math.min(1, 2 * fairTossesLower(Math.min(onlyFirst, onlySecond), apart)),
  };
}
