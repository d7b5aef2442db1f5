// @vitest-environment jsdom
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { defineComponent, h } from 'vue';
import { beforeEach, describe, expect, it } from 'vitest';
import { CurlewError } from '../../../../main/contract/error.ts';
import type { Alert, Board, BoardOverview } from '../../../../main/contract/types.ts';
import { noDetails } from '../../../../main/fleet/contract/wanted.ts';
import { useBoards } from '../../../stores/boards.ts';
import { useDetails } from '../../../stores/details.ts';
import { labKey } from '../../../stores/lab.ts';
import { board, LabDouble, shellDouble } from '../../../test/lab-double.ts';
import BoardTable from './BoardTable.vue';

beforeEach(() => localStorage.clear());

/** Takes the focus, as a link does. */
const link = defineComponent({
  setup:
    (_props, { slots }) =>
    () =>
      h('a', { href: '#' }, slots['default']?.()),
});

const did = (boardId: string, changes: Partial<BoardOverview> = {}): BoardOverview => ({
  ...{ boardId, records: 1200, latencyUs: { p50: 178_000, p95: 181_000 }, latencySource: 'modelled' },
  ...{ energyNanojoule: { mean: 7_960_000, total: 9_552_000_000 }, energySource: 'modelled' },
  ...{ topProbability: 0.71, entropy: 0.8, curiosity: 0.02, firstMs: 0, lastMs: 0 },
  ...{ levelDb: -41.5, noiseFloorDb: -62.25, clippedShare: 0 },
  ...changes,
});

async function show(boards: Board[], more: ConstructorParameters<typeof LabDouble>[0] = {}) {
  const lab = new LabDouble({
    'boards.list': () => boards,
    'ports.list': () => ({ ports: [], problem: null }),
    ...more,
  });
  const pinia = createPinia();
  const wrapper = mount(BoardTable, {
    attachTo: document.body,
    global: {
      plugins: [pinia],
      provide: { [labKey as symbol]: { client: lab, shell: shellDouble().shell } },
      stubs: { RouterLink: link },
    },
  });
  await Promise.all([
    useBoards(pinia).load(),
    useDetails(pinia)
      .load()
      .catch(() => undefined),
  ]);
  await flushPromises();
  return { wrapper, lab };
}

it('shows how many alerts of a board are open, with what they say, and counts it as well no more', async () => {
  const { wrapper, lab } = await show([board({ id: 'aa', name: 'heron' })]);
  const texts = ['heron has 20 kB free in its store.', 'The supply of heron is at 1.65 V.'];
  const changed = texts.map(
    (text, i) => ({ id: `${i}`, boardId: 'aa', state: 'open', text, log: [] }) as unknown as Alert,
  );
  lab.raise('alerts', { changed, counts: { open: 2, acknowledged: 0, snoozed: 0 } });
  await flushPromises();
  const mark = wrapper.findAll('tbody .badge').find((one) => one.text() === '2 alerts');
  expect(mark?.attributes('title')?.split('\n').sort()).toEqual([...texts].sort());
  const counts = wrapper.findAll('.counts li').map((one) => one.text());
  expect(counts).toEqual(expect.arrayContaining(['0 well', '1 alert']));
});

const many = (n: number): Board[] =>
  Array.from({ length: n }, (_, i) =>
    board({ entry: i + 1, id: `id-${i}`, name: `b${i}`, portId: `simulated:${i}` }),
  );
const namesOf = (wrapper: VueWrapper): string[] => wrapper.findAll('tbody a').map((link) => link.text());

describe('a table of many boards', () => {
  it('draws those in sight alone, tells how many there are, and where each stands', async () => {
    const { wrapper } = await show(many(1000));
    expect(wrapper.get('table').attributes('aria-rowcount')).toBe('1001');
    const drawn = wrapper.findAll('tbody tr[data-line]');
    expect(drawn.length).toBeLessThan(60);
    expect(drawn[3]!.attributes('aria-rowindex')).toBe('5');
    expect(namesOf(wrapper).slice(0, 3)).toEqual(['b0', 'b1', 'b2']);

    const region = wrapper.get('[role="region"]');
    region.element.scrollTop = 46 * 500;
    await region.trigger('scroll');
    expect(namesOf(wrapper)).toContain('b505');
    expect(namesOf(wrapper)).not.toContain('b0');
    const height = wrapper
      .findAll<HTMLElement>('tbody tr.gap td')
      .reduce((sum, { element }) => sum + parseInt(element.style.height), 0);
    expect(height + 46 * wrapper.findAll('tbody tr.line').length).toBe(46_000);
  });

  it('is one stop of the Tab key, and is walked through by keys, to its last board', async () => {
    const { wrapper } = await show(many(1000));
    const stops = () =>
      wrapper.findAll('tbody :is(a, button, input)').filter((one) => one.attributes('tabindex') === '0');
    expect(stops()).toHaveLength(1);
    const focused = () => document.activeElement!.closest('tr')!.querySelector('a')!.textContent;
    (wrapper.get('tbody input').element as HTMLElement).focus();
    const press = async (key: string) => {
      document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
      await flushPromises();
    };
    await press('ArrowDown');
    expect(focused()).toBe('b1');
    await press('PageDown');
    expect(focused()).toBe('b11');
    await press('End');
    expect(focused()).toBe('b999');
    expect(stops()).toHaveLength(1);
    await press('ArrowUp');
    expect(focused()).toBe('b998');
    await press('Home');
    expect(focused()).toBe('b0');
    await press('ArrowRight');
    await press('ArrowRight');
    expect(document.activeElement!.getAttribute('aria-label')).toBe('Reset b0');
  });

  it('keeps the row that has the focus when it is scrolled away from', async () => {
    const { wrapper } = await show(many(1000));
    (wrapper.get('tbody input').element as HTMLElement).focus();
    const region = wrapper.get('[role="region"]');
    region.element.scrollTop = 46 * 500;
    await region.trigger('scroll');
    expect(document.activeElement!.getAttribute('aria-label')).toBe('Choose b0');
  });
});

