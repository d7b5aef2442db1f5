/** Which experts made an answer, by the weights that a router gave them, and what their references say together. */
import type { PlayedBank, WindowResult } from '../../main/contract/types.ts';

export interface Answerer {
  /** In the bank. */
  place: number;
  /** Of its logits in the answer; all weights together are 1. */
  weight: number;
}

/**
 * The k best by the router's weights answer together, the first of equals first (IMAGE.md, Routing).
 * @returns null where it is not known how many answer
 */
export function answerersOf(
  { place, gate }: Pick<WindowResult, 'place' | 'gate'>,
  { router, topK }: Pick<PlayedBank, 'router' | 'topK'>,
): Answerer[] | null {
  if (router === null || topK === 1) return [{ place, weight: 1 }];
  if (topK === null) return null;
  const best = gate
    .map((weight, at) => ({ place: at, weight }))
    .sort((a, b) => b.weight - a.weight || a.place - b.place)
    .slice(0, topK);
  const sum = best.reduce((total, { weight }) => total + weight, 0);
  return best.map((one) => ({ ...one, weight: one.weight / sum }));
}

/** Logits of several experts, each with its weight. */
export function mixed(parts: readonly { logits: Float32Array; weight: number }[]): Float32Array {
  const sum = new Float32Array(parts[0]?.logits.length ?? 0);
  for (const { logits, weight } of parts) logits.forEach((value, i) => (sum[i]! += weight * value));
  return sum;
}
