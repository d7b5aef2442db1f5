/** What runs found: looked at a page at a time, and written out. */
import { basename } from 'node:path';
import { CurlewError } from '../contract/error.ts';
import { count } from '../contract/figures.ts';
import { pageLimit, textsOf } from '../contract/pieces.ts';
import type {
  ClassifySettings,
  ClipSettings,
  DetectionFilter,
  DetectionPage,
  DetectionSummary,
  FilePiece,
  Job,
  RunScore,
  ShownWindow,
  TableFormat,
  TableFrom,
  TimelineDay,
  WriteFormat,
  WrittenDetections,
} from '../contract/types.ts';
import type { Background } from '../background/background.ts';
import { exportName } from '../export-name.ts';
import type { Grid } from '../jobs/classify/contract/grid.ts';
import { gridOf } from '../jobs/classify/grid.ts';
import { requireClassification } from '../jobs/classify/require-classification.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { allOrNone } from '../all-or-none.ts';
import { Outputs } from '../outputs.ts';
import { requireApplied, type AppliedOf } from './applied.ts';
import { requireApart } from './apart.ts';
import { writeClips } from './clips.ts';
import type { DetectionStore } from './detection-store.ts';
import { tablePiece } from './table-piece.ts';
import { scoreRun } from './truth/score.ts';
import { writeTable, writeTables } from './write.ts';

/** What is used here of what a run was started with. */
interface RunParams {
  paths: string[];
  modelId: string;
  settings: ClassifySettings;
  grid?: Grid;
}

export interface DetectionRooms {
  jobs: Pick<Jobs, 'get' | 'params'>;
  detections: DetectionStore;
  background: Background;
  applied: AppliedOf;
  /** Files and folders that nothing is written over. */
  keep: readonly string[];
  /** Of Curlew. */
  version: string;
}

interface WriteWish {
  format: WriteFormat;
  path: string;
  filter: DetectionFilter;
  overwrite: boolean;
  clips: ClipSettings;
}

interface WindowStretch {
  fileId: number;
  fromS?: number | undefined;
  toS?: number | undefined;
  after?: { window: number; channel: number | null } | undefined;
  limit: number;
}

/**
 * Every method throws CurlewError JOB_NOT_FOUND for what is no classification, STORE_FAILED, and REQUEST_INVALID for a
 * filter that asks for what thresholds leave where none are applied.
 */
export class Detections {
  constructor(private readonly rooms: DetectionRooms) {}

  async list(
    jobId: string,
    filter: DetectionFilter,
    page: Parameters<DetectionStore['list']>[2],
  ): Promise<DetectionPage> {
    return this.rooms.detections.list((await this.filtered(jobId, filter)).id, filter, page);
  }

  async summary(jobId: string, filter: DetectionFilter): Promise<DetectionSummary> {
    return this.rooms.detections.summary((await this.filtered(jobId, filter)).id, filter);
  }

  async timeline(
    jobId: string,
    filter: DetectionFilter,
    page: Parameters<DetectionStore['timeline']>[2],
  ): Promise<TimelineDay[]> {
    return this.rooms.detections.timeline((await this.filtered(jobId, filter)).id, filter, page);
  }

  async windows(jobId: string, { fromS, toS, ...page }: WindowStretch): Promise<ShownWindow[]> {
    const { id } = this.run(jobId);
    const { rate, hopSamples, windowSamples } = gridOf(this.params(id));
    const [hopS, windowS] = [hopSamples / rate, windowSamples / rate];
    const first = fromS === undefined ? 0 : Math.ceil(fromS / hopS - rounding);
    const end = toS === undefined ? 2 ** 32 : Math.ceil(toS / hopS - rounding);
    const found = await this.rooms.detections.windows(id, { ...page, from: first, to: end });
    return found.map((one) => {
      const startS = tidy(one.window * hopS);
      return { ...one, startS, endS: tidy(startS + windowS) };
    });
  }

  /** @throws CurlewError REQUEST_INVALID for labels of no one file */
  async export(
    jobId: string,
    wish: { format: TableFormat; filter: DetectionFilter; from?: TableFrom | undefined },
  ): Promise<FilePiece<TableFrom>> {
    const job = await this.filtered(jobId, wish.filter);
    this.requireOneFile(wish.format, wish.filter);
    const {
      ending,
      selections: _above,
      ...piece
    } = await tablePiece(this.rooms.detections, {
      ...wish,
      jobId: job.id,
      roots: this.params(job.id).paths,
    });
    return { ...piece, name: this.nameOf(job, ending) };
  }

