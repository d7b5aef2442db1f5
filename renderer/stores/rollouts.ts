import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import { allOf } from '../../main/contract/pieces.ts';
import type { RequestParams } from '../../main/contract/requests.ts';
import type { Rollout, RolloutBoard, RolloutEntry } from '../../main/contract/types.ts';
import { useLab } from './lab.ts';

export type Decision = 'approve' | 'pause' | 'resume' | 'halt' | 'rollback';

/** Roll-outs shown at a time; what is older is on the command line, too. */
const shown = 20;

/** Roll-outs, newest first, as the lab tells of them. */
export const useRollouts = defineStore('rollouts', () => {
  const { client } = useLab();
  const list = shallowRef<Rollout[] | null>(null);
  const keep = (rollout: Rollout): void => {
    const before = list.value ?? [];
    list.value = before.some(({ id }) => id === rollout.id)
      ? before.map((one) => (one.id === rollout.id ? rollout : one))
      : [rollout, ...before];
  };
  let listens = false;

  return {
    list,
    async load(): Promise<void> {
      if (!listens) client.on('rollout', keep);
      listens = true;
      list.value = await client.request('rollouts.list', { limit: shown });
    },
    start: async (order: RequestParams<'rollouts.start'>): Promise<void> =>
      keep(await client.request('rollouts.start', order)),
    decide: async (decision: Decision, rolloutId: string): Promise<void> =>
      keep(await client.request(`rollouts.${decision}`, { rolloutId })),
    /** A page of them, after so many. */
    boards: (rolloutId: string, after: number, limit: number): Promise<RolloutBoard[]> =>
      client.request('rollouts.boards', { rolloutId, after, limit }),
    log: (rolloutId: string): Promise<RolloutEntry[]> =>
      allOf<RolloutEntry>((last) =>
        client.request('rollouts.log', { rolloutId, after: last?.number ?? 0, limit: 1000 }),
      ),
  };
});
