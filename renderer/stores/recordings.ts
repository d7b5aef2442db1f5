import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import { allOf, pageLimit, wholeFile } from '../../main/contract/pieces.ts';
import type { ClassifiedFile, Detection, Job, TableFrom } from '../../main/contract/types.ts';
import { isOver, useJobs } from './jobs.ts';
import { useLab } from './lab.ts';
import { recall, remember } from './memory.ts';
import { useNotices } from './notices.ts';

const refreshEveryMs = 1000;
/** More than a person looks through; the exports hold all. */
export const mostFiles = 20_000;
export const mostDetections = 2000;

/** Folders and files to classify, the jobs that did, and what they found. */
export const useRecordings = defineStore('recordings', () => {
  const { client } = useLab();
  const jobs = useJobs();
  const notices = useNotices();

  const paths = ref<string[]>(recall<string[]>('recordings.paths') ?? []);
  watch(paths, (chosen) => remember('recordings.paths', chosen));
  const chosenJob = ref<string | null>(null);
  const files = shallowRef<ClassifiedFile[] | null>(null);
  const filesOf = ref<string | null>(null);
  const fileId = ref<number | null>(null);
  const detections = shallowRef<Detection[] | null>(null);
  let refreshDue: ReturnType<typeof setTimeout> | null = null;

  const all = computed(() => jobs.list.filter((job) => job.kind === 'classify'));
  const job = computed(() => all.value.find((one) => one.id === chosenJob.value) ?? all.value[0] ?? null);

  // While a job runs its results grow: look again about once a second, and once more when it is over.
  watch(
    job,
    (now, before) => {
      if (!now) return;
      const other = now.id !== before?.id;
      if (other) fileId.value = null;
      if (other || isOver(now)) void refresh(now);
      else refreshDue ??= setTimeout(() => void refresh(now), refreshEveryMs);
    },
    { immediate: true },
  );

  async function refresh(of: Job): Promise<void> {
    const { id } = of;
    if (refreshDue !== null) clearTimeout(refreshDue);
    refreshDue = null;
    try {
      // What is held of a running job stays; one that is over may have classified a file of its again.
      const held = filesOf.value === id && !isOver(of) ? (files.value ?? []) : [];
      const found = await allOf<ClassifiedFile>((last) => {
        const after = (last ?? held.at(-1))?.fileId;
        return client.request('classify.files', { jobId: id, after, limit: pageLimit });
      }, mostFiles - held.length);
      if (job.value?.id !== id) return;
      files.value = [...held, ...found].slice(0, mostFiles);
      filesOf.value = id;
    } catch (thrown) {
      // It may have been deleted meanwhile.
      if (jobs.find(id)) notices.fail('The results could not be loaded', thrown);
    }
  }

  async function start(expertId: string): Promise<void> {
    const started = jobs.keep(
      await client.request('classify.start', { paths: [...paths.value], modelId: expertId }),
    );
    chosenJob.value = started.id;
  }

  async function open(chosen: number): Promise<void> {
    if (!job.value) return;
    fileId.value = chosen;
    detections.value = null;
    const { id } = job.value;
    const found = await allOf<Detection>((last) => {
      const after = last && { fileId: chosen, number: last.number };
      return client.request('classify.detections', { jobId: id, fileId: chosen, after, limit: pageLimit });
    }, mostDetections);
    if (fileId.value === chosen) detections.value = found;
  }

  const held = computed(() => (filesOf.value === job.value?.id ? files.value : null));

  return {
    paths,
    jobs: all,
    job,
    jobId: computed<string | null>({
      get: () => job.value?.id ?? null,
      set: (id) => (chosenJob.value = id),
    }),
    files: computed(() => held.value?.filter(({ state }) => state === 'classified') ?? null),
    failed: computed(() => held.value?.filter(({ state }) => state !== 'classified') ?? []),
    fileId,
    detections,
    start,
    open,
    export: (jobId: string, format: 'csv' | 'raven') =>
      wholeFile<TableFrom>((from) => client.request('detections.export', { jobId, format, from })),
  };
});
