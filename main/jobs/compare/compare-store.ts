/** What a comparison keeps, to whoever keeps it (main/store). */
import type { ClusterSums } from '../../../models/evaluation/clustered-proportion.ts';
import type { ExportFormat } from '../../contract/types.ts';
import type {
  ComparedBoard,
  ComparedClip,
  ComparedClipRow,
  ComparedModel,
  ComparedWindow,
  OnAllSides,
  StageSummary,
} from './contract/rows.ts';
import type { ComparedCheck, ComparedRule, ComparedStage } from './contract/stages.ts';
import type { RunFigures } from './statistics.ts';

export interface RunOf {
  jobId: string;
  board: number;
  model: number;
}

/** Of a clip the class of its mean probabilities, on each side. */
export interface ClipSaid extends OnAllSides<number> {
  clip: number;
}

/** Of a run, so far. */
export interface RunTotals {
  clips: number;
  windows: number;
  stages: Record<ComparedStage, StageSummary | null>;
  /** Windows that a check could be made of, and of them those that passed, by clips. */
  checked: Record<ComparedCheck, ClusterSums>;
  curiosity: { board: number; quantized: number; float: number };
  /** Windows in which the board chose the expert that the references would have. */
  sameChoice: { quantized: number; float: number };
}

export interface CompareStore {
  /** Once, at the beginning. */
  list(jobId: string, clips: readonly ComparedClip[]): Promise<void>;
  /** In order. */
  clips(jobId: string): Promise<ComparedClip[]>;
  /** A board was met; what was known of it before is replaced. */
  met(jobId: string, board: number, about: ComparedBoard): Promise<void>;
  /** Those that were met, by their places. */
  boards(jobId: string): Promise<Map<number, ComparedBoard>>;
  keep(jobId: string, windows: readonly ComparedWindow[]): Promise<void>;
  failed(jobId: string, clip: number, message: string): Promise<void>;
  /** Takes away what a run has of these clips and later ones: they are compared anew. */
  forget(run: RunOf, fromClip: number): Promise<void>;
  /** Null where the run has no window. */
  totals(run: RunOf, rules: readonly ComparedRule[]): Promise<RunTotals | null>;
  /** Those with the largest judged figure of a stage first; without classes’ names. */
  worst(
    run: RunOf,
    page: { by: ComparedStage; skip: number; limit: number },
  ): Promise<Omit<ComparedClipRow, 'said'>[]>;
  /** Of these clips, or of all, in order. */
  said(run: RunOf, clips: readonly number[] | null): Promise<ClipSaid[]>;
  /** Times and energies, in the order of clips and windows; of very many windows one in so many, drawn evenly. */
  figures(run: RunOf): Promise<Omit<RunFigures, 'conditions'> | null>;
  windows(run: RunOf, clip: number): Promise<ComparedWindow[]>;
  /** Over `file`, a row a window. @returns how many @throws CurlewError FILE_UNWRITABLE; ABORTED */
  write(
    jobId: string,
    names: { boards: readonly ComparedBoard[]; models: readonly ComparedModel[] },
    format: ExportFormat,
    file: string,
  ): Promise<number>;
  count(jobId: string): Promise<number>;
  remove(jobId: string): Promise<void>;
}
