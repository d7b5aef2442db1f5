/** A comparison's windows taken together, as far as the references have answered. */
import { boardAgrees, implementationTolerance, type Agreement } from '../../models/evaluation/agreement.ts';
import { meanSoftmax } from '../../models/evaluation/probability.ts';
import { boardRoutes, type RoutingAgreement } from '../../models/evaluation/routing-agreement.ts';
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
  /** Of the experts, and of the router where there is one. */
  agrees: boolean;
  /** Of the router; null without one, and where no bank has it. */
  routing: ComparedRouting | null;
  /** That the references have answered. */
  windows: number;
  /** That the board has answered. */
  answered: number;
}

/** As above, of gates: 0 to 1. */
export interface ComparedRouting {
  implementation: number;
  quantization: number;
  sameImplementation: number;
  sameQuantization: number;
  agrees: boolean;
  windows: number;
}

interface Answered {
  board: Pick<WindowResult, 'logits'>;
  quantized: Float32Array | null;
  float: Float32Array | null;
  agreement: Agreement | null;
  routing: RoutingAgreement | null;
}
type Compared = Answered & { quantized: Float32Array; float: Float32Array; agreement: Agreement };

/**
 * @param encoder of the experts, by which rounding is told from more; null for the log-mel's statistics
 * @returns null where no window has been compared yet
 */
export function summaryOf(windows: readonly Answered[], encoder: string | null): ComparedClip | null {
  const done = windows.filter((window): window is Compared => window.agreement !== null);
  if (done.length === 0) return null;
  const classes = done[0]!.board.logits.length;
  const tolerance = implementationTolerance(encoder);
  const routing = routingOf(done, encoder);
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
    agrees: (routing?.agrees ?? true) && done.every((window) => boardAgrees(window.agreement, tolerance)),
    routing,
    windows: done.length,
    answered: windows.length,
  };
}

function routingOf(done: readonly Compared[], encoder: string | null): ComparedRouting | null {
  const routed = done.flatMap(({ routing }) => routing ?? []);
  if (routed.length === 0) return null;
  return {
    implementation: Math.max(...routed.map((one) => one.implementation.largest)),
    quantization: Math.max(...routed.map((one) => one.quantization.largest)),
    sameImplementation: routed.filter((one) => one.implementation.sameChoice).length,
    sameQuantization: routed.filter((one) => one.quantization.sameChoice).length,
    agrees: routed.every((one) => boardRoutes(one, encoder)),
    windows: routed.length,
  };
}
