/** Times of echoes as people read them, and as they are drawn. */

/** @param times not empty @param share 0 to 1 @returns that share of them is no longer */
export function quantile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))]!;
}

export const echoQuantiles = [0, 0.5, 0.95, 0.99, 1] as const;
const names = ['shortest', 'median', '95 %', '99 %', 'longest'];

export const echoTimes = (times: readonly number[]): [name: string, text: string][] =>
  times.length === 0
    ? []
    : echoQuantiles.map((share, at) => [names[at]!, `${quantile(times, share).toFixed(2)} ms`]);

/** What share of them is no longer than x, as steps: two points each. */
export function distribution(times: readonly number[]): [x: number, share: number][] {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted.flatMap((ms, at): [number, number][] => [
    [ms, at / sorted.length],
    [ms, (at + 1) / sorted.length],
  ]);
}
