// @vitest-environment jsdom
import { flushPromises, mount, RouterLinkStub } from '@vue/test-utils';
import { createPinia } from 'pinia';
import type { Component } from 'vue';
import { afterEach, describe, expect, it } from 'vitest';
import '../../test/browser-parts.ts';
import type {
  AppliedThresholds,
  ReviewItem,
  ReviewSet,
  ReviewStatistics,
} from '../../../main/contract/types.ts';
import { labKey } from '../../stores/lab.ts';
import { useReview } from '../../stores/review.ts';
import { LabDouble, shellDouble } from '../../test/lab-double.ts';
import ReviewDesk from './ReviewDesk.vue';
import StatisticsPart from './StatisticsPart.vue';

const set: ReviewSet = {
  ...{ id: 'set-1234-5678', jobId: 'job', createdMs: 1, seed: 1, size: 12, reviewers: [] },
  strata: [{ label: 'curlew', from: 0, to: 1, population: 40, drawn: 12 }],
};
const itemOf = (number: number): ReviewItem => ({
  ...{
    number: number + 1,
    stratum: 0,
    decisions: [],
    file: { seconds: 60, sampleRate: 48_000, channels: 2 },
  },
  detection: {
    ...{ fileId: 0, number, path: '/card/a.wav', channel: 1, startS: 10 + number, endS: 11 + number },
    ...{ atMs: null, label: 'curlew', peak: 0.987, peakS: 10 },
  },
});
const statistics: ReviewStatistics = {
  precision: 0.9,
  classes: [
    {
      ...{ label: 'curlew', items: 12, decided: 10, right: 8, undecided: 1, population: 40 },
      trueDetections: { value: 32, low: 18, high: 39 },
      thresholds: [
        {
          ...{ from: 0.5, population: 40, decided: 10, right: 8 },
          sample: { share: 0.8, low: 0.44, high: 0.97 },
          precision: { value: 0.8, low: 0.4, high: 0.98 },
        },
      ],
      fit: {
        ...{ intercept: 1, slope: 2, separated: false },
        threshold: { threshold: 0.64, low: 0.5, high: 0.76 },
      },
      heldFrom: null,
    },
  ],
  agreement: [{ reviewers: ['Ada', 'Bo'], items: 10, agreement: 0.9, kappa: 0.74, low: 0.3, high: 1 }],
};

let unmount = () => {};
afterEach(() => unmount());

async function show(component: Component) {
  const asked: unknown[] = [];
  const played: [number, number][] = [];
  let applied: AppliedThresholds | null = null;
  const lab = new LabDouble({
    'reviews.get': () => set,
    'reviews.items': () =>
      set.strata.flatMap(({ drawn }) => Array.from({ length: drawn }, (_, i) => itemOf(i))),
    'detections.classes': () => ({
      ...{ detections: 40, files: 1, experts: [], sites: [], withoutTime: { files: 0, detections: 0 } },
      classes: ['curlew', 'rain', 'whimbrel'].map((label) => ({
        ...{ label, detections: 9, files: 1, seconds: 9, sites: [] },
      })),
    }),
    'reviews.decide': (params) => {
      asked.push(params);
      const { number, reviewer, verdict, label = null } = params;
      return { ...itemOf(number - 1), decisions: [{ reviewer, verdict, label, atMs: 1 }] };
    },
    'reviews.undo': () => itemOf(0),
    'reviews.statistics': ({ precision = 0.9 }) => ({ ...statistics, precision }),
    'reviews.applied': () => applied,
    'reviews.apply': ({ setId, precision = 0.9, rule = 'fit' }) =>
      (applied = {
        ...{ jobId: 'job', setId, atMs: 1, precision, rule },
        classes: [{ label: 'curlew', least: 0.64 }],
      }),
    'reviews.takeBack': () => (applied = null),
  });
  const pinia = createPinia();
  const { shell, saved } = shellDouble();
  const provide = { [labKey as symbol]: { client: lab, shell } };
  const spectrogram = {
    template: '<div></div>',
    methods: { play: (...stretch: [number, number]) => played.push(stretch) },
  };
  mount({ template: '<i></i>' }, { global: { plugins: [pinia], provide } });
  const review = useReview(pinia);
  review.reviewer = 'Ada';
  await review.open(set.id);
  const wrapper = mount(component, {
    attachTo: document.body,
    global: {
      plugins: [pinia],
      provide,
      stubs: { RecordingSpectrogram: spectrogram, RouterLink: RouterLinkStub },
    },
  });
  unmount = () => wrapper.unmount();
  await flushPromises();
  const press = async (key: string, target: Element = document.body) => {
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
    target.dispatchEvent(event);
    await flushPromises();
    return event.defaultPrevented;
  };
  return { wrapper, asked, played, saved, press, review };
}

