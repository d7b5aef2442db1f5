/** Captures of currents that the lab has, and what is asked of them. */
import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { RequestParams } from '../../main/contract/requests.ts';
import type { Capture, Job, PowerDevice } from '../../main/contract/types.ts';
import { useFollowed } from './followed.ts';
import { useJobs } from './jobs.ts';
import { useLab } from './lab.ts';

export const useCaptures = defineStore('captures', () => {
  const { client } = useLab();
  const jobs = useJobs();
  const list = shallowRef<Capture[]>([]);
  const devices = shallowRef<PowerDevice[]>([]);
  /** Why instruments could not be listed. */
  const problem = shallowRef<string | null>(null);

  const load = useFollowed(
    'captures',
    () => client.request('power.captures', {}),
    (all) => (list.value = all),
    'The captures could not be listed',
  );
  client.on('capture', (changed) => {
    list.value = list.value.map((one) => (one.id === changed.id ? changed : one));
  });

  const kept = (job: Job): Job => {
    jobs.keep(job);
    return job;
  };

  return {
    list,
    devices,
    problem,
    load,
    /** The recording that is under way. */
    recording: computed(
      () =>
        jobs.list.find((job) => job.kind === 'capture' && job.canFinish && job.state === 'running') ?? null,
    ),
    async loadDevices(): Promise<void> {
      const found = await client.request('power.devices', {});
      devices.value = found.devices;
      problem.value = found.problem;
    },
    envelope: (of: RequestParams<'power.envelope'>) => client.request('power.envelope', of),
    energy: (of: RequestParams<'power.energy'>) => client.request('power.energy', of),
    record: async (wish: RequestParams<'power.record'>) => kept(await client.request('power.record', wish)),
    finish: async (jobId: string) => kept(await client.request('power.finish', { jobId })),
    exportTo: async (wish: RequestParams<'power.export'>) => kept(await client.request('power.export', wish)),
    importFrom: async (wish: RequestParams<'power.import'>) =>
      kept(await client.request('power.import', wish)),
    trim: async (wish: RequestParams<'power.trim'>) => kept(await client.request('power.trim', wish)),
    async remove(captureId: string): Promise<void> {
      await client.request('power.delete', { captureId });
      list.value = list.value.filter(({ id }) => id !== captureId);
    },
  };
});
