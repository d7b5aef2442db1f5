import type { Expert } from '../experts/expert.ts';

/** How a router picks (models/packing/IMAGE.md, "Routing"); the numbers that are not counts are binary32. */
export interface Routing {
  /** how much curiosity shifts the choice towards precision; 0 to 100, 0 is the plain router */
  readonly alpha: number;
  /** the curiosity that counts as 1; > 0 */
  readonly curiosityScale: number;
  /** 0 to 0.9 */
  readonly dropout: number;
  /** 32 bits */
  readonly seed: number;
  /** Monte-Carlo dropout passes, 0 to 64; 0: no dropout, plain router */
  readonly passes: number;
  /** experts that answer together, 1 to as many as there are */
  readonly topK: number;
}

/** What decides of a cascade how far a window goes. */
export const decisionNames = ['top-probability', 'entropy', 'curiosity', 'gate'] as const;
export type Decision = (typeof decisionNames)[number];

/** Experts in the order of what they cost, of which one answers (models/packing/IMAGE.md, "Cascade"). */
export interface Cascade {
  readonly decision: Decision;
  /** one less than experts, ascending: as many as the score exceeds, so many experts further */
  readonly thresholds: Float32Array;
}

/** A classifier of embeddings whose classes are experts, before their images are known; its labels are their names. */
export interface UnboundRouter extends Expert {
  /** one an expert, 0 to 1 */
  readonly prior: Float32Array;
  readonly routing: Routing;
  readonly cascade?: Cascade;
}

/** A router of experts that are images. */
export interface Router extends UnboundRouter {
  /** SHA-256 of each expert's whole image, in the order of the outputs */
  readonly expertHashes: readonly Uint8Array[];
}
