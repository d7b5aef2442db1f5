/**
 * Evidence that may be looked at after every observation: e-processes. Where the null hypothesis holds, the chance that one
 * ever reaches 1/α is α at most, however often it is looked at and whenever one stops (Ville 1939; Ramdas, Grünwald, Vovk
 * and Shafer 2023, Statistical Science 38:576). Told as natural logarithms; 0 says nothing, above it the
 * evidence is against the null hypothesis.
 */
import { clopperPearson } from './proportion.ts';

/** Share of what was before that lies beyond the threshold. */
const beyondShare = 0.1;

/**
 * Values before, and the place beyond which one in ten of them lies.
 * @returns with how many of them lie beyond
 * @throws RangeError without values
 */
export function thresholdOf(before: readonly number[]): { threshold: number; beyond: number } {
  if (before.length === 0) throw new RangeError('No threshold of no values');
  const sorted = [...before].sort((a, b) => a - b);
  const beyond = Math.min(sorted.length - 1, Math.floor(sorted.length * beyondShare));
  return { threshold: sorted[sorted.length - 1 - beyond]!, beyond };
}

/**
 * Against: values now are no larger than those before. Whatever their distribution, the chance P that one passes the
 * (n − x)-th of n is Beta(x + 1, n − x), so that how many pass is a Pólya urn: a point null, with the uncertainty of what
 * was before in it. It is held against the urn Beta(x + 1, min(x + 1, n − x)), in which half of them pass. The ratio rises
 * with the number that pass; values that are smaller than before pass less often at every moment, and so the bound holds
 * for them, and for ties, too.
 *
 * Assumes that values are exchangeable but for the change: take blocks long enough not to lean on their neighbours.
 * @param before how many values there were, 1 or more @param beyond of them beyond the threshold, less than all
 * @param now how many values there are @param passing of them beyond the threshold
 * @returns ln of the e-process
 */
export function beyondEvidence(before: number, beyond: number, now: number, passing: number): number {
  const a = beyond + 1;
  const b = before - beyond;
  const other = Math.min(a, b);
  let evidence = 0;
  // Urns drawn from one after another; what both count of those that pass is the same, and cancels.
  for (let i = 0; i < now; i++) evidence += Math.log((a + b + i) / (a + other + i));
  for (let i = 0; i < now - passing; i++) evidence += Math.log((other + i) / (b + i));
  return evidence;
}

/** Odds of the alternatives over the null's, evenly in their logarithm, each with the same weight. */
const oddsRatios = Array.from({ length: 24 }, (_, i) => 2 ** ((i + 1) / 2));

/**
 * Against: each of so many trials succeeds with a chance of `most` at the most, given those before (Robbins 1970, Annals
 * of Mathematical Statistics 41:1397, with a discrete mixture over larger chances).
 * @param most between 0 and 1
 * @returns ln of the e-process
 */
export function shareEvidence(successes: number, trials: number, most: number): number {
  const odds = most / (1 - most);
  return meanEvidence(
    oddsRatios.map((ratio) => {
      const p = (odds * ratio) / (1 + odds * ratio);
      return successes * Math.log(p / most) + (trials - successes) * Math.log((1 - p) / (1 - most));
    }),
  );
}

/**
 * The largest chance of success that so many successes of so many trials leave open, but for a chance of `error`.
 * @returns 1 without trials
 */
export const highestShare = (successes: number, trials: number, error: number): number =>
  trials === 0 ? 1 : clopperPearson(successes, trials, 1 - 2 * error).high;

/**
 * Several pieces of evidence against one null hypothesis as one: their mean, however they depend on one another (Vovk and
 * Wang 2021, Annals of Statistics 49:1736).
 * @param evidence logarithms @returns its logarithm; 0 for none
 */
export function meanEvidence(evidence: readonly number[]): number {
  if (evidence.length === 0) return 0;
  const most = Math.max(...evidence);
  return most + Math.log(evidence.reduce((sum, one) => sum + Math.exp(one - most), 0) / evidence.length);
}
