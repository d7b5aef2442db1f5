/** A share of things that come in clusters, as windows do in clips: those of one cluster are more alike than others. */
import { studentQuantile } from './distributions.ts';
import { clopperPearsonOf, type Proportion } from './proportion.ts';

/** Over clusters c with x of n things that are so: what the share's spread between clusters takes. */
export interface ClusterSums {
  /** Of one thing or more. */
  readonly clusters: number;
  /** Σ n, Σ x */
  readonly trials: number;
  readonly successes: number;
  /** Σ n², Σ x², Σ n x */
  readonly trialsSquared: number;
  readonly successesSquared: number;
  readonly product: number;
}

/**
 * The interval of Clopper and Pearson, of as many independent things as tell as much as these do (Korn & Graubard 1998,
 * Survey Methodology 24:193): all of them, but for how few clusters there are, where clusters differ no more than chance
 * would have them, else fewer.
 */
export function clusteredProportion(sums: ClusterSums, confidence = 0.95): Proportion {
  const share = sums.successes / sums.trials;
  const effective = effectiveTrials(sums, share, confidence);
  return { ...clopperPearsonOf(share * effective, effective, confidence), share };
}

function effectiveTrials(sums: ClusterSums, share: number, confidence: number): number {
  const { clusters, trials, trialsSquared, successesSquared, product } = sums;
  // Of one clip nothing is known of the spread either.
  if (clusters < 2) return 1;
  const between = successesSquared - 2 * share * product + share * share * trialsSquared;
  const variance = (clusters / (clusters - 1)) * (between / trials ** 2);
  const t = (degrees: number): number => studentQuantile((1 + confidence) / 2, degrees);
  // Where all are so, or none, clusters do not differ.
  const independent = variance > 0 ? Math.min(trials, (share * (1 - share)) / variance) : trials;
  return independent * (t(trials - 1) / t(clusters - 1)) ** 2;
}
