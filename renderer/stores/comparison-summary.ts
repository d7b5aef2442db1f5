/** A comparison's windows taken together, as far as the references have answered. */
import { boardAgrees, type Agreement } from '../../models/evaluation/agreement.ts';
import { meanSoftmax } from '../../models/evaluation/probability.ts';
import type { WindowResult } from '../../main/contract/types.ts';

/**
 * The mean of the windows' probabilities, three times, and how far they lie apart. The board's is over all windows; the
 * references', and what compares with them, over those that they have answered.
 */
export interface ComparedClip {
  classes: number;
  board: Float64Array;
  quantized: Float64Array;
  float: Float64Array;
  /** The largest over the windows. */
  implementation: number;
  quantization: number;
  sameImplementation: number;
  sameQuantization: number;
  /** Up to this the implementation error is rounding. */
  tolerance: number;
  agrees: boolean;
  /** That the references have answered. */
  windows: number;
  /** That the board has answered. */
  answered: number;
}

interface Answered {
  board: Pick<WindowResult, 'logits'>;
  quantized: Float32Array | null;
  float: Float32Array | null;
  agreement: Agreement | null;
}
type Compared = Answered & { quantized: Float32Array; float: Float32Array; agreement: Agreement };

/** @returns null where no window has been compared yet */
export function summaryOf(windows: readonly Answered[], tolerance: number): ComparedClip | null {
  const done = windows.filter((window): window is Compared => window.agreement !== null);
  if (done.length === 0) return null;
  const classes = done[0]!.board.logits.length;
  return {
    classes,
    board: meanSoftmax(windows.map((window) => window.board.logits)),
    quantized: meanSoftmax(done.map((window) => window.quantized)),
    float: meanSoftmax(done.map((window) => window.float)),
    implementation: Math.max(...done.map((window) => window.agreement.implementation.relative)),
    quantization: Math.max(...done.map((window) => window.agreement.quantization.relative)),
    sameImplementation: done.filter((window) => window.agreement.implementation.sameTopClass).length,
    sameQuantization: done.filter((window) => window.agreement.quantization.sameTopClass).length,
    tolerance,
    agrees: done.every((window) => boardAgrees(window.agreement, tolerance)),
    windows: done.length,
    answered: windows.length,
  };
}
