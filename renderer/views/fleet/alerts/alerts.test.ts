// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils';
import { createPinia, type Pinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Alert, AlertRule } from '../../../../main/contract/types.ts';
import { useAlerts } from '../../../stores/alerts.ts';
import { useDesktopNotices } from '../../../stores/desktop-notices.ts';
import { labKey } from '../../../stores/lab.ts';
import { LabDouble, shellDouble } from '../../../test/lab-double.ts';
import AlertsPanel from './AlertsPanel.vue';

beforeEach(() => localStorage.clear());
afterEach(() => vi.unstubAllGlobals());

const alert = (id: string, changes: Partial<Alert> = {}): Alert => ({
  ...{ id, ruleId: 'usual voltage', kind: 'voltage', boardId: 'b1', boardName: 'heron', state: 'open' },
  ...{ text: `The supply of ${id} is at 2.70 V.`, raisedMs: 1000, changedMs: 1000, snoozedUntilMs: null },
  ...{ clearedMs: null, log: [{ atMs: 1000, what: 'raised' as const, by: null, more: '' }] },
  ...changes,
});
const rule: AlertRule = {
  ...{ id: 'usual voltage', kind: 'voltage', on: true, target: { kind: 'all' }, threshold: 2800 },
  ...{ forMs: 600_000, hysteresis: 100, coolDownMs: 3_600_000, className: '' },
};
const counts = { open: 1, acknowledged: 0, snoozed: 0 };

async function show(up: Alert[], more: ConstructorParameters<typeof LabDouble>[0] = {}, viewer = false) {
  const lab = new LabDouble({
    'alerts.list': ({ cleared }) => (cleared ? [] : up),
    'alerts.counts': () => ({ ...counts, open: up.length }),
    'alerts.rules': () => [rule],
    'alerts.acknowledge': () => ({ changed: 1 }),
    'alerts.snooze': () => ({ changed: 1 }),
    'alerts.saveRule': () => rule,
    'alerts.webhook': () => ({
      ...{ on: false, url: '', sent: 0, failed: 0, dropped: 0, waiting: 0 },
      last: null,
    }),
    ...more,
  });
  const pinia = createPinia();
  const { shell } = shellDouble();
  const given = viewer
    ? { ...shell, has: new Set([...shell.has].filter((one) => one !== 'operate')) }
    : shell;
  const wrapper = mount(AlertsPanel, {
    attachTo: document.body,
    global: {
      plugins: [pinia],
      provide: { [labKey as symbol]: { client: lab, shell: given } },
      stubs: { RouterLink: { template: '<a><slot /></a>' } },
    },
  });
  await flushPromises();
  return { wrapper, lab, pinia };
}
const asked = (lab: LabDouble, name: string) =>
  lab.asked.filter((one) => one.name === name).map(({ params }) => params);

it('expects boards that are met now and then every so many days, by a rule of their own', async () => {
  const silent = {
    ...rule,
    id: 'usual silent',
    kind: 'silent' as const,
    threshold: 60,
    forMs: 0,
    hysteresis: 0,
  };
  const { wrapper, lab } = await show([], { 'alerts.rules': () => [silent] });
  const press = async (text: string) => {
    await wrapper
      .findAll('button')
      .find((one) => one.text() === text)!
      .trigger('click');
    await flushPromises();
  };
  await press('Make a rule for some boards, or for a class');
  const [kind] = wrapper.findAll('form select');
  await kind!.setValue('silent');
  const form = wrapper.findAll('form').find((one) => one.text().includes('Expected every'))!;
  const unit = form.get('select[aria-label="Unit"]');
  expect([form.get('input').element.value, (unit.element as HTMLSelectElement).value]).toEqual(['1', 'h']);
  await unit.setValue('days');
  await form.get('input').setValue(31);
  await form.trigger('submit');
  await flushPromises();
  expect(asked(lab, 'alerts.saveRule')).toMatchObject([{ kind: 'silent', threshold: 31 * 1440 }]);
});

describe('the alerts', () => {
  it('are listed with what was said of them, and change as the lab tells', async () => {
    const { wrapper, lab } = await show([alert('a1')]);
    expect(wrapper.get('tbody tr').text()).toContain('The supply of a1 is at 2.70 V.');
    expect(wrapper.get('h2').text()).toContain('1 open');
    const seen = alert('a1', {
      state: 'acknowledged',
      log: [{ atMs: 2000, what: 'acknowledged', by: 'command line', more: '' }],
    });
    lab.raise('alerts', {
      changed: [seen, alert('a2', { raisedMs: 3000 })],
      counts: { ...counts, acknowledged: 1 },
    });
    await flushPromises();
    const rows = wrapper.findAll('[aria-label="Alerts that are up"] tbody tr').map((row) => row.text());
    expect(rows[0]).toContain('a2');
    expect(rows[1]).toContain('acknowledged at the command line');
    lab.raise('alerts', { changed: [alert('a2', { state: 'cleared', clearedMs: 4000 })], counts });
    await flushPromises();
    expect(wrapper.findAll('[aria-label="Alerts that are up"] tbody tr').length).toBe(1);
  });

  it('are acknowledged, one or all, and snoozed for a time', async () => {
    const { wrapper, lab } = await show([alert('a1'), alert('a2')]);
    await wrapper.get('button[aria-label="Acknowledge: The supply of a1 is at 2.70 V."]').trigger('click');
    await wrapper.get('header button').trigger('click');
    await flushPromises();
    expect(asked(lab, 'alerts.acknowledge')).toEqual([{ alertIds: ['a1'] }, { alertIds: ['a1', 'a2'] }]);
    await wrapper.get('select[aria-label="Snooze: The supply of a2 is at 2.70 V."]').setValue('480');
    await flushPromises();
    expect(asked(lab, 'alerts.snooze')).toEqual([{ alertIds: ['a2'], minutes: 480 }]);
  });

  it('are looked at by viewers, who are offered nothing that they may not do', async () => {
    const { wrapper, lab } = await show([alert('a1'), alert('a2')], {}, true);
    expect(wrapper.findAll('button').length).toBe(0);
    expect(wrapper.findAll('select').length).toBe(0);
    expect(asked(lab, 'alerts.webhook')).toEqual([]);
  });
});

