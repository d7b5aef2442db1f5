/** How the fleet's table is looked at: filter, order, headings and columns; remembered, with views of a name. */
import { defineStore } from 'pinia';
import * as v from 'valibot';
import { reactive, ref, watch } from 'vue';
import { sorts, type Sort } from './order.ts';
import { marks } from './rows.ts';
import { recall, remember } from '../memory.ts';

/** Columns that can be left out. */
export const fleetColumns = {
  site: 'Site and group',
  runs: 'What it runs',
  latency: 'Latency',
  energy: 'Energy and battery',
  records: 'Inferences and curiosity',
  sound: 'Sound level and noise floor',
  supply: 'Supply and temperature',
  seen: 'Last seen',
} as const;
export type FleetColumn = keyof typeof fleetColumns;
const columns = Object.keys(fleetColumns) as FleetColumn[];

/** Hours, by what they are called. */
export const stretches = { 'last hour': 1, 'last day': 24, 'last week': 168, 'last 30 days': 720 } as const;

const look = v.object({
  text: v.fallback(v.string(), ''),
  mark: v.fallback(v.picklist(['', ...marks]), ''),
  site: v.fallback(v.string(), ''),
  group: v.fallback(v.string(), ''),
  tag: v.fallback(v.string(), ''),
  by: v.fallback(v.picklist(['', 'group', 'site']), ''),
  sort: v.fallback(v.picklist(Object.keys(sorts) as Sort[]), 'state'),
  descending: v.fallback(v.boolean(), false),
  columns: v.fallback(v.array(v.picklist(columns)), columns),
  hours: v.fallback(v.picklist(Object.values(stretches)), 24),
});
export type FleetLook = v.InferOutput<typeof look>;

/** What of it is still a look; a later lab may have others. */
const lookOf = (kept: unknown): FleetLook => v.parse(look, kept ?? {});

export interface FleetView {
  name: string;
  look: FleetLook;
}

export const useFleetLook = defineStore('fleetLook', () => {
  const now = reactive<FleetLook>(lookOf(recall('fleet.look')));
  watch(now, (chosen) => remember('fleet.look', chosen));
  const views = ref<FleetView[]>(
    (recall<FleetView[]>('fleet.views') ?? []).map(({ name, look: kept }) => ({ name, look: lookOf(kept) })),
  );
  const keep = (changed: FleetView[]): void => {
    views.value = changed;
    remember('fleet.views', changed);
  };
  return {
    now,
    /** In order of their names. */
    views,
    isFiltered: () => [now.text, now.mark, now.site, now.group, now.tag].some((one) => one !== ''),
    clear: () => void Object.assign(now, { text: '', mark: '', site: '', group: '', tag: '' }),
    show: (view: FleetView) => void Object.assign(now, structuredClone(lookOf(view.look))),
    /** As it is looked at now; takes the place of the view of that name. */
    save(name: string): void {
      const others = views.value.filter((view) => view.name !== name);
      const saved = { name, look: lookOf(JSON.parse(JSON.stringify(now))) };
      keep([...others, saved].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true })));
    },
    remove: (name: string) => keep(views.value.filter((view) => view.name !== name)),
    /** The other way round where it is sorted by it already. */
    sortBy(sort: Sort): void {
      now.descending = now.sort === sort && !now.descending;
      now.sort = sort;
    },
  };
});
