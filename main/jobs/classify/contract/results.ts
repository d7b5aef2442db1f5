/** What a classification leaves behind. */
import type { ErrorCode } from '../../../contract/error.ts';

export interface ClassifyResult {
  kind: 'classify';
  files: number;
  failed: { path: string; code: ErrorCode; message: string }[];
  windows: number;
  audioSeconds: number;
  wallSeconds: number;
}
