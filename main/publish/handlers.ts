/** What the lab does for requests about what it tells other programs. */
import type { HandlersOf } from '../dispatch.ts';
import type { Alerts } from '../fleet/alerts/alerts.ts';
import type { Details } from '../fleet/details/details.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Store } from '../store/open-store.ts';
import { hourMs } from '../store/rollups/features.ts';
import { overview } from '../store/rollups/overview.ts';
import { boardMetrics } from './board-metrics.ts';
import type { publishRequests } from './contract.ts';
import { exposition } from './exposition.ts';
import type { Mqtt } from './mqtt/mqtt.ts';
import { Prometheus } from './prometheus.ts';
import type { ServedPlace } from './scrape-itself.ts';

interface Rooms {
  dataFolder: string;
  store: Store;
  fleet: Pick<Fleet, 'boards'>;
  details: Pick<Details, 'of' | 'groupOf'>;
  alerts: Pick<Alerts, 'current'>;
  mqtt: Mqtt;
  served(): ServedPlace | null;
  /** Milliseconds since 1970. */
  wallMs(): number;
}

export function publishHandlers(rooms: Rooms): HandlersOf<typeof publishRequests> {
  const { mqtt } = rooms;
  const prometheus = new Prometheus(rooms.dataFolder, rooms.served, () => metricsOf(rooms));
  return {
    'publish.prometheus': () => prometheus.setting(),
    'publish.switchPrometheus': ({ on }) => prometheus.turn(on),
    'publish.testPrometheus': () => prometheus.test(),
    'publish.scrape': ({ token }) => prometheus.scrape(token),
    'publish.mqtt': () => mqtt.state(),
    'publish.setMqtt': ({ on, settings, password }) => mqtt.set(on, settings, password),
    'publish.testMqtt': () => mqtt.test(),
  };
}

async function metricsOf({ store, fleet, details, alerts, wallMs }: Rooms): Promise<string> {
  const did = new Map((await overview(store, wallMs() - hourMs, wallMs())).map((one) => [one.boardId, one]));
  const open = new Map<string, number>();
  for (const { boardId, state } of alerts.current(undefined, Infinity))
    if (state === 'open') open.set(boardId, (open.get(boardId) ?? 0) + 1);
  return exposition(
    boardMetrics(
      fleet.boards().map((board) => {
        const { name, site } = details.of(board.id);
        const group = details.groupOf(board.id)?.name ?? '';
        const alertsOpen = open.get(board.id) ?? 0;
        return { board, name: name || board.name, site, group, alertsOpen, did: did.get(board.id) ?? null };
      }),
    ),
  );
}
