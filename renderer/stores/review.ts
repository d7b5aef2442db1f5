import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import { allOf, pageLimit } from '../../main/contract/pieces.ts';
import type { ReviewItem, ReviewSet, ReviewStatistics, Verdict } from '../../main/contract/types.ts';
import { useLab } from './lab.ts';
import { recall, remember } from './memory.ts';

/** A sample of a run that a person decides, one detection at a time; at most 10,000 of them. */
export const useReview = defineStore('review', () => {
  const { client } = useLab();

  const set = shallowRef<ReviewSet | null>(null);
  const items = shallowRef<readonly ReviewItem[]>([]);
  /** Classes that it may be instead: those that the run detected, then those that somebody named. */
  const detected = shallowRef<readonly string[]>([]);
  const statistics = shallowRef<ReviewStatistics | null>(null);
  /** Who decides; asked once. */
  const reviewer = ref(recall<string>('review.reviewer') ?? '');
  watch(reviewer, (name) => remember('review.reviewer', name));
  /** Seconds heard and seen before and behind a detection. */
  const marginS = ref(recall<number>('review.margin') ?? 2);
  watch(marginS, (margin) => remember('review.margin', margin));
  /** Place of the item that is shown; as many as there are: the end. */
  const at = ref(0);

  const decisionOf = (item: ReviewItem) =>
    item.decisions.find((decision) => decision.reviewer === reviewer.value) ?? null;
  /** The first that the reviewer has not decided, from a place on; the end where there is none. */
  function openFrom(place: number): number {
    const next = items.value.findIndex((item, i) => i >= place && decisionOf(item) === null);
    return next < 0 ? items.value.length : next;
  }
  function keep(item: ReviewItem): void {
    items.value = items.value.map((one) => (one.number === item.number ? item : one));
  }

  async function open(setId: string): Promise<void> {
    if (set.value?.id !== setId) {
      set.value = null;
      items.value = [];
      statistics.value = null;
    }
    const found = await client.request('reviews.get', { setId });
    const all = await allOf<ReviewItem>((last) =>
      client.request('reviews.items', { setId, after: last?.number, limit: pageLimit }),
    );
    const { classes } = await client.request('detections.classes', { jobId: found.jobId, filter: {} });
    set.value = found;
    items.value = all;
    detected.value = classes.map(({ label }) => label);
    at.value = openFrom(0);
  }

  return {
    set,
    items,
    statistics,
    reviewer,
    marginS,
    at,
    item: computed(() => items.value[at.value] ?? null),
    decisionOf,
    /** How many the reviewer has decided. */
    decided: computed(() => items.value.filter((item) => decisionOf(item) !== null).length),
    /** By class, as the set was drawn. */
    progress: computed(() =>
      [...new Set((set.value?.strata ?? []).map(({ label }) => label))].map((label) => {
        const own = items.value.filter(({ detection }) => detection.label === label);
        return { label, items: own.length, decided: own.filter((item) => decisionOf(item) !== null).length };
      }),
    ),
    classes: computed(() => {
      const named = items.value.flatMap(({ decisions }) => decisions.map(({ label }) => label));
      return [...new Set([...detected.value, ...named.filter((label) => label !== null)])];
    }),
    open,
    /** Begins, or goes on, where the reviewer has left it. */
    resume: () => void (at.value = openFrom(0)),
    skip: () => void (at.value = openFrom(at.value + 1)),
    back: () => void (at.value = Math.max(0, at.value - 1)),
    /** Of the item that is shown; then the next open one is. */
    async decide(verdict: Verdict, label: string | null = null): Promise<void> {
      const place = at.value;
      const shown = items.value[place];
      if (!set.value || !shown) return;
      const { number } = shown;
      const asked = { setId: set.value.id, number, reviewer: reviewer.value, verdict };
      keep(await client.request('reviews.decide', label === null ? asked : { ...asked, label }));
      at.value = openFrom(place + 1);
    },
    /** Takes the reviewer's last decision back, and shows its item. @returns whether there was one */
    async undo(): Promise<boolean> {
      if (!set.value) return false;
      const item = await client.request('reviews.undo', { setId: set.value.id, reviewer: reviewer.value });
      if (!item) return false;
      keep(item);
      at.value = items.value.findIndex(({ number }) => number === item.number);
      return true;
    },
    async reckon(precision: number): Promise<void> {
      const { id } = set.value!;
      const told = await client.request('reviews.statistics', { setId: id, precision });
      if (set.value?.id === id) statistics.value = told;
    },
  };
});