describe('what is shown of the fleet', () => {
  const three = [
    board({ entry: 1, id: 'aa', name: 'heron' }),
    board({ entry: 2, id: 'bb', name: 'snipe', state: 'silent', message: 'Nothing answers.' }),
    board({ entry: 3, id: 'cc', name: 'teal' }),
  ];
  const lab = {
    'fleet.overview': () => [did('aa'), did('cc', { energyNanojoule: null, energySource: 'none' as const })],
    'details.list': () => [{ ...noDetails('aa'), site: 'Reed bed', tags: ['north'] }],
  };

  it('is counted by state, and a count shows those alone until it is pressed again', async () => {
    const { wrapper } = await show(three, lab);
    const counts = () => wrapper.findAll('ul button').map((one) => one.text().replace(/\s+/g, ' '));
    expect(counts().slice(0, 2)).toEqual(['2 well', '0 busy']);
    expect(counts()).toContain('1 silent');
    const silent = wrapper.findAll('ul button').find((one) => one.text().includes('silent'))!;
    await silent.trigger('click');
    expect(namesOf(wrapper)).toEqual(['snipe']);
    expect(silent.attributes('aria-pressed')).toBe('true');
    await silent.trigger('click');
    expect(namesOf(wrapper)).toEqual(['snipe', 'heron', 'teal']);
  });

  it('has latency and energy with their sources, for the time that is chosen', async () => {
    const { wrapper, lab: double } = await show(three, lab);
    const heron = wrapper.findAll('tbody tr').find((one) => one.text().includes('heron'))!;
    expect(heron.text()).toMatch(/178 ms.*modelled.*181 ms/s);
    await wrapper.get('[aria-label="Time that figures are of"]').setValue('168');
    await flushPromises();
    const asked = double.asked.filter(({ name }) => name === 'fleet.overview').map(({ params }) => params);
    expect(asked).toEqual([{ hours: 24 }, { hours: 168 }]);
  });

  it('is sorted by a head, the other way round when it is pressed again', async () => {
    const { wrapper } = await show(three, lab);
    const head = wrapper.findAll('th button').find((one) => one.text().startsWith('Board'))!;
    await head.trigger('click');
    expect(namesOf(wrapper)).toEqual(['heron', 'snipe', 'teal']);
    await head.trigger('click');
    expect(namesOf(wrapper)).toEqual(['teal', 'snipe', 'heron']);
    expect(wrapper.get('th.board').attributes('aria-sort')).toBe('descending');
  });

  it('is remembered, and kept as views of a name', async () => {
    const { wrapper } = await show(three, lab);
    await wrapper.get('[aria-label="Tag"]').setValue('north');
    await wrapper.get('[aria-label="Name of the view"]').setValue('the north');
    await wrapper.get('form').trigger('submit');
    const { wrapper: later } = await show(three, lab);
    expect(namesOf(later)).toEqual(['heron']);
    const all = later.findAll('button').find((one) => one.text() === 'Show all')!;
    await all.trigger('click');
    expect(namesOf(later)).toHaveLength(3);
    await later.get('[aria-label="View that was kept"]').setValue('the north');
    expect(namesOf(later)).toEqual(['heron']);
  });

  it('says so where no board is like that', async () => {
    const { wrapper } = await show(three, lab);
    await wrapper.get('input[type="search"]').setValue('no such board');
    expect(wrapper.text()).toContain('None of the 3 boards is like that.');
  });
});

describe('boards that are chosen', () => {
  it('are all those between two clicks, the second with the shift key', async () => {
    const { wrapper } = await show(many(10));
    const box = (i: number) => wrapper.get(`[aria-label="Choose b${i}"]`);
    await box(2).trigger('click');
    await box(5).trigger('click', { shiftKey: true });
    expect(wrapper.get('[aria-label="Chosen boards"]').text()).toContain('4 boards chosen');
  });

  it('are visited each for itself; those where it failed stay chosen, with what was wrong', async () => {
    const { wrapper, lab } = await show(many(3), {
      'visits.make': ({ boardId }) => {
        if (boardId === 'id-1') throw new CurlewError('PORT_LOST', 'The cable is loose.');
        return {} as never;
      },
    });
    await wrapper.get('[aria-label="Choose all boards"]').setValue(true);
    const visit = wrapper.findAll('button').find((one) => one.text().startsWith('Fetch telemetry'))!;
    await visit.trigger('click');
    await flushPromises();
    expect(lab.asked.filter(({ name }) => name === 'visits.make')).toHaveLength(3);
    const bar = wrapper.get('[aria-label="Chosen boards"]').text();
    expect(bar).toContain('1 board chosen');
    expect(bar).toContain('2 boards visited.');
    expect(bar).toContain('1 board not, and chosen still. b1: The cable is loose.');
  });
});
