import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Job, JobKind } from '../../main/contract/types.ts';
import { jobPages } from '../../main/jobs/contract.ts';
import { useLab } from './lab.ts';
import { recall, remember } from './memory.ts';

export const isOver = (job: Job): boolean =>
  job.state === 'done' || job.state === 'failed' || job.state === 'cancelled';

/** Long work, as the lab reports it; newest first. */
export const useJobs = defineStore('jobs', () => {
  const { client } = useLab();
  const byId = shallowRef<ReadonlyMap<string, Job>>(new Map());

  const gone = new Set<string>();

  function keepAll(jobs: readonly Job[]): void {
    const all = new Map(byId.value);
    for (const job of jobs) {
      // A reply can arrive after an event that is newer: a job that is over stays over, one that is gone stays gone.
      const known = all.get(job.id);
      if (gone.has(job.id) || (known && isOver(known) && !isOver(job))) continue;
      all.set(job.id, job);
    }
    byId.value = all;
  }

  const keep = (job: Job): Job => {
    keepAll([job]);
    return byId.value.get(job.id) ?? job;
  };
  client.on('job', keep);
  client.on('jobGone', ({ jobId }) => drop(jobId));

  function drop(jobId: string): void {
    gone.add(jobId);
    const left = new Map(byId.value);
    if (left.delete(jobId)) byId.value = left;
  }

  const list = computed(() => [...byId.value.values()].sort((a, b) => b.createdMs - a.createdMs));

  /** The end of the last job that the person has seen in the list. */
  const seenMs = ref(recall<number>('jobs.seen') ?? 0);

  return {
    list,
    underWay: computed(() => list.value.filter((job) => !isOver(job)).length),
    paused: computed(() => list.value.filter(({ state }) => state === 'paused').length),
    /** Since the list was last looked at. */
    failed: computed(
      () =>
        list.value.filter(({ state, finishedMs }) => state === 'failed' && finishedMs! > seenMs.value).length,
    ),
    see(): void {
      const last = Math.max(0, ...list.value.map(({ finishedMs }) => finishedMs ?? 0));
      if (last <= seenMs.value) return;
      seenMs.value = last;
      remember('jobs.seen', last);
    },
    keep,
    find: (id: string | null) => (id === null ? null : (byId.value.get(id) ?? null)),
    latest: (kind: JobKind) => list.value.find((job) => job.kind === kind) ?? null,
    async load() {
      for await (const page of jobPages((asked) => client.request('jobs.list', asked))) keepAll(page);
    },
    pause: async (jobId: string) => keep(await client.request('jobs.pause', { jobId })),
    resume: async (jobId: string) => keep(await client.request('jobs.resume', { jobId })),
    cancel: async (jobId: string) => keep(await client.request('jobs.cancel', { jobId })),
    holdings: (jobId: string) => client.request('jobs.holdings', { jobId }),
    async remove(jobId: string) {
      const went = await client.request('jobs.delete', { jobId });
      drop(jobId);
      return went;
    },
  };
});
