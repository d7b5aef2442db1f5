import { groups, slowMs, type Command } from '../command.ts';
import { decodeBanks, type Banks } from './expert-list.ts';

export interface BankChoice {
  /** One expert, or those of a router in its order; none: nothing answers from then on. */
  slots: readonly number[];
  router?: number | null;
  /** The bank's first one; the board looks for it by its hash where none is named, and for the others always. */
  encoder?: number | null;
  /** In place of the router image's own: how much curiosity shifts the choice, dropout passes, experts that answer. */
  routing?: { alpha: number; passes: number; topK: number };
}

/** From now on this bank answers, on trial. Activating the active bank changes nothing, so asking again is safe. */
export const expertActivate: Command<BankChoice, Banks> = {
  name: 'expert activate',
  operation: 'write',
  group: groups.experts,
  id: 4,
  repeatable: true,
  timeoutMs: slowMs,
  encode: ({ slots, router, encoder, routing }) => ({
    slots: [...slots],
    ...((router ?? null) === null ? {} : { router }),
    ...((encoder ?? null) === null ? {} : { encoder }),
    ...(routing === undefined ? {} : { alpha: routing.alpha, passes: routing.passes, topk: routing.topK }),
  }),
  decode: decodeBanks,
};
