/** Which stage of a cascade answers (models/packing/IMAGE.md, "Cascade"), to the bit as a board decides it. */
import { log32, softmax32 } from './float32.ts';
import type { Route } from './route.ts';
import type { Cascade, Decision, UnboundRouter } from './router.ts';

const f = Math.fround;

/** Whether the first expert's own answer decides; else the router does, before any expert runs. */
export const firstDecides = (decision: Decision): boolean =>
  decision === 'top-probability' || decision === 'entropy';

/** The score of what the first expert answers, 0 to 1. */
export function doubtScore(decision: 'top-probability' | 'entropy', logits: Float32Array): number {
  const probabilities = softmax32(logits);
  if (decision === 'top-probability') return f(1 - probabilities.reduce((most, p) => Math.max(most, p), 0));
  return f(entropy32(probabilities) / log32(logits.length));
}

/** The score of a route, 0 to 1. @param curiosityScale of the router */
export function needScore(
  decision: 'curiosity' | 'gate',
  { mean, curiosity }: Pick<Route, 'mean' | 'curiosity'>,
  curiosityScale: number,
): number {
  return decision === 'gate' ? f(1 - mean[0]!) : Math.min(1, f(curiosity / curiosityScale));
}

/** The place of the expert that answers. */
export function placeOf({ thresholds }: Cascade, score: number): number {
  const first = thresholds.findIndex((threshold) => !(score > threshold));
  return first < 0 ? thresholds.length : first;
}

/** How far a score lies from where the expert of that place would answer; 0 where it does. */
export function distanceTo(
  { thresholds }: Pick<Cascade, 'thresholds'>,
  score: number,
  place: number,
): number {
  const below = place === 0 ? -Infinity : thresholds[place - 1]!;
  const above = place === thresholds.length ? Infinity : thresholds[place]!;
  return Math.max(0, below - score, score - above);
}

/**
 * Thresholds that send wished shares of windows on, by the scores of windows that nothing was fitted to: as near as whole
 * windows come to it, and no further than wished where scores are alike.
 * @param shares at least one expert further, at least two further, …; 0 to 1, falling
 */
export function thresholdsFor(scores: ArrayLike<number>, shares: readonly number[]): Float32Array {
  const sorted = Float32Array.from(scores).sort();
  return Float32Array.from(shares, (share) => {
    const staying = sorted.length - Math.round(Math.min(1, Math.max(0, share)) * sorted.length);
    // below every score: all go on
    return staying === 0 ? -1 : sorted[staying - 1]!;
  });
}

/** Entropy in nats, its terms in the order of the classes. */
export function entropy32(probabilities: Float32Array): number {
  return probabilities.reduce((sum, p) => (p > 0 ? f(sum - f(p * log32(p))) : sum), 0);
}

/** Why the router's layers, routing and thresholds are no cascade's, or no other router's; null where all is well. */
export function cascadeProblem({
  cascade,
  layers,
  routing,
  prior,
}: Pick<UnboundRouter, 'cascade' | 'layers' | 'routing' | 'prior'>): string | null {
  if (!cascade) return layers.length === 0 ? 'it has no layers and is no cascade' : null;
  const { decision, thresholds } = cascade;
  if (thresholds.length !== prior.length - 1)
    return `its cascade has ${thresholds.length} thresholds for ${prior.length} experts`;
  if (!thresholds.every((one, i) => Number.isFinite(one) && (i === 0 || one >= thresholds[i - 1]!)))
    return 'the thresholds of its cascade do not ascend';
  if (firstDecides(decision) !== (layers.length === 0))
    return `its cascade decides by ${decision}, and it has ${layers.length} layers`;
  if ((decision === 'curiosity') !== routing.passes > 0)
    return `its cascade decides by ${decision}, with ${routing.passes} passes`;
  return routing.topK === 1 ? null : `${routing.topK} experts of its cascade would answer together`;
}
