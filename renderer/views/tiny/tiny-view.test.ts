// @vitest-environment jsdom
import { enableAutoUnmount, flushPromises, mount, RouterLinkStub } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Job, TinyRecord } from '../../../main/contract/types.ts';
import { useJobs } from '../../stores/jobs.ts';
import { labKey } from '../../stores/lab.ts';
import { job, LabDouble, shellDouble } from '../../test/lab-double.ts';
import { agreementPoints, runPoints } from './tiny-plots.ts';
import TinyView from './TinyView.vue';

const route = vi.hoisted(() => ({ query: {} as Record<string, string> }));
vi.mock('vue-router', () => ({ useRoute: () => route }));
enableAutoUnmount(afterEach);

const record: TinyRecord = {
  ...{ jobId: 'bench', benchmark: 'energy', folder: '/r', startedMs: 1e12, answers: [], score: null },
  device: {
    ...{ portId: '/dev/pts/3', baudRate: 9600, vendor: 'curlew-simulated', firmware: 'V0.0.1' },
    ...{ model: 'esc10', mode: 'energy', simulated: true },
  },
  lengths: { runs: 2, leastSeconds: 10, leastInferences: 10, warmUps: 10 },
  meter: { name: 'Power Profiler Kit 2', volts: 3 },
  runs: [1, 2].map((at) => ({
    ...{ input: `${at}.bin`, inferences: 1000, seconds: 10, askedSeconds: at === 1 ? 9 : 10.2 },
    energy: { joules: 0.25 * at, uncertainty: 0.03, lost: 0, captureId: 'capture' },
  })),
  ...{ target: null, reference: null, agreement: null },
};
const result: Job['result'] = {
  ...{ kind: 'tiny', benchmark: 'energy', vendor: 'curlew-simulated', model: 'esc10', simulated: true },
  ...{ perSecond: 100, joulesEach: 375e-6, top1: null, auc: null, inputs: 2, failed: 0 },
};
const share = { right: 9, of: 10, low: 0.5, high: 0.99 };
const accuracy: TinyRecord = {
  ...record,
  ...{ benchmark: 'accuracy', lengths: null, meter: null, runs: [] },
  device: { ...record.device, simulated: false, model: 'kws01', mode: 'performance' },
  answers: [
    { input: 'a.bin', label: 1, windows: 1, results: [0, 1], reference: [0.25, 1], problem: null },
    {
      ...{ input: 'b.bin', label: 1, windows: 0, results: null, reference: null },
      problem: { code: 'FILE_NOT_FOUND', message: 'There is no file at /r/b.bin.' },
    },
  ],
  score: { top1: share, auc: 0.98 },
  target: { measure: 'top1', least: 0.9, met: true },
  agreement: { sameClass: share, largest: 0.25, mean: 0.125, score: { top1: share, auc: 0.98 } },
};

async function shown(found: TinyRecord | null, operates = true) {
  const done = job({ id: 'bench', kind: 'tiny', state: 'done', title: 'MLPerf Tiny, energy', result });
  const lab = new LabDouble({
    'jobs.list': () => (found ? [done] : []),
    'tiny.record': () => found!,
    'tiny.identify': () => record.device,
    'tiny.accuracy': () => job({ id: 'new', kind: 'tiny', title: 'MLPerf Tiny, accuracy' }),
  });
  const { shell } = shellDouble();
  if (!operates) (shell.has as Set<string>).delete('operate');
  const pinia = createPinia();
  const view = mount(TinyView, {
    attachTo: document.body,
    global: {
      plugins: [pinia],
      provide: { [labKey as symbol]: { client: lab, shell } },
      stubs: { RouterLink: RouterLinkStub },
    },
  });
  await useJobs(pinia).load();
  await flushPromises();
  return { view, lab };
}

describe('benchmarks of devices', () => {
  it('has the port that led here, and its rate', async () => {
    route.query = { port: '/dev/ttyACM1', baud: '9600' };
    const { view } = await shown(null);
    route.query = {};
    const values = view.findAll('input').map((input) => input.element.value);
    expect(values.slice(0, 2)).toEqual(['/dev/ttyACM1', '9600']);
  });

  it('tell the median in the benchmark’s terms, run by run, and that a process of a computer is no board', async () => {
    const { view } = await shown(record);
    const text = view.text();
    expect(text).toContain('100 inf/s, 375 µJ/inf');
    expect(text).toContain('2, each of 10 s and 10 inferences at least');
    expect(text).toContain('simulated');
    expect(text).toContain('In 1 run the device’s clock tells more time than passed here');
    expect(view.findAll('tbody tr')).toHaveLength(2);
    expect(view.findAll('svg circle')).toHaveLength(4);
  });

  it('tell accuracy with its interval and target, what the reference says, and what could not be used', async () => {
    const { view } = await shown(accuracy);
    const text = view.text();
    expect(text).toContain('90.0 % (9 of 10; 50.0 % to 99.0 %)');
    expect(text).toContain('top-1 90 %: met');
    expect(text).toContain('0.25 at most, 0.13 on the mean; the device tells 0.001');
    expect(text).toContain('There is no file at /r/b.bin.');
  });

  it('are begun with what the form says, once the device was looked at', async () => {
    const { view, lab } = await shown(null);
    expect(view.text()).toContain('No benchmark yet');
    await view.get('input[placeholder="/dev/ttyACM0"]').setValue('/dev/ttyUSB1');
    await view
      .findAll('button')
      .find((one) => one.text() === 'What is there?')!
      .trigger('click');
    await flushPromises();
    expect(view.text()).toContain('esc10 on curlew-simulated, energy mode, 9600 baud');
    await view.get('select').setValue('accuracy');
    await view.get('#tiny-folder').setValue('/inputs');
    await view.get('#tiny-reference').setValue('/m.onnx');
    await view.get('form').trigger('submit');
    await flushPromises();
    expect(lab.asked.filter(({ name }) => name === 'tiny.accuracy').map(({ params }) => params)).toEqual([
      {
        ...{ portId: '/dev/ttyUSB1', folder: '/inputs' },
        reference: { path: '/m.onnx', output: null, scale: 1, offset: 0 },
      },
    ]);
  });

  it('are looked at by viewers, and begun by none', async () => {
    const { view } = await shown(record, false);
    expect(view.find('form').exists()).toBe(false);
  });

  it('are drawn run by run, and number by number beside the reference', () => {
    expect(runPoints(record).map(({ points }) => points)).toEqual([
      [
        [1, 100],
        [2, 100],
      ],
      [
        [1, 250],
        [2, 500],
      ],
    ]);
    expect(agreementPoints(accuracy)[0]!.points).toEqual([
      [0.25, 0],
      [1, 1],
    ]);
    expect(agreementPoints(record)).toEqual([]);
  });
});
