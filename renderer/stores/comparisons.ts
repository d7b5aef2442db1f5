import { defineStore } from 'pinia';
import { reactive, ref, shallowRef } from 'vue';
import type { RequestParams } from '../../main/contract/requests.ts';
import type {
  ComparedClipRow,
  ComparedStage,
  ComparedWindow,
  CompareStatistics,
  Comparison,
} from '../../main/contract/types.ts';
import { useJobs } from './jobs.ts';
import { useLab } from './lab.ts';

/** Clips of a run that are shown at a time. */
const pageOfClips = 50;

/** A run of a comparison, and by which stage its clips are sorted. */
export interface LookedRun {
  board: number;
  model: number;
  by: ComparedStage;
}

/** Comparisons of boards with the references: their jobs, and what they have found so far. */
export const useComparisons = defineStore('comparisons', () => {
  const { client } = useLab();
  const jobs = useJobs();
  /** The one that is looked at; null: the newest. */
  const chosen = ref<string | null>(null);
  const found = shallowRef<Comparison | null>(null);
  const statistics = shallowRef<CompareStatistics | null>(null);
  const run = reactive<LookedRun>({ board: 0, model: 0, by: 'answer' });
  const clips = shallowRef<ComparedClipRow[]>([]);
  const more = ref(false);

  const job = () => jobs.find(chosen.value) ?? jobs.latest('compare');
  const pageOf = (jobId: string, skip: number): Promise<ComparedClipRow[]> =>
    client.request('compare.clips', { jobId, ...run, skip, limit: pageOfClips });

  /** What there is of the one that is looked at; a reply of another that was looked at before counts no more. */
  async function load(): Promise<void> {
    const jobId = job()?.id;
    if (jobId === undefined) {
      [found.value, statistics.value, clips.value] = [null, null, []];
      return;
    }
    const asked = { ...run };
    const comparison = await client.request('compare.get', { jobId });
    const some = comparison.runs.some(({ board, model }) => board === run.board && model === run.model);
    const first = some ? await pageOf(jobId, 0) : [];
    const counted = comparison.runs.length > 0 ? await client.request('compare.statistics', { jobId }) : null;
    if (job()?.id !== jobId || asked.board !== run.board || asked.model !== run.model || asked.by !== run.by)
      return;
    [found.value, statistics.value, clips.value] = [comparison, counted, first];
    more.value = first.length === pageOfClips;
  }

  return {
    chosen,
    found,
    statistics,
    run,
    clips,
    more,
    job,
    load,
    async loadMore() {
      const jobId = job()?.id;
      if (jobId === undefined) return;
      const next = await pageOf(jobId, clips.value.length);
      clips.value = [...clips.value, ...next];
      more.value = next.length === pageOfClips;
    },
    windows: (jobId: string, { board, model, clip }: ComparedClipRow): Promise<ComparedWindow[]> =>
      client.request('compare.windows', { jobId, board, model, clip }),
    async start(params: RequestParams<'compare.start'>) {
      const started = await client.request('compare.start', params);
      chosen.value = started.id;
      Object.assign(run, { board: 0, model: 0 });
      return jobs.keep(started);
    },
    write: (jobId: string, format: 'csv' | 'parquet', path: string) =>
      client.request('compare.write', { jobId, format, path, overwrite: false }),
  };
});
