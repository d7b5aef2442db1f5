import * as v from 'valibot';
import { CurlewError } from '../../main/contract/error.ts';
import { restoreExpert, storeExpert, type ExpertDescription } from '../experts/store.ts';
import { decisionNames } from '../router/router.ts';
import type { LatentRouter } from './build.ts';

const routingSchema = v.strictObject({
  alpha: v.number(),
  curiosityScale: v.number(),
  dropout: v.number(),
  seed: v.number(),
  passes: v.number(),
  topK: v.number(),
});

const schema = v.object({
  precision: v.picklist([1, 2, 4, 8, 16, 32, 'ternary', 'ternary-activations']),
  prior: v.array(v.number()),
  routing: routingSchema,
  cascade: v.optional(
    v.strictObject({ decision: v.picklist(decisionNames), thresholds: v.array(v.number()) }),
  ),
  network: v.looseObject({ name: v.string() }),
});

/** What a router is made of: its network as an expert's, and how it picks. */
export function storeRouter({ expert, precision, prior, routing, cascade }: LatentRouter): {
  description: unknown;
  weights: Uint8Array<ArrayBuffer>;
} {
  const { description, weights } = storeExpert(expert);
  const picking = {
    prior: [...prior],
    routing,
    ...(cascade ? { cascade: { ...cascade, thresholds: [...cascade.thresholds] } } : {}),
  };
  return { description: { precision, ...picking, network: description }, weights };
}

/**
 * The opposite of storeRouter.
 * @param description parsed JSON
 * @throws CurlewError FILE_DAMAGED if it is no router's; RangeError as restoreExpert
 */
export function restoreRouter(description: unknown, weights: Uint8Array): LatentRouter {
  const result = v.safeParse(schema, description);
  if (!result.success) {
    const [issue] = result.issues;
    throw new CurlewError(
      'FILE_DAMAGED',
      `This is no router's description: it is wrong at ${v.getDotPath(issue) ?? 'its top'}. Fetch the bank again.`,
    );
  }
  const { precision, prior, routing, cascade, network } = result.output;
  const expert = restoreExpert(network as unknown as ExpertDescription, weights);
  return {
    ...{ expert, precision, prior: Float32Array.from(prior), routing },
    ...(cascade ? { cascade: { ...cascade, thresholds: Float32Array.from(cascade.thresholds) } } : {}),
  };
}
