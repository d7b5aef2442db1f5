/** Training as a service: jobs that train experts and a router, and their loss curves. */
import type { EpochReport, TrainingData } from '../../../models/training/train.ts';
import { checkData } from '../../../models/training/data.ts';
import { CurlewError } from '../../contract/error.ts';
import type { Job } from '../../contract/types.ts';
import type { JobDefinition, Jobs } from '../jobs.ts';
import { checkPlan, type TrainPlan } from './plan.ts';
import { train, type TrainParams } from './train-job.ts';
import { writeData } from './work-folder.ts';

export interface TrainOrder {
  /** for a person: what is trained on what */
  readonly title: string;
  /** Empty or absent, and the job's own: data, checkpoints and results lie there (work-folder.ts). */
  readonly folder: string;
  readonly data: TrainingData;
  readonly plan: TrainPlan;
}

/** Loss curves by the id of an expert, or `router`. */
export type Curves = Record<string, readonly EpochReport[]>;

export class Training {
  private readonly growing = new Map<string, Curves>();

  /** Takes up the training jobs of earlier labs. */
  constructor(private readonly jobs: Jobs) {
    jobs.takeUp('train', (params) => this.definition(params as TrainParams));
  }

  /**
   * Jobs run one after another; each uses up to two threads.
   * @throws CurlewError REQUEST_INVALID for the plan, TRAINING_FAILED for the data
   */
  async start({ title, folder, data, plan }: TrainOrder): Promise<Job> {
    checkPlan(plan);
    checkData(data);
    await writeData(folder, data);
    return this.jobs.start({ ...this.definition({ folder, plan }), title });
  }

  /**
   * The curves so far; none of an earlier lab's job that was not resumed yet.
   * @throws CurlewError JOB_NOT_FOUND
   */
  curves(jobId: string): Curves {
    const { kind, result } = this.jobs.get(jobId);
    if (kind !== 'train') throw new CurlewError('JOB_NOT_FOUND', `Job “${jobId}” is no training.`, { jobId });
    if (result?.kind === 'train') {
      const all = [...result.experts, ...(result.router ? [result.router] : [])];
      return Object.fromEntries(all.map(({ id, reports }) => [id, reports]));
    }
    return this.growing.get(jobId) ?? {};
  }

  private definition(params: TrainParams): JobDefinition {
    return {
      kind: 'train',
      title: 'Train',
      canPause: true,
      queue: 'train',
      params,
      run: (context) => {
        const curves: Curves = {};
        this.growing.set(context.jobId, curves);
        const onCurve = (id: string, reports: readonly EpochReport[]) => (curves[id] = reports);
        return train({ params, onCurve }, context);
      },
    };
  }
}
