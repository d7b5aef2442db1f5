/** How many trainings a study takes, and how long they will take by what was measured here before. */
import { crossFitParts } from '../../../models/training/cross-fit.ts';
import type { Effort, StudyCost } from '../../contract/types.ts';
import { unitsOf } from '../train/plan.ts';
import { trainingThreads } from '../train/train-job.ts';
import { plansOf, type StudyParams, type TrainingParams } from './params.ts';

/**
 * Of one fold and seed: the experts, what they are without each part of the sources where a router learns, and the router;
 * the same of a cascade's stages, with a router and a gate.
 */
export function fitsOf(params: TrainingParams & Partial<Pick<StudyParams, 'others'>>): number {
  const stages = params.cascade.length;
  const cascade = stages === 0 ? 0 : stages * (1 + crossFitParts) + 2;
  return plansOf(params).reduce((sum, plan) => {
    const units = unitsOf(plan).length;
    return sum + units + (plan.router ? crossFitParts * units + 1 : 0);
  }, cascade);
}

/** @param before what was trained last, on whatever sounds; null: nothing was */
export function costOfStudy(
  params: StudyParams,
  { folds, clips }: { folds: number; clips: number },
  before: Effort | null,
): StudyCost {
  const fits = folds * params.seeds * fitsOf(params);
  return {
    ...{ folds, seeds: params.seeds, fits },
    seconds: before && secondsOf(fits * clips, before),
  };
}

/** A training takes as long as it has clips, and as many run side by side as there are threads. */
const secondsOf = (work: number, { fits, clips, seconds }: Effort): number =>
  (work * seconds) / (fits * clips) / trainingThreads;
