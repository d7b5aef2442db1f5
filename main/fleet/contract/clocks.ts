/** Whether the lab sets its boards' clocks: the fleet's part of the contract. */
import * as v from 'valibot';
import { forOperators, forViewers } from '../../contract/roles.ts';
import { none } from '../../contract/schemas.ts';

export interface ClockSetting {
  /** The clock of a board that is met, or watched, is set where it was not or is off by more than half a second. */
  setsClocks: boolean;
}

export const clockRequests = {
  'clocks.setting': forViewers(none),
  'clocks.change': forOperators(v.strictObject({ setsClocks: v.boolean() })),
} as const;

export interface ClockResults {
  'clocks.setting': ClockSetting;
  'clocks.change': ClockSetting;
}
