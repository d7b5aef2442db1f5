import { quantizeExpert } from '../../../models/experts/quantize.ts';
import type { FoldOutcome } from '../../../models/study/assess.ts';
import type { StudyParams } from './params.ts';
import type { StudyThread } from './study-thread.ts';
import type { FoldModels } from './train-fold.ts';

/** Passes and draws of the routing-flip study. */
export const flips = { passes: [1, 5, 10, 20], draws: 5 } as const;

/**
 * Lets a fold's models answer the clips that they were trained without; where no fold was left out, the validation
 * clips.
 */
export function assessModels(
  { fold, data, experts, router }: FoldModels,
  { bank, alphas, seed }: Pick<StudyParams, 'bank' | 'alphas' | 'seed'>,
  thread: StudyThread,
): Promise<FoldOutcome> {
  return thread.assess({
    fold: fold ?? 0,
    classes: data.training.classes.length,
    experts: [...experts].map(([kind, { expert }]) => ({ kind, latent: expert })),
    bank,
    router: router && { ...quantizeExpert(router.expert, router.precision), ...router },
    alphas,
    test: fold === null ? data.validation : data.test,
    validation: data.validation,
    hard: data.hard,
    flips,
    seed,
  });
}
