/**
 * How many to draw of each stratum: as many of each as of every other, a small one whole and its share given to the
 * others; what is left, fewer than there are strata, goes one each to the largest, then the first.
 * @param populations whole numbers
 * @param size of the whole sample; cut to the sum of the populations
 * @returns in their order; their sum is the size
 */
export function allocate(populations: readonly number[], size: number): number[] {
  const drawn = populations.map(() => 0);
  let left = Math.min(
    size,
    populations.reduce((sum, population) => sum + population, 0),
  );
  while (left > 0) {
    const open = populations.flatMap((population, i) => (drawn[i]! < population ? [i] : []));
    const each = Math.floor(left / open.length);
    if (each === 0) {
      const largest = open.toSorted((a, b) => populations[b]! - populations[a]! || a - b);
      for (const i of largest.slice(0, left)) drawn[i]! += 1;
      return drawn;
    }
    for (const i of open) {
      const taken = Math.min(each, populations[i]! - drawn[i]!);
      drawn[i]! += taken;
      left -= taken;
    }
  }
  return drawn;
}
