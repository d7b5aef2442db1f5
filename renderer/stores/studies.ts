import { defineStore } from 'pinia';
import { reactive, shallowRef } from 'vue';
import { wholeFile } from '../../main/contract/pieces.ts';
import type { RequestParams, RequestResult } from '../../main/contract/requests.ts';
import type { EpochFigures, Job } from '../../main/contract/types.ts';
import type { Results } from '../../models/report/results.ts';
import { useJobs } from './jobs.ts';
import { useLab } from './lab.ts';
import { useSession } from './session.ts';

export type Curves = Record<string, EpochFigures[]>;
export type StudyKind = 'train' | 'evaluate' | 'encoder';

/** Trainings, evaluations and encoders that are taken in: their jobs, loss curves and results. */
export const useStudies = defineStore('studies', () => {
  const { client } = useLab();
  const jobs = useJobs();
  const session = useSession();
  const curves = shallowRef<ReadonlyMap<string, Curves>>(new Map());
  /** The job that is looked at, by kind; null: the newest. */
  const chosen = reactive<Record<StudyKind, string | null>>({ train: null, evaluate: null, encoder: null });
  const results = new Map<string, Promise<Results>>();

  const keepCurves = (jobId: string, found: Curves) =>
    (curves.value = new Map(curves.value).set(jobId, found));
  client.on('curves', ({ jobId, curves: grown }) => keepCurves(jobId, grown));

  async function loadCurves(jobId: string): Promise<void> {
    const before = curves.value.get(jobId);
    const found = await client.request('train.curves', { jobId });
    // An event that came meanwhile is newer.
    if (curves.value.get(jobId) === before) keepCurves(jobId, found);
  }

  const file = (jobId: string, name: string) =>
    wholeFile<number>((from) => client.request('evaluate.file', { jobId, name, from }));

  async function bytes(jobId: string, name: string) {
    const file = { name: '', mime: '', pieces: [] as Uint8Array<ArrayBuffer>[] };
    for (let from: number | null = 0; from !== null;) {
      const piece: RequestResult<'evaluate.bytes'> = await client.request('evaluate.bytes', {
        ...{ jobId, name, from },
      });
      file.pieces.push(piece.bytes);
      Object.assign(file, { name: piece.name, mime: piece.mime });
      from = piece.next;
    }
    return file;
  }

  /** Of an evaluation that is done; fetched once. */
  function loadResults(jobId: string): Promise<Results> {
    const known = results.get(jobId);
    if (known) return known;
    const asked = file(jobId, 'results.json').then(({ texts }) => JSON.parse(texts.join('')) as Results);
    results.set(jobId, asked);
    asked.catch(() => results.delete(jobId));
    return asked;
  }

  function follow(kind: StudyKind, job: Job): Job {
    chosen[kind] = job.id;
    return jobs.keep(job);
  }

  /** What failed or was cancelled in an earlier lab is history: it stands in the list of jobs alone. */
  const isPast = ({ state, finishedMs }: Job): boolean =>
    (state === 'failed' || state === 'cancelled') && finishedMs! < (session.info?.openedMs ?? Infinity);
  const jobsOf = (kind: StudyKind) => jobs.list.filter((job) => job.kind === kind && !isPast(job));

  return {
    chosen,
    jobsOf,
    jobOf: (kind: StudyKind) => jobs.find(chosen[kind]) ?? jobsOf(kind)[0] ?? null,
    /** Whether one is queued or runs: a second one would wait behind it. */
    underWay: (kind: StudyKind) =>
      jobs.list.some((job) => job.kind === kind && (job.state === 'queued' || job.state === 'running')),
    curvesOf: (jobId: string): Curves => curves.value.get(jobId) ?? {},
    loadCurves,
    loadResults,
    file,
    bytes,
    train: async (params: RequestParams<'train.start'>) =>
      follow('train', await client.request('train.start', params)),
    evaluate: async (params: RequestParams<'evaluate.start'>) =>
      follow('evaluate', await client.request('evaluate.start', params)),
    cost: (params: RequestParams<'evaluate.cost'>) => client.request('evaluate.cost', params),
    testBank: async (params: RequestParams<'evaluate.bank'>) =>
      follow('evaluate', await client.request('evaluate.bank', params)),
    importEncoder: async (params: RequestParams<'experts.importEncoder'>) =>
      follow('encoder', await client.request('experts.importEncoder', params)),
  };
});
