/** What a bank does with a window: a router picks by gates, a cascade by how far its score goes. */
import { doubtScore, firstDecides, needScore, placeOf } from './cascade.ts';
import { route, type Deciding, type Route } from './route.ts';
import type { Cascade, Decision } from './router.ts';

export interface Decided extends Route {
  /** of a cascade, 0 to 1; else 0 */
  readonly score: number;
  /** of a cascade; else null */
  readonly thresholds: Float32Array | null;
}

export interface Heard {
  /** of the router's encoder */
  readonly embedding: Float32Array;
  /** what the first expert answers to it, where that decides */
  readonly firstLogits: Float32Array;
}

/** @param inferenceId as the board counts: with the router's seed it gives the dropout masks */
export function decide(
  router: Deciding & { readonly cascade?: Cascade },
  heard: Heard,
  inferenceId: number,
): Decided {
  const { cascade } = router;
  if (!cascade) return { ...route(router, heard.embedding, inferenceId), score: 0, thresholds: null };
  const { decision } = cascade;
  const experts = router.prior.length;
  const none: Route = { mean: new Float32Array(experts), gate: router.prior, curiosity: 0, ranked: [] };
  const routed = firstDecides(decision) ? none : route(router, heard.embedding, inferenceId);
  const score = scoreOf(decision, heard, routed, router.routing.curiosityScale);
  const place = placeOf(cascade, score);
  return {
    ...routed,
    score,
    thresholds: cascade.thresholds,
    gate: Float32Array.from({ length: experts }, (_, e) => (e === place ? 1 : 0)),
    ranked: [place],
  };
}

function scoreOf(decision: Decision, { firstLogits }: Heard, routed: Route, curiosityScale: number): number {
  return decision === 'top-probability' || decision === 'entropy'
    ? doubtScore(decision, firstLogits)
    : needScore(decision, routed, curiosityScale);
}