describe('the desk', () => {
  const ofNumber = (number: number) => ({ setId: set.id, number, reviewer: 'Ada' });

  it('asks about one at a time, plays it with what is around it, and never tells how sure the model was', async () => {
    const { wrapper, played } = await show(ReviewDesk);
    expect(wrapper.get('h2').text()).toBe('1 of 12: is this curlew?');
    expect(played).toEqual([[8, 13]]);
    expect(wrapper.text()).not.toContain('98');
  });

  it('takes single keys, and says aloud what was decided and what comes next', async () => {
    const { wrapper, asked, played, press } = await show(ReviewDesk);
    for (const key of ['y', 'n', 'u', 's', 'b', 'Y', ' ', 'z']) expect(await press(key)).toBe(true);
    expect(asked).toEqual([
      { ...ofNumber(1), verdict: 'yes' },
      { ...ofNumber(2), verdict: 'no' },
      { ...ofNumber(3), verdict: 'unsure' },
      { ...ofNumber(4), verdict: 'yes' },
    ]);
    expect(played.map(([from]) => from - 8)).toEqual([0, 1, 2, 3, 4, 3, 4, 4, 0]);
    expect(wrapper.get('[role="status"]').text()).toBe('Taken back. 1 of 12: is this curlew?');
  });

  it('asks after “other” which class it is: by a digit, or by name, also one that no model knows', async () => {
    const { wrapper, asked, press } = await show(ReviewDesk);
    const field = () => wrapper.get('input[role="combobox"]');
    await press('o');
    expect(document.activeElement).toBe(field().element);
    // The class that is asked about is not among the others.
    expect(wrapper.findAll('[role="option"]').map((one) => one.text())).toEqual([
      ...['1rain', '2whimbrel', '3another class, not known which'],
    ]);
    await press('2', field().element);
    await press('o');
    await field().setValue('RAI');
    await press('Enter', field().element);
    await press('o');
    await field().setValue('godwit');
    await press('Enter', field().element);
    await press('o');
    await press('y', field().element);
    await press('ArrowUp', field().element);
    await press('Enter', field().element);
    await press('o');
    await press('Escape', field().element);
    expect(wrapper.find('input[role="combobox"]').exists()).toBe(false);
    expect(asked).toEqual([
      { ...ofNumber(1), verdict: 'other', label: 'whimbrel' },
      { ...ofNumber(2), verdict: 'other', label: 'rain' },
      { ...ofNumber(3), verdict: 'other', label: 'godwit' },
      { ...ofNumber(4), verdict: 'other' },
    ]);
    expect(document.activeElement?.getAttribute('role')).toBe('application');
  });

  it('leaves the keys of fields and the Space of buttons to those', async () => {
    const { wrapper, asked, played, press } = await show(ReviewDesk);
    expect(await press('y', wrapper.get('#margin').element)).toBe(false);
    expect(await press(' ', wrapper.get('button').element)).toBe(false);
    expect([asked, played.length]).toEqual([[], 1]);
  });
});

describe('what it comes to', () => {
  it('is told by class with intervals, drawn, and saved as a table', async () => {
    const { wrapper, saved } = await show(StatisticsPart);
    const row = wrapper.get('tbody tr').text();
    for (const told of ['10 of 12', '32 (18–39)', '0.64 (0.50–0.76)', 'nowhere']) expect(row).toContain(told);
    expect(wrapper.findAll('svg polygon.band, svg circle')).toHaveLength(2);
    expect(wrapper.text()).toContain('0.74 (0.30–1.00)');
    const button = wrapper.findAll('button').find((one) => one.text() === 'Save the table');
    await button!.trigger('click');
    await flushPromises();
    expect(saved).toMatchObject([{ name: 'review-set-1234.csv', mime: 'text/csv' }]);
    const [header, line] = saved[0]!.text.split('\r\n');
    expect(header!.split(',').length).toBe(line!.split(',').length);
    expect(line).toMatch(
      /^curlew,0\.5,40,10,8,0\.8,0\.44,0\.97,0\.8,0\.4,0\.98,32,18,39,0\.9,0\.64,0\.5,0\.76,,1,2$/,
    );
  });

  it('is applied to the run as thresholds, and taken back', async () => {
    const { wrapper } = await show(StatisticsPart);
    const press = async (text: string) => {
      await wrapper
        .findAll('button')
        .find((one) => one.text() === text)!
        .trigger('click');
      await flushPromises();
    };
    await wrapper.get('input[type="number"]').setValue(80);
    await flushPromises();
    await press('Apply to the run');
    expect(wrapper.get('.note').text()).toMatch(/precision of 80 % by the logistic fit.*curlew from 0\.64/s);
    await press('Take back');
    expect(wrapper.find('.note').exists()).toBe(false);
  });
});
