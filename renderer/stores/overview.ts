/** What the boards did over a stretch of time, and whether what they say has moved: asked for when it is looked at. */
import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { BoardOverview, FleetDrift } from '../../main/contract/types.ts';
import { useLab } from './lab.ts';

export const useOverview = defineStore('overview', () => {
  const { client } = useLab();
  const boards = ref<BoardOverview[] | null>(null);
  const drift = ref<FleetDrift | null>(null);

  async function load(hours: number): Promise<void> {
    boards.value = await client.request('fleet.overview', { hours });
  }

  async function loadDrift(): Promise<void> {
    drift.value = await client.request('fleet.drift', {});
  }

  return { boards, drift, load, loadDrift };
});
