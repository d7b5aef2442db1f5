import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import { pageLimit, wholeFile } from '../../main/contract/pieces.ts';
import type {
  ClassifiedFile,
  ClassifySettingsGiven,
  DetectionFilterGiven,
  FileState,
  ListedDetection,
  ShownWindow,
  TableFormat,
  TableFrom,
} from '../../main/contract/types.ts';
import { isOver, useJobs } from './jobs.ts';
import { useLab } from './lab.ts';
import { recall, remember } from './memory.ts';
import { useNotices } from './notices.ts';

const refreshEveryMs = 1000;
/** Files of a page; no more is held of a run, however many it has. */
export const filesPerPage = 200;
/** Of one file: more than a person looks through; the exports hold all. */
export const mostDetections = 20_000;
const fileStates: readonly FileState[] = ['waiting', 'classified', 'failed', 'copy', 'leftOut'];

/** Folders and files to classify, the jobs that did, and the files that they went through. */
export const useRecordings = defineStore('recordings', () => {
  const { client } = useLab();
  const jobs = useJobs();
  const notices = useNotices();

  const paths = ref<string[]>(recall<string[]>('recordings.paths') ?? []);
  watch(paths, (chosen) => remember('recordings.paths', chosen));
  const chosenJob = ref<string | null>(null);

  const all = computed(() => jobs.list.filter((job) => job.kind === 'classify'));
  const job = computed(() => all.value.find((one) => one.id === chosenJob.value) ?? all.value[0] ?? null);

  /** Which files are listed; null: all but those that wait. */
  const state = ref<FileState | null>(null);
  /** What each page so far is behind; undefined: the first. */
  const behind = ref<(number | undefined)[]>([undefined]);
  const files = shallowRef<ClassifiedFile[] | null>(null);
  const unused = shallowRef<ClassifiedFile[]>([]);
  let asked = 0;
  let underWay = false;
  let due: ReturnType<typeof setTimeout> | null = null;
  /** Counts how often what a run found may have grown: what shows it asks again. */
  const grown = ref(0);

  /** The file that is looked at, and what was detected in it. */
  const file = shallowRef<ClassifiedFile | null>(null);
  const detections = shallowRef<ListedDetection[] | null>(null);
  const windows = shallowRef<ShownWindow[]>([]);
  /** The detection that is looked at, by its number. */
  const looked = ref<number | null>(null);

  // While a job runs its results grow: look again about once a second, and once more when it is over.
  watch(
    job,
    (now, before) => {
      if (!now) return;
      if (now.id !== before?.id) {
        file.value = null;
        files.value = null;
        unused.value = [];
        if (behind.value.length > 1) behind.value = [undefined];
      }
      if (now.id !== before?.id || isOver(now)) void refresh();
      else due ??= setTimeout(() => void refresh(), refreshEveryMs);
    },
    { immediate: true },
  );
  watch(state, () => {
    behind.value = [undefined];
    files.value = null;
  });
  watch([state, behind], () => void load());

  async function refresh(): Promise<void> {
    if (due !== null) clearTimeout(due);
    due = null;
    // One that is slow is not asked twice at a time; the next change asks again.
    if (underWay && job.value && !isOver(job.value)) return;
    underWay = true;
    grown.value++;
    await load();
    underWay = false;
  }

  async function load(): Promise<void> {
    const id = job.value?.id;
    if (id === undefined) return;
    const mine = ++asked;
    const states = state.value ? [state.value] : undefined;
    try {
      const [page, not] = await Promise.all([
        client.request('classify.files', {
          jobId: id,
          states,
          after: behind.value.at(-1),
          limit: filesPerPage,
        }),
        client.request('classify.files', { jobId: id, states: ['failed', 'leftOut'], limit: pageLimit }),
      ]);
      if (mine !== asked) return;
      files.value = page;
      unused.value = not;
    } catch (thrown) {
      // It may have been deleted meanwhile.
      if (jobs.find(id)) notices.fail('The results could not be loaded', thrown);
    }
  }

  /** @param watch goes on with what is copied there later, until `finish` */
  async function start(modelId: string, settings: ClassifySettingsGiven, watch = false): Promise<void> {
    const started = jobs.keep(
      await client.request('classify.start', { paths: [...paths.value], modelId, settings, watch }),
    );
    chosenJob.value = started.id;
  }

  /** Classifies as the job that is shown did, the same recordings. */
  async function repeat(): Promise<void> {
    if (!job.value) return;
    const { id } = job.value;
    chosenJob.value = jobs.keep(await client.request('classify.repeat', { jobId: id })).id;
  }

  /** Ends the watching of the job that is shown: what it has found is classified. */
  async function finish(): Promise<void> {
    if (job.value) jobs.keep(await client.request('classify.finish', { jobId: job.value.id }));
  }

  /** @param number of the detection to look at */
  async function open(fileId: number, number: number | null = null): Promise<void> {
    if (!job.value) return;
    const { id } = job.value;
    looked.value = number;
    if (file.value?.fileId === fileId) return;
    const after = fileId === 0 ? undefined : fileId - 1;
    const [found] = await client.request('classify.files', {
      jobId: id,
      states: [...fileStates],
      after,
      limit: 1,
    });
    if (job.value?.id !== id || !found) return;
    file.value = found;
    detections.value = null;
    windows.value = [];
    const rows: ListedDetection[] = [];
    let total = 1;
    while (rows.length < Math.min(total, mostDetections)) {
      const page = await client.request('detections.list', {
        jobId: id,
        filter: { fileId },
        sort: { by: 'file' },
        offset: rows.length,
        limit: pageLimit,
      });
      if (file.value !== found) return;
      rows.push(...page.rows);
      total = page.rows.length === 0 ? 0 : page.total;
    }
    detections.value = rows;
  }

  let windowsAsked = 0;
  /** Kept windows of the open file that begin in a stretch; as many as can be told apart there. */
  async function seeWindows(fromS: number, toS: number): Promise<void> {
    const mine = ++windowsAsked;
    const at = file.value;
    if (!at || !job.value) return;
    const found = await client.request('detections.windows', {
      jobId: job.value.id,
      fileId: at.fileId,
      fromS: Math.max(0, fromS - 1),
      toS,
      limit: pageLimit,
    });
    if (mine === windowsAsked && file.value === at) windows.value = found;
  }

  return {
    paths,
    jobs: all,
    job,
    jobId: computed<string | null>({
      get: () => job.value?.id ?? null,
      set: (id) => (chosenJob.value = id),
    }),
    grown,
    state,
    files,
    /** Those that could not be used: failed, or of a format that is not read; the first 1,000. */
    unused,
    pageNumber: computed(() => behind.value.length - 1),
    more: computed(() => files.value?.length === filesPerPage),
    turn(to: 'later' | 'earlier') {
      const last = files.value?.at(-1);
      if (to === 'earlier') behind.value = behind.value.slice(0, Math.max(1, behind.value.length - 1));
      else if (last) behind.value = [...behind.value, last.fileId];
    },
    file,
    detections,
    windows,
    looked,
    start,
    repeat,
    finish,
    open,
    close: () => void (file.value = null),
    seeWindows,
    export: (jobId: string, format: TableFormat, filter: DetectionFilterGiven = {}) =>
      wholeFile<TableFrom>((from) => client.request('detections.export', { jobId, format, filter, from })),
    /** How the run was made, as the lab writes it beside tables. */
    exportMaking: (jobId: string) =>
      wholeFile<number>((from) => client.request('detections.provenance', { jobId, from })),
  };
});
