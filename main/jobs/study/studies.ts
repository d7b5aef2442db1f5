/** Training and evaluation as a service: jobs, their loss curves, and what they leave. */
import { exportName } from '../../export-name.ts';
import { basename, join } from 'node:path';
import type { EpochReport } from '../../../models/training/train.ts';
import { CurlewError } from '../../contract/error.ts';
import type { FilePiece, Job, StudyCost } from '../../contract/types.ts';
import { readDataset } from '../../datasets/read-dataset.ts';
import { given } from '../../given.ts';
import type { JobDefinition } from '../definition.ts';
import type { Jobs } from '../jobs.ts';
import type { StudyResults } from './contract/requests.ts';
import { noBank } from './bank-test/bank-members.ts';
import { defaultBankTestParams, testedBefore, type BankTestParams } from './bank-test/params.ts';
import { costOfStudy } from './effort.ts';
import { bytesPiece, filePiece } from './file-piece.ts';
import type { ImportParams } from './import-encoder.ts';
import type { Order, Place } from './job-calls.ts';
import { studyLeavings, workFolderOf } from './leavings.ts';
import { isOwnModel, type OwnModels } from '../../own-models/own-models.ts';
import { requireStages } from './encoder-choice.ts';
import { ownEncoderOf } from './own-encoder.ts';
import { runInThread, type JobRooms } from './job-thread.ts';
import {
  askedBefore,
  trainedBefore,
  defaultStudyParams,
  defaultTrainingParams,
  plansOf,
  type StudyParams,
} from './params.ts';
import type { TrainBankParams } from './train-bank-job.ts';

/** Loss curves by the id of an expert, or `router`; of the fold under way. */
export type Curves = Record<string, EpochReport[]>;

export interface StudiesRooms
  extends Omit<JobRooms, 'onCurve' | 'models'>, Pick<Place, 'version' | 'wasmPath' | 'clip'> {
  readonly models: Pick<OwnModels, 'adopt' | 'get' | 'requireFree'>;
  readonly jobs: Jobs;
  /** For unfinished work, results and caches. */
  readonly folder: string;
  /** @throws CurlewError where an evaluation could not have this board */
  requireBoard(choice: string): void;
  /** Loss curves have grown. */
  onCurves(jobId: string, curves: Curves): void;
}

/** Jobs among which one that trained is looked for. */
const lookedBack = 200;

const mimes = {
  parquet: 'application/vnd.apache.parquet',
  html: 'text/html',
  txt: 'text/plain',
  csv: 'text/csv',
  json: 'application/json',
} as const;

export class Studies {
  private readonly growing = new Map<string, Curves>();

  /** Takes up the jobs of earlier labs. */
  constructor(private readonly rooms: StudiesRooms) {
    rooms.jobs.takeUp('train', (params) =>
      this.training({ ...trainedBefore, ...(params as TrainBankParams) }),
    );
    rooms.jobs.takeUp('evaluate', (params) => {
      const asked = params as StudyParams | BankTestParams;
      // what earlier labs could not be asked they did not do
      return 'bankId' in asked
        ? this.bankTest({ ...testedBefore, ...asked })
        : this.evaluation({ ...askedBefore, ...asked });
    });
    rooms.jobs.takeUp('encoder', (params) => this.importing(params as ImportParams));
    const hasBank = (name: string) =>
      [...rooms.banks.experts, ...rooms.banks.encoders].some(({ bank }) => bank === name);
    for (const kind of ['train', 'evaluate', 'encoder'] as const)
      rooms.jobs.keeps(kind, studyLeavings(rooms.folder, hasBank));
  }

