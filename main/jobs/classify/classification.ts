/** Recordings classified as jobs, and what was found in them exported. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { imagesOfModel, type ModelSource } from '../../banks/model-images.ts';
import { CurlewError } from '../../contract/error.ts';
import { count, grouped } from '../../contract/figures.ts';
import { nearest } from '../../contract/nearest.ts';
import type { ClassifiedFile, ClassifySettings, Detection, Job, Provenance } from '../../contract/types.ts';
import { isOwnModel, type OwnModels } from '../../own-models/own-models.ts';
import type { AllowedPaths } from '../../recordings/allowed-paths.ts';
import { readSites } from '../../recordings/about/sites.ts';
import { few, type JobDefinition } from '../definition.ts';
import { resources } from '../../resources.ts';
import type { Jobs } from '../jobs.ts';
import { hashesOf, provenanceOf, requireSame, resumed, type Program } from './provenance.ts';
import { classify, type ClassifyParams } from './classify-job.ts';
import type { ModelInput } from './answerers.ts';
import type { Answering } from './answering.ts';
import { expertGrid } from './grid.ts';
import { classifySettings, usualSettings } from './contract/settings.ts';
import { requireClassification } from './require-classification.ts';
import type { ResultStore } from './result-store.ts';

export interface ClassificationRooms {
  jobs: Jobs;
  results: ResultStore;
  bank: ModelSource;
  models: Pick<OwnModels, 'get'>;
  files: AllowedPaths;
  program: Program;
  /** What `ResultStore.keepProvenance` kept. */
  provenance(jobId: string): Promise<unknown>;
  /** Threads; as many as there are cores where it is left out. */
  workers?: number;
  /** Resolves when it is time to look for new files again; seconds later where it is left out. @throws when aborted */
  nextLook?: (tookMs: number, signal: AbortSignal) => Promise<unknown>;
}

/** Between two looks at what is watched, at least; a look takes a fifth of the time at most. */
const lookEveryMs = 3_000;

export class Classification {
  /** How to end the watching of jobs that do. */
  private readonly watching = new Map<string, () => void>();

  /** Takes up the classification jobs of earlier labs. */
  constructor(private readonly rooms: ClassificationRooms) {
    rooms.jobs.takeUp('classify', (params) => this.definition(params as ClassifyParams));
    rooms.jobs.keeps('classify', {
      holdings: async ({ id }) => {
        const { files, detections } = await rooms.results.counts(id);
        return {
          goes: [
            `what was found in ${count(files.classified, 'recording')}: ${count(detections, 'detection')}, and what was reviewed of them`,
          ],
          stays: ['the recordings, and tables that were exported'],
          bytes: 0,
        };
      },
      remove: (jobId) => rooms.results.remove(jobId),
    });
  }

  /**
   * Classifies files and whatever audio is under folders; jobs run one after another, but for those that watch.
   * @param paths allowed real paths (AllowedPaths.resolve)
   * @param watch goes on with what is copied there later, until `finish`
   * @throws CurlewError EXPERT_NOT_FOUND; REQUEST_INVALID for settings that do not fit the model
   */
  start(paths: readonly string[], modelId: string, settings: ClassifySettings, watch = false): Job {
    const { name, answering } = modelOf(this.rooms, modelId, settings);
    requireFitting(name, answering, modelId, settings);
    const what = paths.length === 1 ? paths[0] : `${grouped(paths.length)} files and folders`;
    const grid = isOwnModel(modelId) ? { grid: answering.grid } : {};
    const definition = this.definition({ paths: [...paths], modelId, settings, watch, ...grid });
    const title = `${watch ? 'Watch' : 'Classify'} ${what}${watch ? ' and classify' : ''} with ${name}`;
    return this.rooms.jobs.start({ ...definition, title });
  }

