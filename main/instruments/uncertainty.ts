/**
 * Energy of a stretch, and how far it may be off. E = V · T · Σ I over the samples that came; T is 10 µs. What may be wrong:
 *
 * - calibration: V · Σ over ranges of a(r) · |Q(r)|. The maker's typical accuracy is one of gain: the same for all samples of
 *   a range, so that it does not shrink with their number; of different ranges it is added, not squared.
 * - resolution: V · T · Σ over ranges of q(r) · n(r): an offset of up to a step, the same for all samples of a range.
 * - noise: V · T · σ · √n, where σ² is half the mean square of the differences of neighbours (von Neumann). What the current
 *   itself does from sample to sample counts in: it is an upper bound.
 * - edges: a mark is known to a sample; uniform over it, the standard deviation is T/√12 at each end.
 * - lost: nothing is put in place of lost samples. What they may have taken is at most V · T · n · the highest current.
 *
 * Together: calibration + resolution + √(noise² + edges²) + lost. The voltage counts as what it was set to or told to be.
 */
import type { Energy } from './contract/energy.ts';
import { unknownRange, type Totals } from './totals.ts';

/** The maker's specification, typical values: 10 % of the reading, 15 % above 50 mA; of an unknown range the worst of them. */
export const accuracy = [0.1, 0.1, 0.1, 0.1, 0.15, 0.15] as const;
/** A step of each range, A. The range of a sample out of a table nobody knows, and its step neither: none is counted. */
export const resolution = [0.2e-6, 0.5e-6, 5e-6, 50e-6, 1e-3, 0] as const;

const edgeShare = 1 / Math.sqrt(12);

/** @param edges of it that a mark sets, each with the current there, A */
export function energyOf(
  totals: Totals,
  volts: number,
  samplesPerSecond: number,
  edges: readonly number[] = [],
): Energy {
  const { count, lost, counts, sums, covered } = totals;
  const step = volts / samplesPerSecond;
  let [calibration, offset] = [0, 0];
  for (let range = 0; range <= unknownRange; range++) {
    calibration += accuracy[range]! * Math.abs(sums[range]!);
    offset += resolution[range]! * counts[range]!;
  }
  const deviation = Math.sqrt(totals.differences / Math.max(1, count - 1) / 2);
  const known = edges.filter((current) => Number.isFinite(current));
  const parts = {
    calibration: step * calibration,
    resolution: step * offset,
    noise: step * deviation * Math.sqrt(count),
    edges: step * edgeShare * Math.hypot(...known),
    lost: lost === 0 || count === 0 ? 0 : step * lost * Math.max(Math.abs(totals.max), Math.abs(totals.min)),
  };
  return {
    joules: step * totals.sum,
    coulombs: totals.sum / samplesPerSecond,
    seconds: covered / samplesPerSecond,
    lost,
    parts,
    uncertainty: parts.calibration + parts.resolution + Math.hypot(parts.noise, parts.edges) + parts.lost,
  };
}
