// @vitest-environment jsdom
import { enableAutoUnmount, flushPromises, mount, RouterLinkStub } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Capture, EnergyResult, Envelope } from '../../../main/contract/types.ts';
import { useJobs } from '../../stores/jobs.ts';
import { labKey } from '../../stores/lab.ts';
import { job, LabDouble, shellDouble } from '../../test/lab-double.ts';
import PowerView from './PowerView.vue';

// A canvas draws nothing here; what it is given is tested with its columns.
vi.mock('uplot', () => ({
  default: class {
    over = { getBoundingClientRect: () => ({ left: 0, width: 100 }) };
    destroy = vi.fn();
    setScale = vi.fn();
    setData = vi.fn();
    setSize = vi.fn();
    redraw = vi.fn();
    batch = (work: () => void) => work();
  },
}));
vi.stubGlobal('matchMedia', () => ({ addEventListener: vi.fn(), removeEventListener: vi.fn() }));
enableAutoUnmount(afterEach);

const capture = (changes: Partial<Capture> = {}): Capture => ({
  ...{ id: 'one', name: 'first run', state: 'ended', startedMs: 1e12, createdMs: 1e12 },
  ...{ samplesPerSecond: 100_000, samples: 200_000, lost: 0, lostByTime: 0, lateLosses: [] },
  ...{ discardedBytes: 0, rangeChanges: 3, least: 2e-5, mean: 1e-3, most: 5e-3, millivolts: 3000 },
  ...{
    mode: 'source',
    from: '/dev/ttyACM0',
    uncalibrated: [],
    trigger: null,
    problem: null,
    bytes: 1_300_000,
  },
  ...changes,
});
const envelope: Envelope = {
  ...{ fromSample: 0, everySamples: 200, samples: 200_000, min: [2e-5], mean: [1e-3], max: [5e-3] },
  ...{ lost: [0], ever: [1], always: [0] },
};
const spread = (mean: number) => ({ mean, deviation: 0, least: mean, median: mean, most: mean });
const energy: EnergyResult = {
  ...{ source: 'measured', volts: 3, from: 0, to: 200_000, samplesPerSecond: 100_000 },
  whole: {
    ...{ joules: 6e-3, coulombs: 2e-3, seconds: 2, lost: 0, uncertainty: 6e-4 },
    parts: { calibration: 6e-4, resolution: 0, noise: 0, edges: 0, lost: 0 },
  },
  marked: {
    ...{ count: 1, cut: 1, withLoss: 0, joules: spread(252e-6), seconds: spread(0.02) },
    ...{ uncertainty: 27e-6, restWatts: 6e-5 },
    list: [{ fromS: 0.5, toS: 0.52, joules: 252e-6, uncertainty: 27e-6, lost: 0 }],
  },
  stages: [{ name: 'encoder', pin: 2, missing: 0, joules: null, seconds: null, uncertainty: null }],
};

async function shown(captures: Capture[], operates = true) {
  const lab = new LabDouble({
    'jobs.list': () => [],
    'power.captures': () => captures,
    'power.envelope': () => envelope,
    'power.energy': () => energy,
    'power.record': () => job({ id: 'rec', kind: 'capture', canFinish: true, title: 'Record “x”' }),
    'power.finish': () => job({ id: 'rec', kind: 'capture', canFinish: true, state: 'done' }),
    'power.delete': () => null,
    'power.import': () => job({ id: 'read', kind: 'capture' }),
  });
  const { shell } = shellDouble();
  if (!operates) (shell.has as Set<string>).delete('operate');
  const pinia = createPinia();
  const view = mount(PowerView, {
    attachTo: document.body,
    global: {
      plugins: [pinia],
      provide: { [labKey as symbol]: { client: lab, shell } },
      stubs: { RouterLink: RouterLinkStub },
    },
  });
  useJobs(pinia);
  await flushPromises();
  const asked = (name: string) => lab.asked.filter((one) => one.name === name).map(({ params }) => params);
  const press = async (text: string) => {
    const button = view.findAll('button').find((one) => one.text() === text);
    if (!button) expect.fail(`There is no button “${text}”.`);
    await button.trigger('click');
    await flushPromises();
  };
  return { lab, view, asked, press };
}

