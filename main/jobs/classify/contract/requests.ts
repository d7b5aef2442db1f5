/** Classification of recordings: its part of the contract. */
import * as v from 'valibot';
import { pageLimit } from '../../../contract/pieces.ts';
import { forOperators, forViewers } from '../../../contract/roles.ts';
import { id, jobId, path, whole } from '../../../contract/schemas.ts';
import type { Job } from '../../contract.ts';
import { fileStates, type ClassifiedFile, type Detection } from './rows.ts';
import type { Provenance } from './provenance.ts';
import { classifySettings } from './settings.ts';

const limit = whole(1, pageLimit);
const fileId = whole(0, 0xffff_ffff);
const number = whole(0, 0xffff_ffff);
const paths = v.pipe(v.array(path), v.minLength(1), v.maxLength(10_000));

export const classifyRequests = {
  /** Files and folders (searched recursively) with an expert or a router; a job. */
  'classify.start': forOperators(
    v.strictObject({
      paths,
      modelId: id,
      settings: v.optional(classifySettings, {}),
      /** Goes on with what is copied there later, until `classify.finish`. */
      watch: v.optional(v.boolean(), false),
    }),
  ),
  /** As a run was made, of the same recordings or of others; refused where what answered then is not there as it was. */
  'classify.repeat': forOperators(
    v.strictObject({
      jobId: id,
      paths: v.optional(paths),
      watch: v.optional(v.boolean(), false),
    }),
  ),
  /** Ends the watching of a job: what it has found is classified, then it is done. */
  'classify.finish': forOperators(jobId),
  /** How it was made; null where it has not begun, or is of before that was kept. */
  'classify.provenance': forViewers(jobId),
  /** As they were listed, in these states (all but the waiting where none is named); the first, or the first after one. */
  'classify.files': forViewers(
    v.strictObject({
      jobId: id,
      states: v.optional(v.array(v.picklist(fileStates))),
      after: v.optional(fileId),
      limit,
    }),
  ),
  /** In the order of the files, then of time; of one file with `fileId`; the first, or the first after one that is given. */
  'classify.detections': forViewers(
    v.strictObject({
      jobId: id,
      fileId: v.optional(fileId),
      after: v.optional(v.strictObject({ fileId, number })),
      limit,
    }),
  ),
} as const;

export interface ClassifyResults {
  'classify.start': Job;
  'classify.repeat': Job;
  'classify.finish': Job;
  'classify.provenance': Provenance | null;
  'classify.files': ClassifiedFile[];
  'classify.detections': Detection[];
}