  /**
   * @param asked what is left out is as the published recipe has it
   * @throws CurlewError REQUEST_INVALID; EXPERT_NOT_FOUND, MODEL_EXISTS
   */
  train(asked: Given<TrainBankParams, 'path' | 'name'>): Job {
    const params = { heldOutFold: null, ...defaultTrainingParams, ...given(asked) };
    plansOf(params);
    if (ownEncoderOf(params, this.rooms.models)) {
      if (params.bank.length > 1)
        throw new CurlewError(
          'REQUEST_INVALID',
          'An expert on a model of your own is for the desktop, where no router picks: choose one kind (on the command line “--bank q8”).',
        );
      if (params.cascade.length > 0)
        throw new CurlewError(
          'REQUEST_INVALID',
          'A cascade is for boards, and no board runs a model of your own: leave one of the two out.',
        );
      this.rooms.models.requireFree(params.name);
    } else this.rooms.banks.newFolder(params.name);
    requireStages({ ...params, board: 'virtual' }, this.rooms.banks);
    return this.rooms.jobs.start(this.training(params));
  }

  /** @throws CurlewError REQUEST_INVALID; those of a board that it could not have */
  evaluate(asked: Given<StudyParams, 'path'>): Job {
    const params = { ...defaultStudyParams, ...given(asked) };
    if (params.bank.length < 2) {
      throw new CurlewError(
        'REQUEST_INVALID',
        'An evaluation compares mixtures: name two experts of a bank at least.',
      );
    }
    plansOf(params);
    if (ownEncoderOf(params, this.rooms.models) && params.board !== 'none')
      throw new CurlewError(
        'REQUEST_INVALID',
        'No board runs a model of your own: evaluate without a board (“none”).',
      );
    this.rooms.requireBoard(params.board);
    requireStages(params, this.rooms.banks);
    return this.rooms.jobs.start(this.evaluation(params));
  }

  /**
   * What an evaluation would take, by what was trained here last.
   * @throws CurlewError REQUEST_INVALID; as readDataset
   */
  async cost(asked: Given<StudyParams, 'path'>): Promise<StudyCost> {
    const params = { ...defaultStudyParams, ...given(asked) };
    const { path, layout, variant, seed } = params;
    const { allowed } = this.rooms;
    const dataset = await readDataset(path, { ...(layout ? { layout } : {}), variant, seed, allowed });
    const before = this.rooms.jobs
      .page(lookedBack)
      .flatMap(({ result }) => (result && 'effort' in result && result.effort ? [result.effort] : []))[0];
    return costOfStudy(params, { folds: dataset.folds.length, clips: dataset.clips.length }, before ?? null);
  }

  /**
   * A bank that is there, on recordings that it has not heard.
   * @throws CurlewError EXPERT_NOT_FOUND; those of a board that it could not have
   */
  testBank(asked: Given<BankTestParams, 'path' | 'bankId'>): Job {
    const params = { ...defaultBankTestParams, ...given(asked) };
    if (!this.rooms.banks.experts.some(({ bank }) => bank === params.bankId))
      throw noBank(params.bankId, this.rooms.banks);
    this.rooms.requireBoard(params.board);
    return this.rooms.jobs.start(this.bankTest(params));
  }

  /** @throws CurlewError REQUEST_INVALID where the name is taken */
  importEncoder(params: ImportParams): Job {
    this.rooms.banks.newFolder(params.name);
    return this.rooms.jobs.start(this.importing(params));
  }

  /** As far as they go; none of an earlier lab's job that was not resumed yet. @throws CurlewError JOB_NOT_FOUND */
  curves(jobId: string): Curves {
    const { result } = this.rooms.jobs.get(jobId);
    if (result?.kind === 'train') return result.curves;
    return this.growing.get(jobId) ?? {};
  }

  /**
   * @param name of a file that an evaluation wrote
   * @param from the byte to begin with, as the piece before named it
   * @throws CurlewError JOB_NOT_FOUND, FILE_NOT_FOUND where the evaluation is not done or wrote no such file
   */
  async file(jobId: string, name: string, from = 0): Promise<FilePiece<number>> {
    return this.piece(jobId, name, (path) => filePiece(path, from));
  }

