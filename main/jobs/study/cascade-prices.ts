/** What a cascade's stages, and what decides of them, take on a board. */
import {
  buildExpert,
  buildRouter,
  type BuiltEncoder,
  type LatentRouter,
} from '../../../models/bank/build.ts';
import type { LatentExpert, Precision } from '../../../models/experts/expert.ts';
import { sha256 } from '../../../models/packing/sha256.ts';
import type { Decision } from '../../../models/router/router.ts';
import type { CascadePrices } from '../../../models/study/cascade.ts';
import { less, stagesOf, type Price, type Stages } from '../../../models/study/prices.ts';
import { CurlewError } from '../../contract/error.ts';
import { costOf, type Trials } from './on-board.ts';

export interface PricedStage {
  readonly encoder: BuiltEncoder | null;
  readonly expert: LatentExpert;
}

/** A window of sound: what a model takes does not depend on what it hears. */
const window = Int16Array.from({ length: 15_600 }, (_, i) => Math.round(8000 * Math.sin(i * i * 1e-6)));

/**
 * Each stage alone; then, of a cascade that never goes on, the share of the router's passes or gate.
 * @throws CurlewError NOT_CAPABLE where the board tells no energy; those of the board
 */
export async function cascadePrices(
  trials: Trials,
  stages: readonly PricedStage[],
  precision: Precision | 32,
  deciding: ReadonlyMap<Decision, Omit<LatentRouter, 'cascade'>>,
): Promise<CascadePrices> {
  const built = stages.map(({ encoder, expert }) => ({
    encoder,
    image: buildExpert(expert, precision, encoder).image,
  }));
  const costs: Stages[] = [];
  for (const { encoder, image } of built) {
    const encoders = encoder ? [encoder.files.image] : [];
    costs.push(await ran(trials, { encoders, experts: [image], router: null }));
  }
  const [first] = costs;
  const routed = new Map<Decision, Price>();
  const encoders = built.flatMap(({ encoder }) => (encoder ? [encoder.files.image] : []));
  const hashes = built.map(({ image }) => sha256(image));
  for (const decision of ['curiosity', 'gate'] as const) {
    const latent = deciding.get(decision);
    if (!latent) continue;
    const cascade = { decision, thresholds: new Float32Array(stages.length - 1).fill(2) };
    const router = buildRouter({ ...latent, cascade }, stages[0]!.encoder, hashes).image;
    const stagesRan = await ran(trials, { encoders, experts: built.map(({ image }) => image), router });
    routed.set(decision, stagesRan.router);
  }
  return {
    shared: less(first!.whole, first!.expert),
    stages: costs.map(({ whole, features, expert }, i) => (i === 0 ? expert : less(whole, features))),
    alone: costs.map(({ whole }) => whole),
    deciding: routed,
    source: first!.source,
  };
}

async function ran(
  trials: Trials,
  trial: Pick<Parameters<Trials>[0], 'encoders' | 'experts' | 'router'>,
): Promise<Stages> {
  const cost = costOf(await trials({ ...trial, windows: [window] }, () => undefined));
  const stages = cost && stagesOf(cost);
  if (stages) return stages;
  throw new CurlewError('NOT_CAPABLE', 'The board tells no energy of its stages; choose one that does.');
}