describe('the rules', () => {
  it('are switched off, changed where they stand, and made for a class', async () => {
    const { wrapper, lab } = await show([]);
    await wrapper.get('input[aria-label="voltage, all boards: on"]').setValue(false);
    await flushPromises();
    await wrapper.get('button[aria-label="Change the rule voltage, all boards"]').trigger('click');
    const form = wrapper.get('tbody form');
    await form.findAll('input[type=number]')[0]!.setValue(2900);
    await form.trigger('submit');
    await flushPromises();
    await wrapper.get('.rules > div > button.button:not(.small)').trigger('click');
    const made = wrapper.get('.rules > form');
    await made.get('input[maxlength="200"]').setValue('curlew');
    await made.trigger('submit');
    await flushPromises();
    expect(asked(lab, 'alerts.saveRule')).toEqual([
      { ruleId: 'usual voltage', on: false },
      { ruleId: 'usual voltage', threshold: 2900, hysteresis: 100, forMs: 600_000, coolDownMs: 3_600_000 },
      {
        ...{
          kind: 'first today',
          target: { kind: 'all' },
          className: 'curlew',
          threshold: 0.5,
          hysteresis: 0,
        },
        ...{ forMs: 0, coolDownMs: 0 },
      },
    ]);
  });
});

describe('the webhook', () => {
  it('is tested before it is switched on, and what came back is told', async () => {
    const { wrapper, lab } = await show([], {
      'alerts.testWebhook': () => ({ status: 404, text: 'It was refused (404 Not Found).', ok: false }),
      'alerts.setWebhook': ({ on, url = '' }) => ({
        ...{ on, url, sent: 2, failed: 0, dropped: 0, waiting: 1, last: 'It was taken (204).' },
      }),
    });
    await wrapper.get('input[type=url]').setValue('https://chat.example/hook');
    const button = (text: string) => wrapper.findAll('.ways button').find((one) => one.text() === text)!;
    await button('Test').trigger('click');
    await flushPromises();
    expect(asked(lab, 'alerts.testWebhook')).toEqual([{ url: 'https://chat.example/hook' }]);
    expect(wrapper.get('.ways [role=status]').text()).toBe('It was refused (404 Not Found).');
    await wrapper.get('.ways form').trigger('submit');
    await flushPromises();
    expect(asked(lab, 'alerts.setWebhook')).toEqual([{ on: true, url: 'https://chat.example/hook' }]);
    expect(wrapper.get('#webhook-about').text()).toContain('2 messages taken');
  });
});

describe('notices of the desktop', () => {
  function desktop(permission: NotificationPermission) {
    const shown: { body: string }[] = [];
    class FakeNotification {
      static permission = permission;
      static async requestPermission(): Promise<NotificationPermission> {
        return (FakeNotification.permission = 'granted');
      }
      onclick: (() => void) | null = null;
      constructor(_title: string, options: { body: string }) {
        shown.push({ body: options.body });
      }
    }
    vi.stubGlobal('Notification', FakeNotification);
    return shown;
  }
  const raise = (lab: LabDouble, ...changed: Alert[]) => lab.raise('alerts', { changed, counts });
  const notices = async (pinia: Pinia) => {
    useAlerts(pinia);
    return useDesktopNotices(pinia);
  };

  it('come once they are asked for and allowed, several alerts as one, and of none that a person has just changed', async () => {
    const shown = desktop('default');
    const { lab, pinia } = await show([]);
    const set = await notices(pinia);
    raise(lab, alert('a1'));
    expect(shown).toEqual([]);
    await set.set(true);
    raise(lab, alert('a2'));
    raise(lab, alert('a3'), alert('a4'), alert('a5'));
    raise(lab, alert('a6', { state: 'cleared' }), alert('a7', { state: 'acknowledged' }));
    expect(shown.map(({ body }) => body)).toEqual([
      'The supply of a2 is at 2.70 V.',
      'The supply of a3 is at 2.70 V. And 2 others.',
    ]);
    await set.set(false);
    raise(lab, alert('a8'));
    expect(shown.length).toBe(2);
  });

  it('cannot be switched on where the browser was told not to, which is said', async () => {
    desktop('denied');
    const { wrapper, pinia } = await show([]);
    const set = await notices(pinia);
    await set.set(true);
    expect(set.on).toBe(false);
    expect(wrapper.get('.ways').text()).toContain('The browser was told not to');
  });
});
