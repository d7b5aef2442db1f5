import type { Fields } from '../fields.ts';
import { groups, slowMs, type Command } from '../command.ts';

export type Trial = 'none' | 'trial' | 'fell_back';

/** How the board's banks stand. */
export interface ActiveBank {
  /** Slots of the experts that answer, in the router's order; empty: none. */
  active: number[];
  /** Slot of the router; −1 for none. */
  router: number;
  /** Where roll back goes; empty for nowhere. */
  previous: number[];
  /** `fell_back`: the board undid the last activation by itself. */
  trial: Trial;
}

export function readActiveBank(reply: Fields): ActiveBank {
  const trial = reply.text('trial');
  return {
    active: reply.numbers('active'),
    router: reply.number('router'),
    previous: reply.numbers('previous'),
    trial: trial === 'trial' || trial === 'fell_back' ? trial : 'none',
  };
}

export interface BankChoice {
  /** Slots of the experts, in the router's order; without a router one. */
  slots: readonly number[];
  router?: number;
  /** In place of the router image's own: how much curiosity shifts the choice, dropout passes, experts that answer. */
  routing?: { alpha: number; passes: number; topK: number };
}

/** From now on this bank answers. Activating the active bank changes nothing, so asking again is safe. */
export const expertActivate: Command<BankChoice, ActiveBank> = {
  name: 'expert activate',
  operation: 'write',
  group: groups.experts,
  id: 4,
  repeatable: true,
  timeoutMs: slowMs,
  encode: ({ slots, router, routing }) => ({
    slots: [...slots],
    ...(router === undefined ? {} : { router }),
    ...(routing === undefined ? {} : { alpha: routing.alpha, passes: routing.passes, topk: routing.topK }),
  }),
  decode: readActiveBank,
};
