/** Where review sets are kept; main/store keeps them. */
import type { AppliedThresholds, ReviewDecision, ReviewItem, ReviewSet, Stratum } from './contract/rows.ts';

/** A set as it was drawn. */
export type DrawnSet = Omit<ReviewSet, 'reviewers'>;

export interface DrawnItem {
  stratum: number;
  fileId: number;
  /** Of the detection, in its file. */
  detection: number;
}

export interface ReviewStore {
  /** Strata that hold a detection, by class and probability; `drawn` is 0. */
  strata(jobId: string, labels: readonly string[] | undefined, edges: readonly number[]): Promise<Stratum[]>;
  /** So many of each stratum as its `drawn` says, by the seed: in the order of strata. */
  draw(
    jobId: string,
    strata: readonly Stratum[],
    edges: readonly number[],
    seed: number,
  ): Promise<DrawnItem[]>;
  keep(set: DrawnSet, items: readonly DrawnItem[]): Promise<void>;
  /** Newest first; after an unknown one, none. */
  list(page: { jobId?: string | undefined; after?: string | undefined; limit: number }): Promise<ReviewSet[]>;
  /** Null where there is none. */
  get(setId: string): Promise<ReviewSet | null>;
  /** Some whose id begins so. */
  beginning(letters: string): Promise<ReviewSet[]>;
  items(setId: string, page: { after?: number | undefined; limit: number }): Promise<ReviewItem[]>;
  /** Does nothing where the set has no such item. */
  decide(setId: string, number: number, decision: ReviewDecision): Promise<void>;
  /** @returns the number of the item whose decision was taken back; null where none of theirs stood */
  undo(setId: string, reviewer: string, atMs: number): Promise<number | null>;
  /** In place of what was applied to the run before; null: nothing. */
  apply(jobId: string, thresholds: AppliedThresholds | null): Promise<void>;
  applied(jobId: string): Promise<AppliedThresholds | null>;
}
