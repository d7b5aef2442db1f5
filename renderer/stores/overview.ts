/** What the boards did over a stretch of time, whether what they say has moved, whether they hear, and their batteries: asked for when it is looked at. */
import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { RequestParams } from '../../main/contract/requests.ts';
import type {
  BatterySetting,
  BoardOverview,
  FleetDrift,
  FleetMicrophones,
} from '../../main/contract/types.ts';
import { useLab } from './lab.ts';

export const useOverview = defineStore('overview', () => {
  const { client } = useLab();
  const boards = ref<BoardOverview[] | null>(null);
  const drift = ref<FleetDrift | null>(null);
  const microphones = ref<FleetMicrophones | null>(null);
  const batteries = ref<BatterySetting | null>(null);

  async function load(hours: number): Promise<void> {
    boards.value = await client.request('fleet.overview', { hours });
  }

  async function loadDrift(): Promise<void> {
    drift.value = await client.request('fleet.drift', {});
  }

  async function loadMicrophones(): Promise<void> {
    microphones.value = await client.request('fleet.microphones', {});
  }

  /** By the board's id. */
  const microphoneOf = computed(
    () => new Map((microphones.value?.boards ?? []).map((one) => [one.boardId, one])),
  );

  async function loadBatteries(): Promise<void> {
    batteries.value = await client.request('battery.setting', {});
  }

  async function chooseBattery(choice: RequestParams<'battery.choose'>): Promise<void> {
    batteries.value = await client.request('battery.choose', choice);
  }

  return {
    ...{ boards, drift, microphones, microphoneOf, batteries },
    ...{ load, loadDrift, loadMicrophones, loadBatteries, chooseBattery },
  };
});
