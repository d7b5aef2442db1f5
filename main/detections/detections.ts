/** What runs found: looked at a page at a time, and written out. */
import { basename } from 'node:path';
import { CurlewError } from '../contract/error.ts';
import { count } from '../contract/figures.ts';
import { pageLimit, pagesOf } from '../contract/pieces.ts';
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
import type { DetectionStore, RunInput } from './detection-store.ts';
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
    const { id, createdMs } = await this.filtered(jobId, wish.filter);
    this.requireOneFile(wish.format, wish.filter);
    const { paths, modelId } = this.params(id);
    const {
      ending,
      selections: _above,
      ...piece
    } = await tablePiece(this.rooms.detections, {
      ...wish,
      jobId: id,
      roots: paths,
    });
    const what =
      paths.length === 1 ? basename(paths[0]!) : count(paths.length, 'file or folder', 'files and folders');
    return { ...piece, name: exportName(['detections', what, modelId], createdMs, ending) };
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
    const run = { jobId: job.id, filter, roots, provenance: this.provenance(job) };
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

  /**
   * As JSON, in pieces: what the run kept of how it was made (of one from before that was kept, what the job tells), and
   * its inputs, of which there may be a hundred thousand.
   */
  private async *provenance({ id, title, createdMs, finishedMs }: Job): AsyncGenerator<string> {
    const { paths, modelId, settings } = this.params(id);
    const told = { writtenBy: `Curlew ${this.rooms.version}`, jobId: id, title, createdMs, finishedMs };
    const { detections } = this.rooms;
    const kept = (await detections.provenance(id)) ?? { paths, modelId, settings };
    yield `${JSON.stringify({ ...told, run: kept }, null, 2).slice(0, -2)},\n  "inputs": [`;
    let between = '';
    for await (const page of pagesOf<RunInput>((last) =>
      detections.inputs(id, { after: last?.fileId, limit: pageLimit }),
    )) {
      for (const input of page) {
        yield `${between}\n    ${JSON.stringify(input)}`;
        between = ',';
      }
    }
    yield '\n  ]\n}\n';
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
