/** Training jobs of plain arrays, for tests and benchmarks: what the lab's own jobs do once clips are embedded. */
import { checkData } from '../../../models/training/data.ts';
import type { EpochReport, TrainingData } from '../../../models/training/train.ts';
import type { Job } from '../../contract/types.ts';
import type { JobDefinition } from '../definition.ts';
import type { Jobs } from '../jobs.ts';
import { checkPlan, type TrainPlan } from './plan.ts';
import { train, type TrainedPlan, type TrainParams } from './train-job.ts';
import { writeData } from './work-folder.ts';

export class PlanJobs {
  readonly results = new Map<string, TrainedPlan>();
  readonly curves = new Map<string, Record<string, readonly EpochReport[]>>();

  /** Takes up the jobs of earlier labs. */
  constructor(private readonly jobs: Jobs) {
    jobs.takeUp('train', (params) => this.definition(params as TrainParams));
  }

  /** @throws CurlewError REQUEST_INVALID for the plan, TRAINING_FAILED for the data */
  async start(folder: string, data: TrainingData, plan: TrainPlan): Promise<Job> {
    checkPlan(plan);
    checkData(data);
    await writeData(folder, data);
    return this.jobs.start(this.definition({ folder, plan }));
  }

  private definition(params: TrainParams): JobDefinition {
    return {
      kind: 'train',
      title: 'Train',
      reads: [],
      writes: [],
      canPause: true,
      params,
      run: async (context) => {
        const curves: Record<string, readonly EpochReport[]> = {};
        this.curves.set(context.jobId, curves);
        const onCurve = (id: string, reports: readonly EpochReport[]) => (curves[id] = reports);
        this.results.set(context.jobId, await train({ params, onCurve }, context));
        return null;
      },
    };
  }
}
