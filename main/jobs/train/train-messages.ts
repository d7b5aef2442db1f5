/** What a training job and its threads say to each other. */
import type { RouterOptions } from '../../../models/training/train-router.ts';
import type { EpochReport } from '../../../models/training/train.ts';
import type { Unit } from './plan.ts';

export interface TrainInput {
  /** the job's folder (work-folder.ts) */
  folder: string;
}

export type TrainRequest =
  /** Begins a course, or takes it up from its checkpoint; `without` a part of the sources (cross-fit.ts), or with all. */
  | { type: 'open-unit'; unit: Unit; without: number | null }
  /** The same for the router, over the experts that are done, in this order, and what they are without each part. */
  | { type: 'open-router'; options: RouterOptions; experts: string[] }
  /** Trains for a moment, to an epoch's end at most. */
  | { type: 'run' }
  /** Writes the checkpoint. */
  | { type: 'keep' }
  /** Writes what a course that is done has trained. */
  | { type: 'finish' };

export type TrainReply =
  /** `reports` of the epochs behind; `epochs` with fractions */
  | { type: 'opened'; epochs: number; reports: EpochReport[]; done: boolean }
  | { type: 'ran'; epochs: number; report: EpochReport | null; done: boolean }
  | { type: 'kept' }
  | { type: 'finished' };