  /**
   * As a run was made.
   * @param paths null: those of that run
   * @param allowed real path of one that may be opened
   * @throws CurlewError what `allowed` throws; JOB_NOT_FOUND; NOT_CAPABLE where nobody kept how it was made;
   *   EXPERT_NOT_FOUND where what answered then is not there as it was; of its table of sites FILE_DAMAGED where that has
   *   changed, and as readSites
   */
  async repeat(
    jobId: string,
    paths: readonly string[] | null,
    watch: boolean,
    allowed: (path: string) => Promise<string>,
  ): Promise<Job> {
    const run = await this.provenance(jobId);
    if (run === null) {
      throw new CurlewError(
        'NOT_CAPABLE',
        `How job ${jobId} was made was not kept: it is of an older Curlew.`,
      );
    }
    const settings = v.parse(classifySettings, run.settings);
    if (settings.sites !== null) await allowed(settings.sites);
    const resolved = await Promise.all((paths ?? run.paths).map(allowed));
    const { images } = await modelInput(this.rooms, run.modelId);
    requireSame(run, { images, sitesSha256: (await placesOf(settings)).sha256 });
    return this.start(resolved, run.modelId, settings, watch);
  }

  /** Ends a job's watching: what it has found is classified, then it is done. @throws CurlewError JOB_NOT_FOUND, JOB_STATE */
  finish(jobId: string): Job {
    const job = requireClassification(this.rooms.jobs, jobId);
    const end = this.watching.get(job.id);
    if (!end) {
      throw new CurlewError('JOB_STATE', `“${job.title}” does not watch for new recordings now.`, { jobId });
    }
    end();
    return job;
  }

  /** @throws CurlewError JOB_NOT_FOUND, STORE_FAILED; REQUEST_INVALID after a file of another job */
  async files(jobId: string, page: Parameters<ResultStore['files']>[1]): Promise<ClassifiedFile[]> {
    requireClassification(this.rooms.jobs, jobId);
    return this.rooms.results.files(jobId, page);
  }

  /** @throws CurlewError as `files` */
  async detections(jobId: string, page: Parameters<ResultStore['detections']>[1]): Promise<Detection[]> {
    requireClassification(this.rooms.jobs, jobId);
    return this.rooms.results.detections(jobId, page);
  }

  /** How it was made; null where nobody kept that. @throws CurlewError JOB_NOT_FOUND, STORE_FAILED */
  async provenance(jobId: string): Promise<Provenance | null> {
    return (await this.rooms.provenance(
      requireClassification(this.rooms.jobs, jobId).id,
    )) as Provenance | null;
  }

  /** The title is kept with the job; an expert that has left the bank shows when the job is resumed. */
  private definition(params: ClassifyParams): JobDefinition {
    const { results, files, workers, program, provenance } = this.rooms;
    const { watching } = this;
    const { nextLook = (tookMs, signal) => sleep(Math.max(lookEveryMs, 4 * tookMs), undefined, { signal }) } =
      this.rooms;
    return {
      kind: 'classify',
      title: 'Classify',
      reads: few(params.paths),
      writes: ['detections, in the lab’s store'],
      canPause: true,
      // What waits for recordings all night keeps nobody else waiting.
      ...(params.watch ? { canFinish: true } : { queue: 'classify' }),
      params,
      run: async (context) => {
        let finished = false;
        const watch = async (tookMs: number, signal: AbortSignal): Promise<boolean> => {
          await nextLook(tookMs, signal);
          return !finished;
        };
        const settings = v.parse(classifySettings, params.settings);
        const { answering } = modelOf(this.rooms, params.modelId, settings);
        const { model, images } = await modelInput(this.rooms, params.modelId);
        const { sites, sha256: sitesSha256 } = await placesOf(settings);
        const allowed = (real: string) => files.permits(real);
        const now = provenanceOf({ ...params, settings }, { images, sitesSha256 }, program);
        const before = (await provenance(context.jobId)) as Provenance | null;
        const how = before === null ? now : resumed(before, now);
        await results.keepProvenance(context.jobId, how);
        const work = {
          params: { ...params, settings },
          answering,
          input: { model, stood: { timeZone: settings.timeZone, sites } },
          results,
          allowed,
          workers,
          watch: params.watch ? watch : null,
        };
        if (params.watch) watching.set(context.jobId, () => (finished = true));
        const result = await classify(work, context).finally(() => watching.delete(context.jobId));
        await results.keepProvenance(context.jobId, { ...how, finishedMs: Date.now(), result });
        return result;
      },
    };
  }
}

