// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { afterEach, expect, it } from 'vitest';
import '../../../test/browser-parts.ts';
import type { UncertainItem } from '../../../../main/contract/types.ts';
import { createAppRouter } from '../../../app/router.ts';
import { labKey } from '../../../stores/lab.ts';
import { useReview } from '../../../stores/review.ts';
import { LabDouble, shellDouble } from '../../../test/lab-double.ts';
import UncertainView from './UncertainView.vue';

const itemOf = (number: number, boardId: string): UncertainItem => ({
  ...{ number, boardId, bootId: 1, sequence: number, night: '2026-05-03', entropy: 0.9, expert: 'ab' },
  ...{ atMs: number === 2 ? null : Date.UTC(2026, 4, 3), receivedMs: Date.UTC(2026, 5, 1) },
  label: 'curlew',
  probabilities: [
    { label: 'curlew', probability: 0.4 },
    { label: 'rain', probability: 0.35 },
    { label: 'whimbrel', probability: 0.25 },
  ],
  decisions: [],
});

/** A lab of so many windows, those of even numbers of the board `b`. */
function labOf(windows: number) {
  let items = Array.from({ length: windows }, (_, i) => itemOf(i + 1, i % 2 === 0 ? 'a' : 'b'));
  /** Numbers of the windows of decisions, with what stood before each. */
  const done: UncertainItem[] = [];
  const put = (item: UncertainItem): UncertainItem => {
    items = items.map((one) => (one.number === item.number ? item : one));
    lab.raise('uncertain', null);
    return item;
  };
  const decidedBy = ({ decisions }: UncertainItem, reviewer?: string): boolean =>
    decisions.some((one) => reviewer === undefined || one.reviewer === reviewer);
  const lab: LabDouble = new LabDouble({
    'boards.list': () => [],
    'details.list': () => [
      {
        ...{ boardId: 'b', name: 'Bog', site: 'Raised bog', latitude: null, longitude: null, notes: '' },
        ...{ tags: [], groupId: null, bank: null, settings: {}, whenMet: false },
      },
    ],
    'uncertain.counts': ({ reviewer }) =>
      ['a', 'b'].flatMap((boardId) => {
        const own = items.filter((one) => one.boardId === boardId);
        const undecided = own.filter((one) => !decidedBy(one, reviewer)).length;
        return own.length > 0 ? [{ boardId, windows: own.length, undecided }] : [];
      }),
    'uncertain.list': ({ boardId, undecidedBy, after = 0, limit }) =>
      items
        .filter((one) => one.number > after && (boardId === undefined || one.boardId === boardId))
        .filter((one) => undecidedBy === undefined || !decidedBy(one, undecidedBy))
        .slice(0, limit),
    'uncertain.logMel': () => ({
      ...{ frames: 96, bands: 64, offset: -0.25, scale: 19, codes: new Uint8Array(6144) },
    }),
    'uncertain.decide': ({ number, reviewer, verdict, label = null }) => {
      const before = items.find((one) => one.number === number)!;
      done.push(before);
      return put({ ...before, decisions: [{ reviewer, verdict, label, atMs: 1 }] });
    },
    'uncertain.undo': () => {
      const before = done.pop();
      return before ? put(before) : null;
    },
  });
  return { lab, decided: () => items.map(({ decisions }) => decisions[0]?.label ?? decisions[0]?.verdict) };
}

let unmount = () => {};
afterEach(() => unmount());

async function show(windows: number, path = '/uncertain', operates = true) {
  const { lab, decided } = labOf(windows);
  const { shell } = shellDouble();
  if (!operates) shell.has = new Set();
  const router = createAppRouter();
  await router.push(path);
  const pinia = createPinia();
  const wrapper = mount(UncertainView, {
    attachTo: document.body,
    global: {
      stubs: { SoundSpectrogram: true },
      plugins: [pinia, router],
      provide: { [labKey as symbol]: { client: lab, shell } },
    },
  });
  unmount = () => wrapper.unmount();
  await flushPromises();
  const press = async (key: string): Promise<boolean> => {
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
    document.body.dispatchEvent(event);
    await flushPromises();
    return event.defaultPrevented;
  };
  const begin = async (): Promise<void> => {
    await wrapper.get('#reviewer').setValue('Ada');
    await wrapper.get('form').trigger('submit');
    await flushPromises();
  };
  const asks = (): string => wrapper.get('[role="application"] h2').text();
  return { wrapper, lab, decided, press, begin, asks, router, review: useReview(pinia) };
}

