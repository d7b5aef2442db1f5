/** What the lab does for requests about its boards' clocks. */
import type { HandlersOf } from '../../dispatch.ts';
import type { ClockSettingStore } from '../../store/clock-setting.ts';
import type { clockRequests } from '../contract/clocks.ts';

export function clockHandlers(kept: ClockSettingStore): HandlersOf<typeof clockRequests> {
  return {
    'clocks.setting': () => ({ setsClocks: kept.setsClocks }),
    'clocks.change': async ({ setsClocks }) => {
      await kept.change(setsClocks);
      return { setsClocks };
    },
  };
}