/** @throws CurlewError as readSites */
const placesOf = async ({ sites }: ClassifySettings) =>
  sites === null ? { sites: [], sha256: null } : readSites(sites);

type Models = Pick<ClassificationRooms, 'bank' | 'models'>;

/** Probabilities of one recording that are held at once, 400 MB of them, where a model has many classes. */
const mostNumbers = 100_000_000;
/** As many as boards' experts can have: of so few any number of windows is held. */
const fewClasses = 64;

/** @throws CurlewError EXPERT_NOT_FOUND */
function modelOf(
  { bank, models }: Models,
  modelId: string,
  { hopFrames }: Pick<ClassifySettings, 'hopFrames'>,
): { name: string; answering: Answering } {
  if (isOwnModel(modelId)) {
    const {
      name,
      labels,
      sampleRate: rate,
      windowSamples,
      hopSamples,
    } = models.get(modelId).record.description;
    const mostWindows = labels.length > fewClasses ? Math.floor(mostNumbers / labels.length) : null;
    const grid = { rate, windowSamples, hopSamples };
    return { name, answering: { classes: labels, experts: [name], routed: false, grid, mostWindows } };
  }
  const router = bank.routers.find(({ id }) => id === modelId);
  const experts = (router ? router.experts : [modelId]).map((id) => bank.expert(id));
  return {
    name: (router ?? experts[0]!).name,
    answering: {
      classes: experts[0]!.classes,
      experts: experts.map(({ name }) => name),
      routed: router !== undefined,
      grid: expertGrid(hopFrames),
      mostWindows: null,
    },
  };
}

/** What answers, and what tells it from another, to whoever asks how a run was made. @throws CurlewError as imagesOfModel */
async function modelInput(
  { bank, models }: Models,
  modelId: string,
): Promise<{ model: ModelInput; images: Provenance['images'] }> {
  if (isOwnModel(modelId)) {
    const { folder, record } = models.get(modelId);
    const { head } = record.description;
    const images: Provenance['images'] = head
      ? [
          { role: 'expert', sha256: head.sha256 },
          { role: 'encoder', sha256: record.sha256 },
        ]
      : [{ role: 'model', sha256: record.sha256 }];
    return { model: { kind: 'own', folder }, images };
  }
  const images = await imagesOfModel(bank, modelId);
  const wasm = await readFile(resources.engine);
  return { model: { kind: 'engine', wasm, images }, images: hashesOf(images) };
}

/** @throws CurlewError REQUEST_INVALID */
function requireFitting(
  name: string,
  { grid, classes }: Answering,
  modelId: string,
  { hopFrames, highPassHz, ...settings }: ClassifySettings,
): void {
  const invalid = (what: string) => new CurlewError('REQUEST_INVALID', what, { modelId });
  if (isOwnModel(modelId) && hopFrames !== usualSettings.hopFrames) {
    throw invalid(
      `${name} has a hop of its own, ${grid.hopSamples / grid.rate} s, which its description tells: leave the hop out.`,
    );
  }
  if (highPassHz >= grid.rate / 2) {
    throw invalid(
      `A high-pass of ${highPassHz} Hz leaves nothing of what ${name} hears, which ends at ${grid.rate / 2} Hz; choose a lower one.`,
    );
  }
  for (const [what, byClass] of [
    ['least probability', settings.thresholds],
    ['gap', settings.gaps],
    ['least length', settings.leasts],
  ] as const) {
    const unknown = Object.keys(byClass).find((label) => !classes.includes(label));
    if (unknown === undefined) continue;
    const meant = nearest(unknown, classes);
    const told = meant ? `Did you mean “${meant}”?` : `Its classes are ${someOf(classes)}.`;
    throw invalid(
      `A ${what} is given for the class “${unknown}”, which ${name} does not have. ${told} Correct the class, or leave that setting out.`,
    );
  }
}

/** Of so many that a sentence holds them; a model may have thousands. */
const mostNamed = 50;
const someOf = (classes: readonly string[]): string =>
  classes.length <= mostNamed
    ? classes.join(', ')
    : `${classes.slice(0, mostNamed).join(', ')} and ${grouped(classes.length - mostNamed)} more`;