it('asks about one window at a time: what the board said, where it stands, when it was heard, or that nothing dates it', async () => {
  const { wrapper, press, begin, asks } = await show(3);
  await begin();
  expect(asks()).toBe('Window 1: is this curlew?');
  for (const told of ['40.0 %', 'whimbrel', '0.90 of 1.10 nats', '2026-05-0'])
    expect(wrapper.text()).toContain(told);
  await press('s');
  expect(asks()).toBe('Window 2: is this curlew?');
  for (const told of ['Bog', 'Raised bog', 'undated; fetched 2026-0']) expect(wrapper.text()).toContain(told);
});

it('takes single keys, and takes the last decision back', async () => {
  const { wrapper, press, begin, asks, decided } = await show(4);
  await begin();
  for (const key of ['y', 'n', 'o']) expect(await press(key)).toBe(true);
  const field = wrapper.get('input[role="combobox"]');
  expect(wrapper.findAll('[role="option"]').map((one) => one.text())).toEqual([
    ...['1rain', '2whimbrel', '3another class, not known which'],
  ]);
  await field.trigger('keydown', { key: '2' });
  await flushPromises();
  expect(decided()).toEqual(['yes', 'no', 'whimbrel', undefined]);
  expect(asks()).toBe('Window 4: is this curlew?');
  expect(await press('z')).toBe(true);
  expect(asks()).toBe('Window 3: is this curlew?');
  expect(decided()).toEqual(['yes', 'no', undefined, undefined]);
  await press('b');
  expect(wrapper.get('.badge.accent').text()).toBe('you said no');
  expect(await press(' ')).toBe(false);
});

it('goes through more than a page of windows, tells what was skipped, and goes through that', async () => {
  const { wrapper, press, begin, asks, decided } = await show(60);
  await begin();
  await press('s');
  for (let number = 2; number <= 60; number++) {
    expect(asks()).toBe(`Window ${number}: is this curlew?`);
    await press('u');
  }
  expect(asks()).toBe('That was all');
  expect(wrapper.text()).toContain('1 window is left that you have skipped');
  expect(wrapper.text()).toContain('59 of 60');
  await wrapper
    .findAll('button')
    .find((one) => one.text() === 'Go through them')!
    .trigger('click');
  await flushPromises();
  expect(asks()).toBe('Window 1: is this curlew?');
  await press('y');
  expect(wrapper.text()).toContain('You have decided all windows');
  expect(decided().filter((one) => one === undefined)).toEqual([]);
});

it('is of one board alone where that is asked for', async () => {
  const { wrapper, press, begin, asks } = await show(4, '/uncertain?board=b');
  expect(wrapper.text()).toContain('Begin with 2 windows');
  await begin();
  expect(asks()).toBe('Window 2: is this curlew?');
  await press('y');
  expect(asks()).toBe('Window 4: is this curlew?');
});

it('lists all windows a page at a time, each of which can be decided again', async () => {
  const { wrapper, begin, asks, router } = await show(120, '/uncertain/windows');
  const rows = () => wrapper.findAll('tbody tr').map((row) => row.get('td').text());
  const turn = async (text: string) => {
    await wrapper
      .findAll('button')
      .find((one) => one.text() === text)!
      .trigger('click');
    await flushPromises();
  };
  expect([rows()[0], rows().length]).toEqual(['1', 50]);
  await turn('Later');
  await turn('Later');
  expect([rows()[0], rows().length]).toEqual(['101', 20]);
  await turn('Earlier');
  expect([rows()[0], rows().length]).toEqual(['51', 50]);
  await router.push(wrapper.get('tbody a').attributes('href')!.replace('#', ''));
  await flushPromises();
  await begin();
  expect(asks()).toBe('Window 51: is this curlew?');
});

it('shows who only looks the windows, and nothing to decide', async () => {
  const { wrapper } = await show(3, '/uncertain', false);
  expect(wrapper.findAll('tbody tr')).toHaveLength(3);
  expect(wrapper.find('form').exists()).toBe(false);
  expect(wrapper.text()).not.toContain('Make a labelled set');
});

it('says what to do where no board has sent any', async () => {
  const { wrapper } = await show(0);
  expect(wrapper.text()).toContain('No board has sent an uncertain window yet');
});
