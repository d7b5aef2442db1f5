/** Benchmarks of devices under test: begun, and taken up again by a later lab. */
import type { Job } from '../contract/types.ts';
import type { JobDefinition } from '../jobs/definition.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { BenchmarkRun, type BenchmarkRooms, type TinyWish } from './benchmark-job.ts';

export class TinyBenchmarks {
  constructor(
    private readonly jobs: Jobs,
    private readonly rooms: BenchmarkRooms,
  ) {
    jobs.takeUp('tiny', (params) => this.definition(params as TinyWish));
  }

  start(wish: TinyWish): Job {
    return this.jobs.start(this.definition(wish));
  }

  private definition(wish: TinyWish): JobDefinition {
    const { benchmark, portId, folder, reference } = wish;
    return {
      kind: 'tiny',
      title: `MLPerf Tiny, ${benchmark} at ${portId}`,
      reads: [portId, folder, ...(reference ? [reference.path] : [])],
      writes: [],
      canPause: true,
      // A device, and the meter beside it, do one thing at a time.
      queue: `tiny ${portId}`,
      params: wish,
      run: (context) => new BenchmarkRun(this.rooms, wish, context).run(),
    };
  }
}
