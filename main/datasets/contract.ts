/** Labelled sets of recordings: their part of the contract. */
import * as v from 'valibot';
import { forOperators } from '../contract/roles.ts';
import { dataSet, path } from '../contract/schemas.ts';

/** What a data set holds, before its recordings are opened. */
export interface DataSetInfo {
  name: string;
  layout: string;
  variant: string;
  classes: { name: string; clips: number }[];
  folds: { fold: number; clips: number; sources: number }[];
  officialFolds: boolean;
  sources: number;
  /** Rows or files in all; of them: of other classes than the variant's, used, left out. */
  counts: { found: number; outsideVariant: number; used: number; leftOut: number };
  /** By kind: what it is, how often, and the first sentences. */
  problems: { what: string; count: number; sentences: string[] }[];
}

export const dataSetRequests = {
  'datasets.inspect': forOperators(v.strictObject({ path, ...dataSet })),
} as const;

export interface DataSetResults {
  'datasets.inspect': DataSetInfo;
}
