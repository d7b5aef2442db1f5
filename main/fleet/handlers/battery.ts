/** What the lab does for requests about boards' batteries. */
import { boardProfiles, idleWatts } from '../../../devices/boards/profiles.ts';
import type { HandlersOf } from '../../dispatch.ts';
import type { BatteryStore } from '../../store/battery-store.ts';
import type { batteryRequests, BatterySetting, IdlePower } from '../contract/battery.ts';
import { usualCells } from '../contract/battery-days.ts';
import type { Fleet } from '../fleet.ts';

interface Rooms {
  batteries: BatteryStore;
  fleet: Pick<Fleet, 'session'>;
}

export function batteryHandlers({ batteries, fleet }: Rooms): HandlersOf<typeof batteryRequests> {
  async function setting(): Promise<BatterySetting> {
    const { source: _, ...usual } = usualCells[0]!;
    const kept = await batteries.all();
    return {
      cell: kept.find(({ boardId }) => boardId === null)?.cell ?? usual,
      own: kept.flatMap(({ boardId, cell }) => (boardId === null ? [] : [{ boardId, cell }])),
      idle: idlePowers,
    };
  }
  return {
    'battery.setting': setting,
    'battery.choose': async ({ boardId, cell }) => {
      if (boardId !== null) fleet.session(boardId);
      await batteries.choose(boardId, cell);
      return setting();
    },
  };
}

const idlePowers: Record<string, IdlePower> = Object.fromEntries(
  boardProfiles.flatMap((profile) => {
    const power = idleWatts(profile);
    return power ? [[profile.name, power]] : [];
  }),
);
