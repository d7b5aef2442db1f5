/** Alerts that are up, and the rules they come from, as the lab tells of them. */
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { allOf } from '../../main/contract/pieces.ts';
import type { RequestParams } from '../../main/contract/requests.ts';
import type { Alert, AlertCounts, AlertRule, WebhookState, WebhookTest } from '../../main/contract/types.ts';
import { useLab } from './lab.ts';

const pageLimit = 1000;
/** Of those that have cleared, so many are shown. */
const clearedShown = 50;

export const useAlerts = defineStore('alerts', () => {
  const { client } = useLab();
  const byId = shallowRef(new Map<string, Alert>());
  const counts = ref<AlertCounts>({ open: 0, acknowledged: 0, snoozed: 0 });
  const cleared = shallowRef<Alert[]>([]);
  const rules = shallowRef<AlertRule[]>([]);
  const webhook = ref<WebhookState | null>(null);
  const isLoaded = ref(false);
  const raised = new Set<(alerts: Alert[]) => void>();

  client.on('alerts', ({ changed, counts: now }) => {
    const next = new Map(byId.value);
    for (const alert of changed) {
      if (alert.state === 'cleared') next.delete(alert.id);
      else next.set(alert.id, alert);
    }
    byId.value = next;
    counts.value = now;
    const gone = changed.filter(({ state }) => state === 'cleared');
    if (gone.length > 0) cleared.value = [...gone, ...cleared.value].slice(0, clearedShown);
    const up = changed.filter(({ state, log }) => state === 'open' && log.at(-1)?.by === null);
    if (up.length > 0) for (const listener of raised) listener(up);
  });
  client.on('alertRules', (all) => (rules.value = all));

  return {
    /** Newest first. */
    list: computed(() =>
      [...byId.value.values()].sort((a, b) => b.raisedMs - a.raisedMs || a.id.localeCompare(b.id)),
    ),
    cleared,
    counts,
    rules,
    webhook,
    isLoaded,
    async load(): Promise<void> {
      const [all, now] = await Promise.all([
        allOf<Alert>((last) =>
          client.request('alerts.list', {
            cleared: false,
            limit: pageLimit,
            ...(last && { after: last.id }),
          }),
        ),
        client.request('alerts.counts', {}),
      ]);
      byId.value = new Map(all.map((alert) => [alert.id, alert]));
      counts.value = now;
      isLoaded.value = true;
    },
    async loadCleared(): Promise<void> {
      cleared.value = await client.request('alerts.list', { cleared: true, limit: clearedShown });
    },
    async loadRules(): Promise<void> {
      rules.value = await client.request('alerts.rules', {});
    },
    async loadWebhook(): Promise<void> {
      webhook.value = await client.request('alerts.webhook', {});
    },
    acknowledge: (alertIds: string[]) => client.request('alerts.acknowledge', { alertIds }),
    snooze: (alertIds: string[], minutes: number) => client.request('alerts.snooze', { alertIds, minutes }),
    saveRule: (change: RequestParams<'alerts.saveRule'>): Promise<AlertRule> =>
      client.request('alerts.saveRule', change),
    removeRule: (ruleId: string): Promise<null> => client.request('alerts.removeRule', { ruleId }),
    async setWebhook(on: boolean, url: string): Promise<void> {
      webhook.value = await client.request('alerts.setWebhook', { on, url });
    },
    testWebhook: (url: string): Promise<WebhookTest> => client.request('alerts.testWebhook', { url }),
    /** Called with alerts that have just gone up, or are open again. */
    onRaised: (listener: (alerts: Alert[]) => void) => void raised.add(listener),
  };
});