  /** The same of a file that is no text. @throws CurlewError as `file` */
  async bytes(jobId: string, name: string, from = 0): Promise<StudyResults['evaluate.bytes']> {
    return this.piece(jobId, name, (path) => bytesPiece(path, from));
  }

  private async piece<T>(
    jobId: string,
    name: string,
    read: (path: string) => Promise<T>,
  ): Promise<T & { name: string; mime: string }> {
    const { result, createdMs } = this.rooms.jobs.get(jobId);
    if (result?.kind !== 'evaluate') {
      throw new CurlewError(
        'FILE_NOT_FOUND',
        'This job has no report: it is no evaluation, or is not done.',
        { jobId },
      );
    }
    // Where it lies now: the data folder may have been moved since.
    const path = join(workFolderOf(this.rooms.folder, jobId), name);
    const piece = await read(path).catch((cause: unknown) => {
      if (cause instanceof CurlewError && cause.code !== 'FILE_NOT_FOUND') throw cause;
      throw new CurlewError('FILE_NOT_FOUND', `The evaluation has no file ${name}.`, { path }, { cause });
    });
    const { path: dataSet } = this.rooms.jobs.params(jobId) as StudyParams | BankTestParams;
    const [, stem = name, ending = ''] = /^(.*)\.(\w+)$/.exec(name) ?? [];
    return {
      name: exportName(['evaluation', basename(dataSet), stem], createdMs, `.${ending}`),
      mime: mimes[ending as keyof typeof mimes],
      ...piece,
    };
  }

  private training(params: TrainBankParams): JobDefinition {
    return this.definition(
      `Train ${params.name} on ${params.path}`,
      {
        reads: [params.path],
        writes: [isOwnModel(params.encoder) ? `the model ${params.name}` : `the bank ${params.name}`],
      },
      { kind: 'train', params },
    );
  }

  private evaluation(params: StudyParams): JobDefinition {
    return this.definition(
      `Evaluate experts on ${params.path}`,
      { reads: [params.path], writes: ['a report'] },
      { kind: 'evaluate', params },
    );
  }

  private bankTest(params: BankTestParams): JobDefinition {
    return this.definition(
      `Test the bank ${params.bankId} on ${params.path}`,
      { reads: [params.path, `the bank ${params.bankId}`], writes: ['a report'] },
      { kind: 'test-bank', params },
    );
  }

  private importing(params: ImportParams): JobDefinition {
    return this.definition(
      `Take the encoder ${params.name}`,
      { reads: [params.path, params.recordings], writes: [`the bank ${params.name}`] },
      { kind: 'encoder', params },
    );
  }

  /** Jobs run one after another: each uses all cores there are. */
  private definition(
    title: string,
    ends: Pick<JobDefinition, 'reads' | 'writes'>,
    order: Order,
  ): JobDefinition {
    const { folder, version, wasmPath, clip, models, onCurves } = this.rooms;
    return {
      // Its report is an evaluation's.
      kind: order.kind === 'test-bank' ? 'evaluate' : order.kind,
      title,
      ...ends,
      canPause: true,
      queue: 'train',
      params: order.params,
      run: async (context) => {
        const curves: Curves = {};
        this.growing.set(context.jobId, curves);
        const work = workFolderOf(folder, context.jobId);
        const onCurve = (id: string, reports: readonly EpochReport[]) => {
          if (curves[id]?.length === reports.length) return;
          curves[id] = [...reports];
          onCurves(context.jobId, { ...curves });
        };
        const place = { folder: work, cacheFolder: join(folder, 'features'), version, wasmPath, clip };
        const own =
          order.kind === 'encoder' || order.kind === 'test-bank' ? null : ownEncoderOf(order.params, models);
        return runInThread(order, { ...place, own }, { ...this.rooms, onCurve }, context);
      },
    };
  }
}

/** All may be left out but some. */
type Given<T, Needed extends keyof T> = Pick<T, Needed> & { [K in keyof T]?: T[K] | undefined };
