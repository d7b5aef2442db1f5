/** 97.5 % quantile of the standard normal distribution: intervals of 95 %. */
const NORMAL_95 = 1.959963984540054;

/** How far two reviewers say the same. */
export interface Kappa {
  readonly items: number;
  /** share of items of which both say the same, 0 … 1 */
  readonly agreement: number;
  /** Cohen's kappa, −1 … 1; null where both say one and the same of everything, which leaves nothing to chance */
  readonly kappa: number | null;
  /** 95 %, by the normal approximation, held within −1 … 1; null with kappa */
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * Cohen's kappa (1960, Educational and Psychological Measurement 20:37) with the large-sample variance of Fleiss,
 * Cohen & Everitt (1969, Psychological Bulletin 72:323), which is the delta method over the table's cells.
 * @param counts square table of whole numbers: row, what the first says; column, what the second says
 * @throws RangeError if the table is not square or holds nothing
 */
export function cohenKappa(counts: readonly (readonly number[])[]): Kappa {
  const size = counts.length;
  const items = counts.flat().reduce((sum, count) => sum + count, 0);
  if (items <= 0 || counts.some((row) => row.length !== size)) {
    throw new RangeError(`No kappa of ${items} items in a table of ${size} rows`);
  }
  const cells = counts.map((row) => row.map((count) => count / items));
  const rows = cells.map((row) => row.reduce((sum, share) => sum + share, 0));
  const columns = cells.map((_, j) => cells.reduce((sum, row) => sum + row[j]!, 0));
  const agreement = cells.reduce((sum, row, i) => sum + row[i]!, 0);
  if (rows.some((share, i) => share === 1 && columns[i] === 1)) {
    return { items, agreement, kappa: null, low: null, high: null };
  }
  const chance = rows.reduce((sum, share, i) => sum + share * columns[i]!, 0);
  const kappa = (agreement - chance) / (1 - chance);
  let first = 0;
  let second = 0;
  cells.forEach((row, i) =>
    row.forEach((share, j) => {
      const same = i === j ? 1 - chance : 0;
      const slope = (same - (columns[i]! + rows[j]!) * (1 - agreement)) / (1 - chance) ** 2;
      first += share * slope;
      second += share * slope ** 2;
    }),
  );
  const margin = NORMAL_95 * Math.sqrt(Math.max(0, second - first ** 2) / items);
  return { items, agreement, kappa, low: Math.max(-1, kappa - margin), high: Math.min(1, kappa + margin) };
}
