/** What a training job is to train. Plain JSON. */
import type { Precision } from '../../../models/experts/expert.ts';
import { defaultRouterTraining, type RouterOptions } from '../../../models/training/train-router.ts';
import { defaultTraining, type TrainingOptions } from '../../../models/training/train.ts';
import { CurlewError } from '../../contract/error.ts';

export interface ExpertPlan {
  /** names its files: letters, digits and hyphens */
  readonly id: string;
  readonly options: TrainingOptions;
}

export interface TrainPlan {
  /** in the router's order */
  readonly experts: readonly ExpertPlan[];
  /** null for none */
  readonly router: RouterOptions | null;
}

/** One course of training. Experts that differ in what is done after the training alone come from the same one. */
export interface Unit {
  readonly options: TrainingOptions;
  readonly experts: readonly ExpertPlan[];
}

/** The default bank: five experts and a router, by the published recipe. */
export function defaultPlan(version = 1): TrainPlan {
  const expert = (id: string, name: string, precision: Precision): ExpertPlan => ({
    id,
    options: { ...defaultTraining, name, version, precision },
  });
  return {
    experts: [
      expert('ternary', 'ternary', 'ternary'),
      expert('q2', '2-bit', 2),
      expert('q4', '4-bit', 4),
      expert('q8', '8-bit', 8),
      expert('q16', '16-bit', 16),
    ],
    router: { ...defaultRouterTraining, name: 'router', version },
  };
}

/** Post-training quantization shares the training of its float reference, whatever its calibration. */
export function unitsOf({ experts }: TrainPlan): Unit[] {
  const units = new Map<string, { options: TrainingOptions; experts: ExpertPlan[] }>();
  for (const expert of experts) {
    const { precision } = expert.options;
    const options: TrainingOptions = {
      ...expert.options,
      name: '',
      version: 0,
      calibration: defaultTraining.calibration,
      precision: precision === 'static8' ? 32 : precision,
    };
    const key = JSON.stringify(Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)));
    const unit = units.get(key) ?? { options, experts: [] };
    unit.experts.push(expert);
    units.set(key, unit);
  }
  return [...units.values()];
}

/** The id of the router's files. */
export const routerId = 'router';

/** The id of an expert's files; of one that does not hear a part of the sources, that of its training without it. */
export const trainingId = (id: string, without: number | null): string =>
  without === null ? id : `${id}~${without + 1}`;

/** @throws CurlewError REQUEST_INVALID */
export function checkPlan({ experts }: TrainPlan): void {
  const fail = (problem: string) => {
    throw new CurlewError('REQUEST_INVALID', `This cannot be trained: ${problem}.`);
  };
  if (experts.length === 0) fail('no expert is named');
  const ids = new Set([routerId]);
  for (const { id } of experts) {
    if (!/^[a-z0-9-]+$/i.test(id)) fail(`“${id}” has other characters than letters, digits and hyphens`);
    if (ids.has(id)) fail(`two are called “${id}”`);
    ids.add(id);
  }
}
