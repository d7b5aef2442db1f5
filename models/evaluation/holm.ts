/**
 * Holm's (1979) step-down correction for several tests: with the p in rising order, the i-th of m (from 0) times
 * m − i, never smaller than the one before, at most 1.
 * @returns corrected p in the order given
 */
export function holm(ps: readonly number[]): number[] {
  const corrected = new Array<number>(ps.length);
  let least = 0;
  [...ps.keys()]
    .sort((a, b) => ps[a]! - ps[b]!)
    .forEach((test, i) => {
      least = Math.max(least, Math.min(1, ps[test]! * (ps.length - i)));
      corrected[test] = least;
    });
  return corrected;
}
