/** Boards held against the references, as a job: its part of the contract. */
import * as v from 'valibot';
import type { ExportFile } from '../../../contract/lab.ts';
import { pageLimit } from '../../../contract/pieces.ts';
import { forOperators, forViewers } from '../../../contract/roles.ts';
import { dataSet, id, jobId, path, text, whole } from '../../../contract/schemas.ts';
import type { Job } from '../../contract.ts';
import type { ComparedClipRow, ComparedWindow, Comparison } from './rows.ts';
import { comparedChecks, comparedStages } from './stages.ts';
import type { CompareStatistics } from './statistics.ts';

export const mostComparedBoards = 16;
export const mostComparedModels = 16;

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const run = { board: whole(0, mostComparedBoards - 1), model: whole(0, mostComparedModels - 1) };

export const compareRequests = {
  /**
   * The same sounds to boards and to the references. An attached board is given each model in turn, and its own bank
   * back at the end where there was room for both. A job.
   */
  'compare.start': forOperators(
    v.strictObject({
      /** `virtual`, `virtual:CHIP`, `host`, an emulated machine’s name, or an attached board’s id. */
      boards: v.pipe(v.array(id), v.minLength(1), v.maxLength(mostComparedBoards)),
      /** Experts and routers by their ids. */
      models: v.pipe(v.array(id), v.minLength(1), v.maxLength(mostComparedModels)),
      /** A labelled set’s folder or table, or recordings and folders of them; none: the bundled clips. */
      paths: v.optional(v.pipe(v.array(path), v.maxLength(10_000))),
      /** Whether the one path is a labelled set; left out: where it reads as one. */
      labelled: v.optional(v.boolean()),
      ...dataSet,
      /** What the models call a label. */
      classes: v.optional(v.record(text(200), v.pipe(v.string(), v.maxLength(200)))),
      /** So many clips at most, drawn evenly; so many windows of each, its first ones. */
      clips: v.optional(whole(1, 1_000_000)),
      windows: v.optional(whole(1, 600)),
      /** Answers alone, without the stages on the way: half the board’s time. */
      answersOnly: v.optional(v.boolean()),
      rules: v.optional(
        v.pipe(
          v.array(
            v.strictObject({
              check: v.picklist(comparedChecks),
              limit: v.nullable(v.pipe(v.number(), v.finite(), v.minValue(0))),
              share,
            }),
          ),
          v.maxLength(comparedChecks.length),
        ),
      ),
      /** First answers of each model on each board that are told apart: caches fill, clocks settle. */
      warmUp: v.optional(whole(0, 1000)),
    }),
  ),
  /** What was found so far. */
  'compare.get': forViewers(jobId),
  /** Clips of a run, those with the largest error at a stage first. */
  'compare.clips': forViewers(
    v.strictObject({
      ...jobId.entries,
      ...run,
      by: v.picklist(comparedStages),
      skip: whole(0, Number.MAX_SAFE_INTEGER),
      limit: whole(1, pageLimit),
    }),
  ),
  /** The windows of one clip of a run, in order. */
  'compare.windows': forViewers(
    v.strictObject({ ...jobId.entries, ...run, clip: whole(0, Number.MAX_SAFE_INTEGER) }),
  ),
  /** Times and energies as distributions, tests between configurations, residuals and trade-offs, so far. */
  'compare.statistics': forViewers(jobId),
  /** All of that as one page that opens without the lab, with the windows of the clips that differ most. */
  'compare.report': forViewers(jobId),
  /** All windows of all runs as one table. Nothing is replaced unless `overwrite` says so, recordings never. */
  'compare.write': forOperators(
    v.strictObject({
      ...jobId.entries,
      format: v.picklist(['csv', 'parquet']),
      path,
      overwrite: v.optional(v.boolean(), false),
    }),
  ),
} as const;

export interface CompareResults {
  'compare.start': Job;
  'compare.get': Comparison;
  'compare.clips': ComparedClipRow[];
  'compare.windows': ComparedWindow[];
  'compare.statistics': CompareStatistics;
  'compare.report': ExportFile;
  'compare.write': { path: string; rows: number };
}
