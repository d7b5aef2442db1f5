// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { beforeEach, describe, expect, it } from 'vitest';
import type { BatterySetting, BoardOverview, Timeline } from '../../../main/contract/types.ts';
import { labKey } from '../../stores/lab.ts';
import { board, LabDouble, settings, shellDouble } from '../../test/lab-double.ts';
import BatteryPanel from './BatteryPanel.vue';
import EventList from './series/EventList.vue';

beforeEach(() => localStorage.clear());

const listens = board({
  continuous: true,
  settings: settings({ listenS: 60, periodS: 600, autoStart: true }),
});
const did: BoardOverview = {
  ...{
    boardId: listens.id,
    records: 1200,
    latencyUs: { p50: 178_000, p95: 181_000 },
    latencySource: 'modelled',
  },
  ...{ energyNanojoule: { mean: 7_960_000, total: 9_552_000_000 }, energySource: 'counted' },
  ...{ topProbability: 0.7, entropy: 0.8, curiosity: 0.02, levelDb: null, noiseFloorDb: null },
  ...{ clippedShare: null, firstMs: 0, lastMs: 0 },
};
const cell = { name: '3 × AA', volts: 3.75, milliampHours: 2850, usableShare: 0.7, lossPerYear: 0.03 };
const setting = (change: Partial<BatterySetting> = {}): BatterySetting => ({
  ...{
    cell,
    own: [],
    idle: { [listens.profile]: { listening: 0.009, asleep: 4e-6, source: 'its datasheet' } },
  },
  ...change,
});

async function show(handlers: ConstructorParameters<typeof LabDouble>[0] = {}) {
  const lab = new LabDouble({
    'battery.setting': () => setting(),
    'battery.choose': ({ boardId, cell: chosen }) =>
      boardId === null || !chosen ? setting() : setting({ own: [{ boardId, cell: chosen }] }),
    'fleet.overview': () => [did],
    ...handlers,
  });
  const wrapper = mount(BatteryPanel, {
    props: { board: listens },
    global: {
      plugins: [createPinia()],
      provide: { [labKey as symbol]: { client: lab, shell: shellDouble().shell } },
    },
  });
  await flushPromises();
  return { wrapper, lab };
}

describe('the battery of a board', () => {
  it('is told in days, with what they are made of, where that comes from, and the source of idle power', async () => {
    const { wrapper } = await show();
    const text = wrapper.text();
    expect(text).toMatch(/\d+ days on 3 × AA .*modelled/);
    expect(text).toContain('9.55 J counted');
    expect(text).toContain('its datasheet');
  });

  it('says why it cannot be told', async () => {
    const { wrapper } = await show({ 'battery.setting': () => setting({ idle: {} }) });
    expect(wrapper.text()).toContain('is not known');
  });

  it('is chosen for this board, and is as that of all others again', async () => {
    const { wrapper, lab } = await show();
    await wrapper.get('#battery-cell').setValue('LiSOCl2 D');
    await wrapper.get('form').trigger('submit');
    await flushPromises();
    expect(lab.asked.at(-1)).toMatchObject({
      name: 'battery.choose',
      params: { boardId: listens.id, cell: { name: 'LiSOCl2 D', milliampHours: 17_000 } },
    });
    expect(wrapper.text()).toContain('This board’s own.');
    await wrapper
      .findAll('button')
      .find((one) => one.text() === 'As all others')!
      .trigger('click');
    await flushPromises();
    expect(lab.asked.at(-1)!.params).toEqual({ boardId: listens.id, cell: null });
  });

  it('has values of one’s own, and is not taken where they cannot be', async () => {
    const { wrapper, lab } = await show();
    await wrapper.get('#battery-cell').setValue('own values');
    await wrapper.get('#battery-charge').setValue('none');
    expect(wrapper.text()).toContain('The charge lies above 0');
    expect(wrapper.get('button.primary').attributes('disabled')).toBeDefined();
    await wrapper.get('#battery-charge').setValue('5200');
    await wrapper.get('#battery-usable').setValue('80');
    await wrapper.get('form').trigger('submit');
    await flushPromises();
    expect(lab.asked.at(-1)!.params).toMatchObject({ cell: { milliampHours: 5200, usableShare: 0.8 } });
  });
});

describe('the events of charts as a list', () => {
  it('are the newest first, each with when, how long, how often and who, and say how many are left out', () => {
    const timeline: Timeline = {
      boardId: 'b',
      leftOut: 12,
      events: [
        {
          ...{ kind: 'gap', group: 'records', fromMs: 0, toMs: 300_000, count: 1, level: 'warning' },
          ...{ text: '3 records are missing.', by: null },
        },
        {
          ...{ kind: 'deployed', group: 'changes', fromMs: 400_000, toMs: 400_000, count: 2, level: 'info' },
          ...{ text: 'It was deployed.', by: 'page' },
        },
      ],
    };
    const list = mount(EventList, { props: { timeline } });
    const texts = list.findAll('li').map((one) => one.text().replace(/\s+/g, ' '));
    expect(texts[0]).toMatch(/^D.*It was deployed\. \(2 times\) ?page$/);
    expect(texts[1]).toMatch(/^G.*3 records are missing\. ?over 5 min$/);
    expect(list.text()).toContain('12 older ones not shown');
  });
});
