/** Which experts made an answer, by the weights that a router gave them, and what their references say together. */

export interface Answerer {
  /** In the bank. */
  readonly place: number;
  /** Of its logits in the answer; all weights together are 1. */
  readonly weight: number;
}

/** What a board tells of who answered. */
export interface Answered {
  /** Of the highest ranked. */
  readonly place: number;
  /** The router's weight of each expert; empty without a router. */
  readonly gate: ArrayLike<number>;
}

/**
 * The k best by the router's weights answer together, the first of equals first (IMAGE.md, Routing).
 * @param topK null: not known
 * @returns null where it is not known how many answer
 */
export function answerersOf(
  { place, gate }: Answered,
  { routed, topK }: { readonly routed: boolean; readonly topK: number | null },
): Answerer[] | null {
  if (!routed || topK === 1) return [{ place, weight: 1 }];
  if (topK === null) return null;
  const best = Array.from(gate, (weight, at) => ({ place: at, weight }))
    .sort((a, b) => b.weight - a.weight || a.place - b.place)
    .slice(0, topK);
  const sum = best.reduce((total, { weight }) => total + weight, 0);
  return best.map((one) => ({ ...one, weight: one.weight / sum }));
}

/** Logits of several experts, each with its weight. */
export function mixed(
  parts: readonly { readonly logits: Float32Array; readonly weight: number }[],
): Float32Array {
  const sum = new Float32Array(parts[0]?.logits.length ?? 0);
  for (const { logits, weight } of parts) logits.forEach((value, i) => (sum[i]! += weight * value));
  return sum;
}
