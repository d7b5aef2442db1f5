/** The SMP device that is looked at, and what is asked of it. */
import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { SmpDeviceLook, SmpEcho } from '../../main/contract/types.ts';
import { useJobs } from './jobs.ts';
import { useLab } from './lab.ts';

interface At {
  portId: string;
  baudRate?: number;
}

export const useSmp = defineStore('smp', () => {
  const { client } = useLab();
  const jobs = useJobs();
  const found = shallowRef<SmpDeviceLook | null>(null);
  const echo = shallowRef<SmpEcho | null>(null);
  const jobId = shallowRef<string | null>(null);

  return {
    found,
    echo,
    /** The upload that was begun last. */
    job: computed(() => jobs.list.find(({ id }) => id === jobId.value) ?? null),
    async look(at: At): Promise<void> {
      const look = await client.request('smp.look', at);
      if (found.value?.portId !== look.portId) echo.value = null;
      found.value = look;
    },
    async time(at: At, count: number): Promise<void> {
      echo.value = null;
      echo.value = await client.request('smp.echo', { ...at, count });
    },
    async send(at: At, path: string, name: string | undefined): Promise<void> {
      const job = await client.request('smp.upload', { ...at, path, ...(name !== undefined && { name }) });
      jobs.keep(job);
      jobId.value = job.id;
    },
    async mark(at: At, hash: string | null, confirm: boolean): Promise<void> {
      const images = await client.request('smp.mark', { ...at, hash, confirm });
      if (found.value) found.value = { ...found.value, images };
    },
    erase: (at: At) => client.request('smp.erase', at),
    reset: (at: At) => client.request('smp.reset', at),
  };
});
