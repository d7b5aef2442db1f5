/** What a classification leaves behind. */
import type { ErrorCode } from '../../../contract/error.ts';

export interface ClassifyResult {
  kind: 'classify';
  /** Classified, damaged ones among them. */
  files: number;
  /** Not classified. */
  failed: { path: string; code: ErrorCode; message: string }[];
  windows: number;
  audioSeconds: number;
  wallSeconds: number;
}
