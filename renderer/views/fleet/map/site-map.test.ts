// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { beforeEach, expect, it } from 'vitest';
import type { Alert, BoardDetails } from '../../../../main/contract/types.ts';
import { noDetails } from '../../../../main/fleet/contract/wanted.ts';
import { useAlerts } from '../../../stores/alerts.ts';
import { useBoards } from '../../../stores/boards.ts';
import { useDetails } from '../../../stores/details.ts';
import { useFleetLook } from '../../../stores/fleet/look.ts';
import { useFleetTable } from '../../../stores/fleet/table.ts';
import { labKey } from '../../../stores/lab.ts';
import { board, LabDouble, settings, shellDouble } from '../../../test/lab-double.ts';
import SiteMap from './SiteMap.vue';

beforeEach(() => localStorage.clear());

async function show(details: BoardDetails[], up: Alert[] = []) {
  const lab = new LabDouble({
    'alerts.list': () => up,
    'alerts.counts': () => ({ open: up.length, acknowledged: 0, snoozed: 0 }),
    'boards.list': () => [
      board({ entry: 1, id: 'aa', name: 'heron' }),
      board({ entry: 2, id: 'bb', name: 'snipe', state: 'silent' }),
      board({ entry: 3, id: 'cc', name: 'teal', settings: settings({ latitude: 47.51, longitude: 11.2 }) }),
      board({ entry: 4, id: 'dd', name: 'rail' }),
    ],
    'ports.list': () => ({ ports: [], problem: null }),
    'details.list': () => details,
  });
  const pinia = createPinia();
  const wrapper = mount(SiteMap, {
    global: {
      plugins: [pinia],
      provide: { [labKey as symbol]: { client: lab, shell: shellDouble().shell } },
    },
  });
  await useBoards(pinia).load();
  await useDetails(pinia).load();
  await useAlerts(pinia).load();
  await flushPromises();
  return { wrapper, table: useFleetTable(pinia), look: useFleetLook(pinia) };
}
const at = (boardId: string, latitude: number): BoardDetails => ({
  ...noDetails(boardId),
  ...{ latitude, longitude: 11.2 },
});

it('draws the boards that have a position, by the person’s word or their own settings, each with how it is', async () => {
  const { wrapper } = await show([at('aa', 47.5), at('bb', 47.52)]);
  const told = wrapper.findAll('[role="button"]').map((one) => one.attributes('aria-label'));
  expect(told.sort()).toEqual(['heron: well', 'snipe: silent', 'teal: well']);
  expect(wrapper.text()).toContain('1 board without a position');
  expect(wrapper.text()).toContain('1 km');
  const y = (name: string) =>
    Number(/ ([-\d.]+)\)/.exec(wrapper.get(`[aria-label^="${name}"]`).attributes('transform')!)![1]);
  expect(y('snipe')).toBeLessThan(y('teal'));
  expect(y('teal')).toBeLessThan(y('heron'));
});

it('says of a board what its open alerts say', async () => {
  const text = 'The supply of heron is at 1.65 V.';
  const alert = (id: string, state: Alert['state']) =>
    ({ id, boardId: 'aa', state, text, raisedMs: 0 }) as Alert;
  const { wrapper } = await show([at('aa', 47.5)], [alert('x', 'open'), alert('y', 'acknowledged')]);
  expect(wrapper.get('[aria-label^="heron"] title').text()).toBe(`heron: alert. ${text}`);
});

it('chooses a board by a click or a key, and lets it go by another', async () => {
  const { wrapper, table } = await show([at('aa', 47.5), at('bb', 47.52)]);
  const snipe = wrapper.get('[aria-label^="snipe"]');
  await snipe.trigger('click');
  expect(table.chosen).toEqual(['bb']);
  expect(snipe.attributes('aria-pressed')).toBe('true');
  await snipe.trigger('keydown', { key: 'Enter' });
  expect(table.chosen).toEqual([]);
});

it('says how a position is given where none of the boards that are shown has one', async () => {
  const { wrapper, look } = await show([]);
  look.now.text = 'rail';
  await flushPromises();
  expect(wrapper.find('svg').exists()).toBe(false);
  expect(wrapper.text()).toContain('None of these boards has a position');
});
