// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { expect, it, vi } from 'vitest';
import { CurlewError } from '../../../../main/contract/error.ts';
import { labKey } from '../../../stores/lab.ts';
import { LabDouble, shellDouble } from '../../../test/lab-double.ts';
import FigureChart from './FigureChart.vue';

// uPlot asks for it when it is loaded; jsdom has none.
vi.hoisted(() => vi.stubGlobal('matchMedia', () => new EventTarget()));

const series = {
  ...({
    boardId: 'a',
    figure: 'latency_us',
    level: 'minutes',
    everyMs: 60_000,
    fromMs: 0,
    toMs: 120_000,
  } as const),
  lines: [
    {
      source: 'modelled' as const,
      buckets: [{ atMs: 0, records: 2, mean: 21_000, min: 20_000, max: 22_000 }],
    },
  ],
};

async function show(saveFile?: () => Promise<void>) {
  const { shell, saved } = shellDouble();
  const wrapper = mount(FigureChart, {
    props: { figure: 'latency_us', series: series, range: { fromMs: 0, toMs: 120_000 }, events: [] },
    global: {
      plugins: [createPinia()],
      provide: {
        [labKey as symbol]: { client: new LabDouble(), shell: saveFile ? { ...shell, saveFile } : shell },
      },
      stubs: { TimeChart: true },
    },
  });
  await wrapper.get('button').trigger('click');
  await flushPromises();
  return { wrapper, saved };
}

it('saves its rows under a name that tells what and when', async () => {
  const { saved, wrapper } = await show();
  expect(saved).toMatchObject([
    { name: expect.stringMatching(/^latency_us-\d{4}-\d\d-\d\d/), mime: 'text/csv' },
  ]);
  expect(saved[0]!.text.split('\r\n').length).toBe(3);
  expect(wrapper.find('[role="alert"]').exists()).toBe(false);
});

it('says where it stands that its file could not be saved', async () => {
  const full = new CurlewError('FILE_UNWRITABLE', 'The disk is full.');
  const { wrapper } = await show(() => Promise.reject(full));
  expect(wrapper.text()).toContain('The disk is full.');
});
