/**
 * Share of samples whose chosen expert is not the same in all draws.
 * @param draws [draw][sample] the place of the expert that was chosen; at least two draws of as many samples
 * @throws RangeError if there are fewer than two draws, no samples, or draws of different lengths
 */
export function flipRate(draws: readonly ArrayLike<number>[]): number {
  const [first, ...others] = draws;
  if (!first || others.length === 0 || first.length === 0 || others.some((d) => d.length !== first.length)) {
    throw new RangeError('Flips are told from two draws at least, of the same samples');
  }
  const flipped = Array.from(first).filter((expert, i) => others.some((draw) => draw[i] !== expert));
  return flipped.length / first.length;
}

/**
 * What each expert contributed to so many answers: where several answer together each counts by its share.
 * @returns by expert; they sum to how many choices there are
 */
export function contributions(
  choices: readonly (readonly { readonly expert: number; readonly share: number }[])[],
  experts: number,
): number[] {
  const sums = new Array<number>(experts).fill(0);
  for (const { expert, share } of choices.flat()) sums[expert]! += share;
  return sums;
}

/** Mean bits of the experts that answered, by the share that each contributed. */
export function meanBits(shares: readonly number[], bits: readonly number[]): number {
  return shares.reduce((sum, share, expert) => sum + share * bits[expert]!, 0);
}