describe('the power view', () => {
  it('says what to do where there is no capture yet', async () => {
    const { view } = await shown([]);
    expect(view.text()).toContain('No capture yet');
    expect(view.text()).toContain('Read a file as a capture');
  });

  it('draws the newest capture whole, and another over it once that is chosen', async () => {
    const { view, asked } = await shown([capture(), capture({ id: 'two', name: 'second run' })]);
    expect(asked('power.envelope').at(-1)).toMatchObject({ captureId: 'one', from: 0, to: 200_000 });
    await view.get('input[aria-label="Lay second run over it"]').setValue(true);
    await flushPromises();
    expect(asked('power.envelope').slice(-2)).toMatchObject([{ captureId: 'one' }, { captureId: 'two' }]);
    expect(view.get('[role="img"]').attributes('aria-label')).toContain(
      'first run: 20.0 µA to 5.00 mA; second run: 20.0 µA to 5.00 mA',
    );
  });

  it('looks closer by its buttons, and at all of it again', async () => {
    const { view, asked, press } = await shown([capture()]);
    await view.get('button[aria-label="Closer"]').trigger('click');
    await flushPromises();
    expect(asked('power.envelope').at(-1)).toMatchObject({ from: 50_000, to: 150_000 });
    await press('All of it');
    expect(asked('power.envelope').at(-1)).toMatchObject({ from: 0, to: 200_000 });
  });

  it('tells the energy of each inference and how far it may be off, and where the figures come from', async () => {
    const { view, asked } = await shown([capture()]);
    const [pin] = view.findAll('input[placeholder="none"]');
    await pin!.setValue(0);
    await view.get('input[placeholder="features=1,encoder=2"]').setValue('encoder=2');
    const button = view.findAll('button').find((one) => one.text() === 'Work it out')!;
    button.element.closest('form')!.dispatchEvent(new Event('submit'));
    await flushPromises();
    expect(asked('power.energy')).toEqual([
      { captureId: 'one', from: 0, to: 200_000, pin: 0, stages: [{ name: 'encoder', pin: 2 }] },
    ]);
    expect(view.text()).toContain('252 µJ ± 27.0 µJ (10.7 %)');
    expect(view.text()).toContain('1 inference, 1 cut off at the ends');
    expect(view.text()).toContain('input 2 is never high within an inference');
    expect(view.findAll('.source.measured').length).toBeGreaterThan(1);
    expect(view.findAll('.source.modelled')).toHaveLength(1);
  });

  it('follows a recording as it goes on', async () => {
    const { lab, asked } = await shown([capture({ state: 'recording', samples: 3_000_000 })]);
    expect(asked('power.envelope').at(-1)).toMatchObject({ from: 2_000_000, to: 3_000_000 });
    lab.raise('capture', capture({ state: 'recording', samples: 3_100_000 }));
    await flushPromises();
    expect(asked('power.envelope').at(-1)).toMatchObject({ from: 2_100_000, to: 3_100_000 });
  });

  it('records with what the form says', async () => {
    const { view, asked } = await shown([]);
    const inputs = view.findAll('form input');
    await inputs[0]!.setValue('a run');
    await inputs[1]!.setValue('/dev/ttyACM0');
    await view.findAll('form select')[1]!.setValue('high');
    await view.get('form').trigger('submit');
    await flushPromises();
    expect(asked('power.record')).toEqual([
      {
        ...{ portId: '/dev/ttyACM0', name: 'a run', mode: 'ampere', millivolts: 3300 },
        trigger: { on: 'high', level: 0, pin: 0, beforeS: 0.1 },
      },
    ]);
  });

  it('asks before a capture goes for good', async () => {
    const { view, asked } = await shown([capture()]);
    await view.get('button[aria-label="Delete first run"]').trigger('click');
    await flushPromises();
    const yes = [...document.body.querySelectorAll('button')].find(
      (one) => one.textContent.trim() === 'Delete',
    );
    yes!.click();
    await flushPromises();
    expect(asked('power.delete')).toEqual([{ captureId: 'one' }]);
  });

  it('lets who may only look neither record nor delete', async () => {
    const { view } = await shown([capture()], false);
    expect(view.text()).not.toContain('Record');
    expect(view.text()).not.toContain('Delete');
    expect(view.text()).toContain('first run');
  });
});
