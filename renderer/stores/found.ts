import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import { pagesOf } from '../../main/contract/pieces.ts';
import type {
  DetectionFilterGiven,
  DetectionPage,
  DetectionSort,
  DetectionSummary,
  TimelineDay,
} from '../../main/contract/types.ts';
import { timelineDays } from '../../main/detections/contract/rows.ts';
import { useApplied } from './applied.ts';
import { useJobs } from './jobs.ts';
import { useLab } from './lab.ts';
import { useNotices } from './notices.ts';
import { useRecordings } from './recordings.ts';

/** Detections of a page: all that the page holds of a run, however many it found. */
export const detectionsPerPage = 100;
const hourMs = 3_600_000;

/** What the run that is looked at found: filtered, sorted and counted by the store, a page at a time. */
export const useFound = defineStore('found', () => {
  const { client } = useLab();
  const recordings = useRecordings();
  const jobs = useJobs();
  const notices = useNotices();
  const applied = useApplied();

  const filter = ref<DetectionFilterGiven>({});
  const sort = ref<DetectionSort>({ by: 'file', descending: false });
  const offset = ref(0);
  const by = ref<'day' | 'night'>('night');

  const page = shallowRef<DetectionPage | null>(null);
  const summary = shallowRef<DetectionSummary | null>(null);
  /** Of the whole run, for what can be chosen. */
  const whole = shallowRef<DetectionSummary | null>(null);
  const days = shallowRef<TimelineDay[] | null>(null);

  /** Of answers that cross on the way, that to the last question counts. */
  function latest<T>(ask: (jobId: string) => Promise<T>, take: (found: T) => void) {
    let asked = 0;
    return async (): Promise<void> => {
      const { jobId } = recordings;
      if (jobId === null) return;
      const mine = ++asked;
      try {
        const found = await ask(jobId);
        if (mine === asked) take(found);
      } catch (thrown) {
        if (mine === asked && jobs.find(jobId)) notices.fail('The detections could not be loaded', thrown);
      }
    };
  }
  const loadPage = latest(
    (jobId) =>
      client.request('detections.list', {
        ...{ jobId, filter: filter.value, sort: sort.value },
        ...{ offset: offset.value, limit: detectionsPerPage },
      }),
    (found) => (page.value = found),
  );
  const loadSummary = latest(
    (jobId) =>
      Promise.all([
        client.request('detections.classes', { jobId, filter: filter.value }),
        client.request('detections.classes', { jobId, filter: {} }),
      ]),
    ([filtered, all]) => {
      summary.value = filtered;
      whole.value = all;
    },
  );
  const loadDays = latest(
    async (jobId) => {
      const all: TimelineDay[] = [];
      const asked = { jobId, filter: filter.value, by: by.value };
      const pages = pagesOf<TimelineDay>(
        (last) => client.request('detections.timeline', { ...asked, after: last?.day }),
        timelineDays,
      );
      for await (const some of pages) all.push(...some);
      return all;
    },
    (found) => (days.value = found),
  );

  watch(
    () => recordings.jobId,
    () => {
      filter.value = {};
      offset.value = 0;
      page.value = null;
      summary.value = null;
      whole.value = null;
      days.value = null;
    },
    { flush: 'sync' },
  );
  // What a review has applied to the run is what is looked at, unless the person wants all.
  watch(
    () => recordings.jobId,
    (jobId) => {
      if (jobId === null) return;
      applied.load(jobId).catch((thrown: unknown) => {
        if (jobs.find(jobId)) notices.fail('The thresholds of a review could not be loaded', thrown);
      });
    },
    { immediate: true },
  );
  const thresholds = computed(() => applied.of(recordings.jobId));
  watch(thresholds, (now) => narrow({ applied: now ? true : undefined }), { immediate: true });
  watch([filter, sort, offset, () => recordings.grown], () => void loadPage(), { immediate: true });
  watch(
    [filter, () => recordings.grown],
    () => {
      void loadSummary();
      void loadDays();
    },
    { immediate: true },
  );
  watch(by, () => void loadDays());

  /** Sets a part of the filter; undefined takes it away. */
  function narrow(change: Partial<DetectionFilterGiven>): void {
    const next = { ...filter.value, ...change };
    for (const key of Object.keys(next) as (keyof DetectionFilterGiven)[]) {
      if (next[key] === undefined) delete next[key];
    }
    offset.value = 0;
    filter.value = next;
  }

  return {
    filter,
    /** That a review has applied to the run; null where none has. */
    thresholds,
    narrowed: computed(() => Object.keys(filter.value).length > 0),
    sort,
    offset,
    by,
    page,
    summary,
    whole,
    days,
    narrow,
    clear() {
      offset.value = 0;
      filter.value = {};
    },
    /** By a column; again: the other way. */
    sortBy(column: DetectionSort['by']) {
      const descending =
        sort.value.by === column ? !sort.value.descending : column === 'peak' || column === 'mean';
      offset.value = 0;
      sort.value = { by: column, descending };
    },
    /**
     * Narrows to an hour of a day in local time, as far ahead of UTC as the recording told that is nearest to it.
     * @param day ISO date on which the hour lies
     */
    async narrowToHour(day: string, hour: number): Promise<void> {
      const { jobId } = recordings;
      if (jobId === null) return;
      const asUtc = Date.parse(day) + hour * hourMs;
      const near = await client.request('detections.list', {
        ...{ jobId, sort: { by: 'time', descending: false }, limit: 1 },
        filter: { fromMs: asUtc - 14 * hourMs, toMs: asUtc + 15 * hourMs },
      });
      const minutes = near.rows[0]?.offsetMinutes ?? -new Date(asUtc).getTimezoneOffset();
      const fromMs = asUtc - minutes * 60_000;
      narrow({ fromMs, toMs: fromMs + hourMs });
    },
  };
});
