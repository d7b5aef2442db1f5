/** What a run detected as a labelled set: its model's word for it, which nobody reviewed. */
import { CurlewError } from '../contract/error.ts';
import type { DetectionFilter, Provenance } from '../contract/types.ts';
import type { Background } from '../background/background.ts';
import { requireApplied, type AppliedOf } from '../detections/applied.ts';
import type { DetectionStore } from '../detections/detection-store.ts';
import type { ClassifyParams } from '../jobs/classify/classify-job.ts';
import { gridOf } from '../jobs/classify/grid.ts';
import { requireFinished } from '../jobs/classify/require-classification.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { chooseWindows } from './choose-windows.ts';
import { mostClips, type LabelledSet, type SetClass } from './contract.ts';
import { writeSet, type SetWish } from './write-set.ts';

export interface LabelRooms {
  jobs: Pick<Jobs, 'get' | 'params'>;
  detections: Pick<DetectionStore, 'best' | 'provenance'>;
  background: Background;
  applied: AppliedOf;
  /** Files and folders that nothing is written over. */
  keep: readonly string[];
  /** Of Curlew. */
  version: string;
}

export interface LabelWish extends SetWish {
  filter: DetectionFilter;
  classes: readonly SetClass[];
  /** Clips of each class of the set. */
  most: number;
}

/**
 * @param wish of places that may be written to and read
 * @throws CurlewError JOB_NOT_FOUND; JOB_STATE; REQUEST_INVALID of `requireApplied`, where nothing is left to cut, or more than `mostClips`; of
 *   `writeSet`
 */
export async function labelRun(
  { jobs, detections, version, applied, ...rooms }: LabelRooms,
  jobId: string,
  wish: LabelWish,
): Promise<LabelledSet> {
  const job = requireFinished(jobs, jobId, 'a labelled set is made');
  const { filter, classes, most, beside } = wish;
  await requireApplied(applied, job, filter);
  if (filter.reviewed && !filter.reviewed.includes('none'))
    throw new CurlewError(
      'REQUEST_INVALID',
      'This set is made of what nobody reviewed; what was decided becomes one where it was reviewed (“curlew review set”).',
    );
  const found = await detections.best(
    job.id,
    { ...filter, reviewed: ['none'] },
    {
      most,
      limit: mostClips + 1,
      without: classes.filter((one) => one.as === null).map(({ label }) => label),
    },
  );
  if (found.length > mostClips)
    throw new CurlewError(
      'REQUEST_INVALID',
      `These are more than ${mostClips} detections: ask for fewer of each class, or for fewer classes.`,
      { jobId: job.id },
    );
  const params = jobs.params(job.id) as ClassifyParams;
  const { windowSamples, rate } = gridOf(params);
  const windowS = windowSamples / rate;
  const { chosen, leftOut } = chooseWindows(found, classes, most, windowS);
  if (chosen.length === 0)
    throw new CurlewError(
      'REQUEST_INVALID',
      `“${job.title}” detected nothing of these classes and probabilities that nobody reviewed: there is nothing to label.`,
      { jobId: job.id },
    );
  const run = (await detections.provenance(job.id)) as Provenance | null;
  const labelledBy = modelOf(params.modelId, run);
  const told = {
    ...{ writtenBy: `Curlew ${version}`, labelledBy, reviewed: false, jobId: job.id },
    ...{ filter, classes, most, beside, run },
  };
  const clips = chosen.map(({ detection, label }) => ({
    ...{ detection, label, labelledBy, cells: [] },
    ...{ startS: detection.peakS, endS: detection.peakS + windowS },
  }));
  return {
    ...(await writeSet(rooms, clips, [], wish, `${JSON.stringify(told, null, 2)}\n`, params.paths)),
    leftOut,
  };
}

/** What answered, by its id and, where the run kept it, its hash. */
function modelOf(modelId: string, run: Provenance | null): string {
  const sha256 = run?.images[0]?.sha256;
  return sha256 === undefined ? modelId : `${modelId} (sha256 ${sha256})`;
}
