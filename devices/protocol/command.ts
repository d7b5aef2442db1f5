/** What a command is: one file in messages/ each. The request declares the reply that it expects. */
import type { Fields } from './fields.ts';
import type { Operation } from './smp.ts';

export interface Command<Params, Reply> {
  /** As it reads in a log. */
  readonly name: string;
  readonly operation: Operation;
  readonly group: number;
  readonly id: number;
  /** Sending it twice does the same as sending it once, so a lost reply may be answered by asking again. */
  readonly repeatable: boolean;
  /** How long a board may take, milliseconds. */
  readonly timeoutMs: number;
  encode(params: Params): Record<string, unknown>;
  /** @throws CurlewError BOARD_BAD_REPLY */
  decode(reply: Fields): Reply;
}

export const groups = {
  ...{ os: 0, image: 1, statistics: 2, files: 8 },
  ...{ experts: 64, inference: 65, telemetry: 66, board: 67, uncertain: 68 },
} as const;

export const quickMs = 1000;
/** Erasing a slot, hashing half a megabyte, or one inference on a slow emulated core. */
export const slowMs = 20_000;
