import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { Job, JobKind } from '../../main/contract/types.ts';
import { useLab } from './lab.ts';

export const isOver = (job: Job): boolean =>
  job.state === 'done' || job.state === 'failed' || job.state === 'cancelled';

/** Long work, as the lab reports it; newest first. */
export const useJobs = defineStore('jobs', () => {
  const { client } = useLab();
  const byId = shallowRef<ReadonlyMap<string, Job>>(new Map());

  const keep = (job: Job): Job => {
    // A reply can arrive after an event that is newer: a job that is over stays over.
    const known = byId.value.get(job.id);
    if (known && isOver(known) && !isOver(job)) return known;
    byId.value = new Map(byId.value).set(job.id, job);
    return job;
  };
  client.on('job', keep);

  const list = computed(() => [...byId.value.values()].sort((a, b) => b.createdMs - a.createdMs));

  return {
    list,
    keep,
    find: (id: string | null) => (id === null ? null : (byId.value.get(id) ?? null)),
    latest: (kind: JobKind) => list.value.find((job) => job.kind === kind) ?? null,
    async load() {
      for (const job of await client.request('jobs.list', {})) keep(job);
    },
    pause: async (jobId: string) => keep(await client.request('jobs.pause', { jobId })),
    resume: async (jobId: string) => keep(await client.request('jobs.resume', { jobId })),
    cancel: async (jobId: string) => keep(await client.request('jobs.cancel', { jobId })),
  };
});
