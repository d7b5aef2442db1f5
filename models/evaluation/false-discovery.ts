/**
 * Of several p-values those that are told as findings, so that no more than a share of all that is told is wrong on
 * average (Benjamini and Hochberg 1995, Journal of the Royal Statistical Society B 57, p. 289, procedure 1).
 *
 * @param ps p-values, each within 0..1
 * @param share of findings that may be false, above 0 and below 1
 * @returns for each, whether it is one
 */
export function falseDiscovery(ps: readonly number[], share: number): boolean[] {
  const sorted = [...ps].sort((a, b) => a - b);
  const last = sorted.findLastIndex((p, i) => p <= ((i + 1) / ps.length) * share);
  const most = last < 0 ? -1 : sorted[last]!;
  return ps.map((p) => p <= most);
}
