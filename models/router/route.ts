/** Which expert of a bank answers (models/packing/IMAGE.md, "Routing"), to the bit as a board decides it. */
import type { AnyLayer, Network } from '../experts/expert.ts';
import { exp32, layer32, softmax32, standardize32 } from './float32.ts';
import { philox } from './philox.ts';
import type { Routing, UnboundRouter } from './router.ts';

export interface Route {
  /** each expert's probability, the mean over the passes */
  readonly mean: Float32Array;
  /** each expert's weight; they sum to 1 */
  readonly gate: Float32Array;
  /** how much the passes disagree: the sum over experts of their probability's variance; 0 without passes */
  readonly curiosity: number;
  /** experts by their gate, the highest first, the first of equals first */
  readonly ranked: readonly number[];
}

/** As much of a router as decides: quantized, as a board runs it, or with the weights it was quantized from. */
export type Deciding = Pick<Network<AnyLayer>, 'layers' | 'standardization'> &
  Pick<UnboundRouter, 'prior' | 'routing'>;

const f = Math.fround;

/**
 * Routes one embedding.
 * @param inferenceId as the board counts: with the router's seed it gives the dropout masks
 * @param routing in place of the router's own
 */
export function route(
  router: Deciding,
  embedding: Float32Array,
  inferenceId: number,
  routing: Routing = router.routing,
): Route {
  return routeOf(passesOf(router, embedding, inferenceId, routing), router.prior, routing);
}

/** Each pass's probabilities; a single one, without dropout, where the routing asks for none. */
export function passesOf(
  { layers, standardization }: Deciding,
  embedding: Float32Array,
  inferenceId: number,
  routing: Routing,
): Float32Array[] {
  const start = standardize32(embedding, standardization);
  const finish = (from: number, values: Float32Array, pass: number | null): Float32Array =>
    softmax32(
      layers.slice(from).reduce((input, layer, i) => {
        const output = layer32(layer, input);
        return pass !== null && layer.dropout
          ? dropped(output, { ...routing, layer: from + i + 1, pass, inferenceId })
          : output;
      }, values),
    );
  if (routing.passes === 0) return [finish(0, start, null)];
  const shared = sharedLayers(layers);
  const kept = layers.slice(0, shared).reduce((input, layer) => layer32(layer, input), start);
  return Array.from({ length: routing.passes }, (_, pass) =>
    finish(
      shared,
      layers[shared - 1]!.dropout ? dropped(kept, { ...routing, layer: shared, pass, inferenceId }) : kept,
      pass,
    ),
  );
}

/** No pass differs from another before the first dropout. */
function sharedLayers(layers: readonly AnyLayer[]): number {
  const first = layers.findIndex((layer) => layer.dropout);
  return first < 0 ? layers.length : first + 1;
}

/**
 * Inverted dropout: a unit is kept, and divided by 1 − dropout, where its word of Philox is at least dropout · 2^32.
 * @param at `layer` counts from 1, `pass` from 0
 */
export function dropped(
  values: Float32Array,
  at: { dropout: number; seed: number; layer: number; pass: number; inferenceId: number },
): Float32Array {
  const threshold = Math.floor(at.dropout * 2 ** 32);
  const kept = f(1 - at.dropout);
  let words: readonly number[] = [];
  return values.map((value, unit) => {
    if (unit % 4 === 0) words = philox([unit / 4, at.layer, at.pass, 0], [at.seed, at.inferenceId]);
    return words[unit % 4]! >= threshold ? value / kept : 0;
  });
}

/** Mean, curiosity, gates and ranking from each pass's probabilities. */
export function routeOf(
  passes: readonly Float32Array[],
  prior: Float32Array,
  { alpha, curiosityScale }: Pick<Routing, 'alpha' | 'curiosityScale'>,
): Route {
  const mean = prior.map((_, e) => passes.reduce((sum, p) => f(sum + p[e]!), 0) / passes.length);
  const variances = mean.map((m, e) => {
    const squares = passes.reduce((sum, p) => {
      const distance = f(p[e]! - m);
      return f(sum + f(distance * distance));
    }, 0);
    return squares / passes.length;
  });
  const curiosity = variances.reduce((sum, variance) => f(sum + variance), 0);
  const scaled = Math.min(1, f(curiosity / curiosityScale));
  const shift = f(f(alpha) * scaled);
  const exponents = prior.map((b) => shift * b);
  // The largest exponent of an expert that is possible at all is taken off: nothing overflows, the sum is not 0.
  const largest = exponents.reduce((max, x, e) => (mean[e]! > 0 ? Math.max(max, x) : max), 0);
  const weights = mean.map((m, e) => (m > 0 ? f(m * exp32(f(exponents[e]! - largest))) : 0));
  const sum = weights.reduce((total, weight) => f(total + weight), 0);
  const gate = weights.map((weight) => weight / sum);
  return { mean, gate, curiosity, ranked: [...gate.keys()].sort((a, b) => gate[b]! - gate[a]!) };
}

/** The experts that answer, and what each contributes: shares that sum to 1. */
export type Choice = readonly { readonly expert: number; readonly share: number }[];

/** The k best gates, normalised; in the order of the ranking. */
export function answering({ gate, ranked }: Pick<Route, 'gate' | 'ranked'>, topK: number): Choice {
  const best = ranked.slice(0, topK);
  const sum = best.reduce((total, expert) => f(total + gate[expert]!), 0);
  return best.map((expert) => ({ expert, share: f(gate[expert]! / sum) }));
}

/**
 * The mixture's logits: those of the experts that answer, weighted by their shares.
 * @param logits every expert's, in the router's order
 */
export function mixedLogits(shares: Choice, logits: readonly Float32Array[]): Float32Array {
  return logits[0]!.map((_, c) =>
    shares.reduce((sum, { expert, share }) => f(sum + f(share * logits[expert]![c]!)), 0),
  );
}
