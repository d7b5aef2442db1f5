/** Whether what the fleet's boards say has moved, judged once a day and kept. */
import type { Background } from '../../background/background.ts';
import type { Store } from '../../store/open-store.ts';
import { dayCounts } from '../../store/rollups/day-counts.ts';
import { dayMs } from '../../store/rollups/features.ts';
import { roll } from '../../store/rollups/roll.ts';
import { watched, type BoardDrift, type FleetDrift } from '../contract/drift.ts';
import type { Details } from '../details/details.ts';
import { neighbourhoods, stillKnown } from '../neighbourhoods.ts';
import { tell } from './fleet-drift.ts';

/** Share of what is told that may be false. */
const falseShare = 0.05;
/** Days that are looked back upon: four weeks and the last one, with as many again for days without records. */
const lookedBack = 70;

interface Rooms {
  store: Store;
  background: Background;
  details: Details;
  /** Milliseconds since 1970. */
  wallMs(): number;
}

export class Drift {
  private judged: { today: number; drift: Promise<FleetDrift> } | null = null;

  constructor(private readonly rooms: Rooms) {}

  /** As of the last day (UTC) that is over. @throws CurlewError of the store */
  async ofFleet(): Promise<FleetDrift> {
    const kept = await this.kept();
    return { ...kept, boards: stillKnown(kept.boards, this.rooms.details) };
  }

  private kept(): Promise<FleetDrift> {
    const today = Math.floor(this.rooms.wallMs() / dayMs) - 1;
    if (this.judged?.today === today) return this.judged.drift;
    const drift = this.judge(today);
    this.judged = { today, drift };
    drift.catch(() => (this.judged = null));
    return drift;
  }

  private async judge(today: number): Promise<FleetDrift> {
    const { store, background } = this.rooms;
    await roll(store);
    const places = neighbourhoods(this.rooms.details);
    const fleetSize = places.reduce((sum, ids) => sum + ids.length, 0);
    const judged: BoardDrift[] = [];
    for (const ids of places) {
      const counts = await dayCounts(
        store,
        ids,
        watched,
        (today + 1 - lookedBack) * dayMs,
        (today + 1) * dayMs,
      );
      judged.push(...(await background.run('judgeDrift', ids, counts, today, fleetSize, falseShare)));
    }
    return { atMs: (today + 1) * dayMs, falseShare, boards: tell(judged, falseShare) };
  }
}
