/**
 * Population stability index: how far a distribution has moved, the symmetric Kullback–Leibler divergence of two
 * histograms in nats (Jeffreys 1946; Siddiqi 2006, Credit Risk Scorecards, p. 136). By custom below 0.1 is little, and
 * above 0.25 much; it is no test, and grows by chance as counts get small.
 *
 * @param before @param now counts of the same bins
 * @returns null where one of them is empty
 */
export function populationStability(before: readonly number[], now: readonly number[]): number | null {
  const [all, some] = [sum(before), sum(now)];
  if (all === 0 || some === 0) return null;
  // Half a record in every bin, so that an empty one does not make it infinite.
  const share = (counts: readonly number[], i: number, total: number): number =>
    (counts[i]! + 0.5) / (total + 0.5 * counts.length);
  return before.reduce((index, _, i) => {
    const [p, q] = [share(before, i, all), share(now, i, some)];
    return index + (q - p) * Math.log(q / p);
  }, 0);
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