  /**
   * @param path of a place that may be written to
   * @throws CurlewError as `export`; FILE_EXISTS, FILE_UNWRITABLE; FILE_PROTECTED, also for clips among the recordings
   */
  async write(
    jobId: string,
    { format, path, filter, overwrite, clips }: WriteWish,
  ): Promise<WrittenDetections> {
    const job = await this.filtered(jobId, filter);
    const { detections, background, keep } = this.rooms;
    const { paths: roots, settings } = this.params(job.id);
    const rules = { overwrite, keep: [...keep, ...(settings.sites ? [settings.sites] : [])] };
    const outputs = new Outputs(rules);
    const provenance = textsOf<number>((from) => this.provenancePiece(job, from));
    const run = { jobId: job.id, filter, roots, provenance };
    if (format === 'clips') {
      await requireApart(path, roots);
      const recordings = new Outputs({ ...rules, recordings: true });
      return allOrNone(path, [outputs, recordings], () =>
        writeClips({ detections, background }, run, clips, path, { tables: outputs, recordings }),
      );
    }
    return allOrNone(path, [outputs], async () => {
      if (format === 'ravenFiles' || format === 'audacityFiles')
        return writeTables(detections, run, format, path, outputs);
      this.requireOneFile(format, filter);
      return writeTable(detections, run, format, path, outputs);
    });
  }

  /** @throws CurlewError of `scoreRun` */
  async score(jobId: string, wish: Parameters<typeof scoreRun>[2]): Promise<RunScore> {
    return scoreRun(this.rooms, this.run(jobId).id, wish);
  }

  /** How a run was made, as it is written beside its tables. */
  async provenance(jobId: string, from?: number): Promise<FilePiece<number>> {
    const job = this.run(jobId);
    return { ...(await this.provenancePiece(job, from)), name: this.nameOf(job, '.run.json') };
  }

  /**
   * As JSON: what the run kept of how it was made (of one from before that was kept, what the job tells), and its inputs,
   * of which there may be a hundred thousand.
   * @param from the last input of the piece before
   */
  private async provenancePiece(
    { id, title, createdMs, finishedMs }: Job,
    from: number | undefined,
  ): Promise<FilePiece<number>> {
    const { detections, version } = this.rooms;
    const inputs = await detections.inputs(id, { after: from, limit: pageLimit });
    let text = inputs.map((input) => `\n    ${JSON.stringify(input)}`).join(',');
    if (from === undefined) {
      const { paths, modelId, settings } = this.params(id);
      const told = { writtenBy: `Curlew ${version}`, jobId: id, title, createdMs, finishedMs };
      const run = (await detections.provenance(id)) ?? { paths, modelId, settings };
      text = `${JSON.stringify({ ...told, run }, null, 2).slice(0, -2)},\n  "inputs": [${text}`;
    } else if (inputs.length > 0) text = `,${text}`;
    const isEnd = inputs.length < pageLimit;
    return {
      ...{ name: '', mime: 'application/json' },
      text: isEnd ? `${text}\n  ]\n}\n` : text,
      next: isEnd ? null : inputs.at(-1)!.fileId,
    };
  }

  private nameOf({ id, createdMs }: Job, ending: string): string {
    const { paths, modelId } = this.params(id);
    const what =
      paths.length === 1 ? basename(paths[0]!) : count(paths.length, 'file or folder', 'files and folders');
    return exportName(['detections', what, modelId], createdMs, ending);
  }

  private requireOneFile(format: TableFormat | 'parquet', filter: DetectionFilter): void {
    if (format !== 'audacity' || filter.fileId !== undefined) return;
    throw new CurlewError(
      'REQUEST_INVALID',
      'Audacity’s labels are of one recording: choose one, or write a file for each into a folder.',
    );
  }

  private async filtered(jobId: string, filter: DetectionFilter): Promise<Job> {
    const job = this.run(jobId);
    await requireApplied(this.rooms.applied, job, filter);
    return job;
  }

  private run(jobId: string): Job {
    return requireClassification(this.rooms.jobs, jobId);
  }

  private params(jobId: string): RunParams {
    return this.rooms.jobs.params(jobId) as RunParams;
  }
}

/** Of a quotient of decimals. */
const rounding = 1e-9;
const tidy = (seconds: number): number => Math.round(seconds * 1e6) / 1e6;
