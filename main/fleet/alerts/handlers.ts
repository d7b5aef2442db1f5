/** What the lab does for requests about alerts. */
import type { HandlersOf } from '../../dispatch.ts';
import type { AlertStore } from '../../store/alert-store.ts';
import type { Alerts } from './alerts.ts';
import type { alertRequests } from './contract/alerts.ts';
import type { Rules } from './rules.ts';
import type { Webhook } from './webhook.ts';

interface Rooms {
  alerts: Alerts;
  rules: Rules;
  webhook: Webhook;
  store: Pick<AlertStore, 'cleared'>;
}

export const alertHandlers = ({
  alerts,
  rules,
  webhook,
  store,
}: Rooms): HandlersOf<typeof alertRequests> => ({
  'alerts.list': ({ cleared, after, limit }) =>
    cleared ? store.cleared(after ?? null, limit) : alerts.current(after, limit),
  'alerts.counts': () => alerts.counts(),
  'alerts.acknowledge': async ({ alertIds }, _role, by) => ({
    changed: await alerts.acknowledge(alertIds, by ?? null),
  }),
  'alerts.snooze': async ({ alertIds, minutes }, _role, by) => ({
    changed: await alerts.snooze(alertIds, minutes, by ?? null),
  }),
  'alerts.rules': () => rules.list(),
  'alerts.saveRule': (change) => rules.save(change),
  'alerts.removeRule': async ({ ruleId }) => (await rules.remove(ruleId), null),
  'alerts.webhook': () => webhook.state,
  'alerts.setWebhook': ({ on, url }) => webhook.set(on, url),
  'alerts.testWebhook': ({ url }) => webhook.test(url),
});
