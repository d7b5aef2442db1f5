/** What the lab does for requests about what the fleet did, and how long that is kept. */
import type { HandlersOf } from '../../dispatch.ts';
import type { Store } from '../../store/open-store.ts';
import { hourMs } from '../../store/rollups/features.ts';
import type { KeepRolled } from '../../store/rollups/keep-rolled.ts';
import { overview } from '../../store/rollups/overview.ts';
import { levels, retain, retention } from '../../store/rollups/retention.ts';
import type { overviewRequests } from '../contract/overview.ts';

interface Rooms {
  store: Store;
  rolled: KeepRolled;
  /** Milliseconds since 1970. */
  wallMs(): number;
}

export function overviewHandlers({ store, rolled, wallMs }: Rooms): HandlersOf<typeof overviewRequests> {
  return {
    'fleet.overview': ({ hours }) => overview(store, wallMs() - hours * hourMs, wallMs()),
    'telemetry.levels': () => levels(store),
    'telemetry.retention': () => retention(store),
    'telemetry.retain': async (wanted) => {
      await retain(store, wanted);
      rolled.tidySoon();
      return wanted;
    },
  };
}
