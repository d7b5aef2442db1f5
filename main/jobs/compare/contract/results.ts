/** What a comparison leaves behind, in a line; the rest is in the lab’s store. */
import type { ComparedVerdict } from './stages.ts';

export interface CompareResult {
  kind: 'compare';
  boards: number;
  models: number;
  clips: number;
  /** Clips that could not be used. */
  failed: { path: string; message: string }[];
  windows: number;
  /** The worst of all checks. */
  verdict: ComparedVerdict;
}
