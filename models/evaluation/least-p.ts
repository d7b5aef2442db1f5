/** The least p that Wilcoxon's signed-rank test can give of so many pairs that all differ, two-sided: all signs alike. */
export const leastWilcoxonP = (n: number): number => Math.min(1, 2 / 2 ** n);
