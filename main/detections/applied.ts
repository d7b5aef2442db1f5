/** A filter that asks for what a review's thresholds leave, of a run to which none were applied. */
import { CurlewError } from '../contract/error.ts';
import type { AppliedThresholds, DetectionFilter, Job } from '../contract/types.ts';

/** The thresholds that a review has applied to a run; null where none has. */
export type AppliedOf = (jobId: string) => Promise<AppliedThresholds | null>;

/** @throws CurlewError REQUEST_INVALID: everything would be taken for what they leave */
export async function requireApplied(
  applied: AppliedOf,
  { id, title }: Pick<Job, 'id' | 'title'>,
  filter: DetectionFilter,
): Promise<void> {
  if (!filter.applied || (await applied(id)) !== null) return;
  throw new CurlewError(
    'REQUEST_INVALID',
    `No thresholds are applied to “${title}”: apply those of a review first (Statistics of Review, or “curlew review apply SET”), or ask for all that it detected.`,
    { jobId: id },
  );
}
