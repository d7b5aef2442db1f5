/** What a cascade's stages, and what decides of them, take on a board. */
import { firstDecides } from '../../../models/router/cascade.ts';
import type { Decision } from '../../../models/router/router.ts';
import type { CascadePrices } from '../../../models/study/cascade.ts';
import { less, stagesOf, type Price, type Stages } from '../../../models/study/prices.ts';
import { CurlewError } from '../../contract/error.ts';
import { costOf, type Trials } from './on-board.ts';

/** Images, as a board is given them. */
export interface StageImages {
  /** null: the log-mel's statistics */
  readonly encoder: Uint8Array | null;
  readonly expert: Uint8Array;
}

/** A window of sound: what a model takes does not depend on what it hears. */
const window = Int16Array.from({ length: 15_600 }, (_, i) => Math.round(8000 * Math.sin(i * i * 1e-6)));

/**
 * Each stage alone; then of each router its passes, or its gate, however far its thresholds send the window.
 * @param deciding router images of these stages, by their decisions
 * @throws CurlewError NOT_CAPABLE where the board tells no energy; those of the board
 */
export async function cascadePrices(
  trials: Trials,
  stages: readonly StageImages[],
  deciding: ReadonlyMap<Decision, Uint8Array>,
): Promise<CascadePrices> {
  const costs: Stages[] = [];
  for (const { encoder, expert } of stages)
    costs.push(await ran(trials, { encoders: encoder ? [encoder] : [], experts: [expert], router: null }));
  const [first] = costs;
  const routed = new Map<Decision, Price>();
  const encoders = stages.flatMap(({ encoder }) => encoder ?? []);
  const experts = stages.map(({ expert }) => expert);
  for (const [decision, router] of deciding) {
    if (firstDecides(decision)) continue;
    routed.set(decision, (await ran(trials, { encoders, experts, router })).router);
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
