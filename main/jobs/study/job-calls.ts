/** What the lab and the thread of a study's job call of each other; see job-thread.ts and job-worker.ts. */
import type { InferenceResult } from '../../../devices/protocol/messages/inference-run.ts';
import type { BoardSummary } from '../../../models/report/results.ts';
import type { EpochReport } from '../../../models/training/train.ts';
import type { ImageName } from '../../banks/versions.ts';
import type { Job } from '../../contract/types.ts';
import type { Calls } from '../../threads/peer.ts';
import type { TakeOrder } from '../../own-models/take-model.ts';
import type { BankTestParams } from './bank-test/params.ts';
import type { OwnEncoder } from './encoder-choice.ts';
import type { ImportParams } from './import-encoder.ts';
import type { Trial } from './on-board.ts';
import type { StudyParams } from './params.ts';
import type { TrainBankParams } from './train-bank-job.ts';

/** A job, by what it is started with. */
export type Order =
  | { kind: 'train'; params: TrainBankParams }
  | { kind: 'evaluate'; params: StudyParams }
  | { kind: 'test-bank'; params: BankTestParams }
  | { kind: 'encoder'; params: ImportParams };

/** Where the job's files lie, and what its report says of the lab. */
export interface Place {
  readonly jobId: string;
  /** For what is unfinished, and in the end the results. */
  readonly folder: string;
  readonly cacheFolder: string;
  /** Of the shipped bank and of the lab's own. */
  readonly bankFolders: readonly [string, string | null];
  readonly wasmPath: string;
  /** Of a training or an evaluation, where it is to be on a model of the person's own. */
  readonly own: OwnEncoder | null;
  /** A sound to try models with. */
  readonly clip: TakeOrder['clip'];
  readonly version: string;
}

/** The thread's. */
export interface WorkerCalls extends Calls {
  run(order: Order, place: Place): Promise<Job['result']>;
  /** The board that was asked for is lent as long as this takes. */
  useBoard(about: BoardSummary): Promise<void>;
  /** Inferences of the trial under way that are done. */
  trialProgress(done: number): void;
}

/** The lab's. */
export interface LabCalls extends Calls {
  progress(fraction: number | null, detail: string): void;
  checkpoint(state: unknown): Promise<void>;
  pausePoint(): Promise<void>;
  curve(id: string, reports: readonly EpochReport[]): void;
  permits(real: string): Promise<boolean>;
  nextVersion(images: readonly ImageName[]): number;
  newFolder(name: string): string;
  addBank(name: string): Promise<void>;
  /** Takes in a model that was put down in a folder. @returns its id */
  adoptModel(folder: string): Promise<string>;
  /** Lends an attached board: calls `useBoard`, and resolves when that does. */
  lendBoard(boardId: string): Promise<void>;
  /** On the board that is lent; tells `trialProgress`. */
  trial(trial: Trial): Promise<InferenceResult[]>;
}
