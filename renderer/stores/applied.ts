import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { AppliedThresholds, ThresholdRule } from '../../main/contract/types.ts';
import { useLab } from './lab.ts';

/** The thresholds that reviews have applied to runs, as far as anybody asked. */
export const useApplied = defineStore('applied', () => {
  const { client } = useLab();
  const byRun = shallowRef<ReadonlyMap<string, AppliedThresholds | null>>(new Map());
  function keep(jobId: string, thresholds: AppliedThresholds | null): void {
    const known = byRun.value.get(jobId);
    // What is asked for again is the same: nobody who looks at all shall be narrowed anew.
    if (known && thresholds && known.setId === thresholds.setId && known.atMs === thresholds.atMs) return;
    byRun.value = new Map(byRun.value).set(jobId, thresholds);
  }

  return {
    of: (jobId: string | null) => (jobId === null ? null : (byRun.value.get(jobId) ?? null)),
    async load(jobId: string): Promise<void> {
      keep(jobId, await client.request('reviews.applied', { jobId }));
    },
    async apply(setId: string, precision: number, rule: ThresholdRule): Promise<void> {
      const thresholds = await client.request('reviews.apply', { setId, precision, rule });
      keep(thresholds.jobId, thresholds);
    },
    async takeBack(jobId: string): Promise<void> {
      keep(jobId, await client.request('reviews.takeBack', { jobId }));
    },
  };
});
