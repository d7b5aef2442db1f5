// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils';
import { createPinia } from 'pinia';
import type { Component } from 'vue';
import { describe, expect, it } from 'vitest';
import { createMemoryHistory, createRouter } from 'vue-router';
import '../../test/browser-parts.ts';
import { CurlewError } from '../../../main/contract/error.ts';
import type { RequestParams } from '../../../main/contract/requests.ts';
import type {
  DetectionFilterGiven,
  DetectionSummary,
  Provenance,
  TimelineDay,
} from '../../../main/contract/types.ts';
import { usualSettings } from '../../../main/jobs/classify/contract/settings.ts';
import { testDetection, testFile } from '../../../test/fixtures/classified.ts';
import { useFound } from '../../stores/found.ts';
import { labKey } from '../../stores/lab.ts';
import { job, LabDouble, shellDouble } from '../../test/lab-double.ts';
import ClassSummary from './ClassSummary.vue';
import DetectionTable from './DetectionTable.vue';
import ExportDialog from './ExportDialog.vue';
import FailedFiles from './FailedFiles.vue';
import LabelledSetDialog from './LabelledSetDialog.vue';
import NightTimeline from './NightTimeline.vue';
import ProvenanceDialog from './ProvenanceDialog.vue';

const summary: DetectionSummary = {
  ...{ detections: 12, files: 3, experts: [], sites: [{ site: null, files: 3, recordedS: 180 }] },
  classes: [
    { label: 'curlew', detections: 9, files: 2, seconds: 12, sites: [{ site: null, detections: 9 }] },
    { label: 'rain', detections: 3, files: 1, seconds: 3, sites: [{ site: null, detections: 3 }] },
  ],
  withoutTime: { files: 1, detections: 2 },
};
const nights: TimelineDay[] = [
  {
    day: '2026-06-01',
    hours: [
      { hour: 22, recordedS: 3600, detections: { curlew: 9 } },
      { hour: 2, recordedS: 600, detections: {} },
    ],
  },
];

async function show(component: Component, props: Record<string, unknown> = {}) {
  const exports: unknown[] = [];
  const sets: RequestParams<'detections.labelledSet'>[] = [];
  const lab = new LabDouble({
    'classify.files': ({ after, limit }) =>
      Array.from({ length: 101 }, (_, i) => testFile(i, `/card/${i}.wav`))
        .slice((after ?? -1) + 1)
        .slice(0, limit),
    'classify.provenance': () => made,
    'classify.repeat': () => job({ id: 'again', kind: 'classify', createdMs: 2 }),
    'detections.list': () => ({
      rows: [
        {
          ...testDetection(testFile(0, '/card/a.wav'), 0, { peak: 0.9, confidence: 0.7 }),
          ...{ offsetMinutes: 120, site: null, verdict: 'yes', correctedLabel: null },
          atMs: Date.parse('2026-06-01T20:00:00Z'),
        },
      ],
      total: 1,
    }),
    'detections.classes': () => summary,
    'detections.timeline': ({ after }) => (after ? [] : nights),
    'detections.labelledSet': (params) => {
      sets.push(params);
      if (!params.overwrite) throw new CurlewError('FILE_EXISTS', 'There is such a set.');
      const classes = [{ label: 'Numenius', clips: 9 }];
      return { path: params.path, classes, cut: 9, copied: 0, leftOut: 2, failed: [] };
    },
    'detections.export': (params) => {
      exports.push(params);
      return { name: 'a.csv', mime: 'text/csv', text: 'x', next: null };
    },
    'detections.provenance': ({ from }) => ({
      ...{ name: 'a.run.json', mime: 'application/json' },
      ...(from === undefined ? { text: '{"inputs": [', next: 7 } : { text: ']}', next: null }),
    }),
  });
  const pinia = createPinia();
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: {} }] });
  const { shell, saved } = shellDouble();
  const wrapper = mount(component, {
    props,
    attachTo: document.body,
    global: { plugins: [pinia, router], provide: { [labKey as symbol]: { client: lab, shell } } },
  });
  const found = useFound(pinia);
  lab.raise('job', job({ id: 'job', kind: 'classify', state: 'done', createdMs: 1 }));
  await flushPromises();
  return { wrapper, found, saved, exports, sets };
}

const made: Provenance = {
  ...{ program: 'Curlew', version: '1.2.3', commit: 'abc1234', startedMs: 1e12, finishedMs: 1e12 + 9e4 },
  ...{ paths: ['/card'], modelId: 'esc10-q4', images: [{ role: 'expert', sha256: 'e'.repeat(64) }] },
  settings: { ...usualSettings, threshold: 0.25, thresholds: { rain: 0.9 } },
  sitesSha256: null,
  machine: { processor: 'A processor', cores: 2, platform: 'linux x64' },
  resumes: [{ version: '1.2.4', commit: null, atMs: 1e12 + 5e4 }],
  result: {
    ...{ kind: 'classify', files: 2, failed: 0, copies: 0, leftOut: 0, detections: 9, windows: 99 },
    ...{ audioSeconds: 3600, wallSeconds: 9 },
  },
};

describe('what a run found, on the page', () => {
  it('tells how it was made, of which files, and is made so again', async () => {
    const { wrapper } = await show(ProvenanceDialog, { open: false });
    await wrapper.setProps({ open: true });
    await flushPromises();
    const dialog = document.querySelector('[role="dialog"]')!;
    for (const words of [
      'Curlew 1.2.3, commit abc1234',
      'A processor, 2 threads',
      'e'.repeat(64),
      '400 × real time',
      'Curlew 1.2.4',
    ])
      expect(dialog.textContent).toContain(words);
    const changed = [...dialog.querySelectorAll('dd')].filter((one) =>
      one.textContent?.includes('not as usual'),
    );
    expect(changed.map((one) => one.textContent?.trim())).toEqual([
      '0.25 not as usual',
      'rain 0.9 not as usual',
    ]);
    const rows = () => [...dialog.querySelectorAll('tbody tr')];
    expect(rows()).toHaveLength(100);
    const button = (words: string) =>
      [...dialog.querySelectorAll('button')].find((one) => one.textContent?.includes(words))!;
    button('Later').click();
    await flushPromises();
    expect(rows().map((row) => row.querySelector('td')!.textContent)).toEqual(['/card/100.wav']);
    button('Repeat').click();
    await flushPromises();
    expect(wrapper.emitted('update:open')?.at(-1)).toEqual([false]);
    wrapper.unmount();
  });

  it('is counted by class, and a class that is chosen narrows all to it', async () => {
    const { wrapper, found } = await show(ClassSummary);
    expect(wrapper.findAll('tbody tr').map((row) => row.text())).toEqual([
      expect.stringMatching(/^curlew.*9.*2.*12 s/s),
      expect.stringMatching(/^rain.*3.*1.*3.0 s|^rain/s),
    ]);
    await wrapper.get('[aria-label^="rain"]').trigger('click');
    expect(found.filter).toEqual({ labels: ['rain'] });
    wrapper.unmount();
  });

  it('tells on the timeline nothing detected from not recorded, and an hour narrows to itself', async () => {
    const { wrapper, found } = await show(NightTimeline);
    const cells = wrapper.findAll('tbody button');
    expect(cells.map((cell) => cell.attributes('aria-label'))).toEqual([
      '2026-06-01 22:00: 9 detections in 60 min recorded',
      '2026-06-01 02:00: 0 detections in 10 min recorded',
    ]);
    expect(cells.map((cell) => cell.classes())).toEqual([['step6'], ['step0']]);
    expect(wrapper.findAll('tbody td')).toHaveLength(24);
    // Behind midnight the night is on the next date.
    await cells[1]!.trigger('click');
    await flushPromises();
    expect(found.filter.fromMs).toBe(Date.parse('2026-06-02T02:00:00+02:00'));
    wrapper.unmount();
  });

  it('saves the timeline as a drawing', async () => {
    const { wrapper, saved } = await show(NightTimeline);
    await wrapper.get('header button').trigger('click');
    await flushPromises();
    expect(saved).toMatchObject([{ mime: 'image/svg+xml', text: expect.stringContaining('<svg') as string }]);
    wrapper.unmount();
  });

  it('is a table that says how it is sorted, in the time of the place', async () => {
    const { wrapper, found } = await show(DetectionTable);
    const sorts = () => wrapper.findAll('th[aria-sort]').map((head) => head.attributes('aria-sort'));
    expect(sorts()).toEqual(['ascending', 'none', 'none', 'none', 'none', 'none']);
    expect(wrapper.get('tbody tr').text()).toContain('2026-06-01 22:00:00');
    await wrapper.findAll('.sort')[2]!.trigger('click');
    expect(found.sort).toEqual({ by: 'peak', descending: true });
    expect(sorts()[2]).toBe('descending');
    wrapper.unmount();
  });

  it('is saved as the person filtered it, or only what was reviewed', async () => {
    const { wrapper, found, exports, saved } = await show(ExportDialog, { open: true });
    found.narrow({ labels: ['rain'] } satisfies DetectionFilterGiven);
    await flushPromises();
    const dialog = document.querySelector('[role="dialog"]')!;
    const boxes = [...dialog.querySelectorAll<HTMLInputElement>('input[type="checkbox"]')];
    expect(boxes.map((box) => box.checked)).toEqual([true, false]);
    boxes[1]!.click();
    await flushPromises();
    dialog.querySelector('form')!.dispatchEvent(new Event('submit', { cancelable: true }));
    await flushPromises();
    expect(exports).toEqual([
      {
        ...{ jobId: 'job', format: 'csv', from: undefined },
        filter: { labels: ['rain'], reviewed: ['yes', 'no', 'unsure', 'other'] },
      },
    ]);
    expect(saved).toMatchObject([{ name: 'a.csv' }, { name: 'a.csv.run.json', text: '{"inputs": []}' }]);
    wrapper.unmount();
  });

  it('becomes a labelled set, its classes called otherwise, taken from a probability on, or left out', async () => {
    const { wrapper, found, sets } = await show(LabelledSetDialog, { open: true });
    found.narrow({ sites: [null] });
    await flushPromises();
    const dialog = document.querySelector('[role="dialog"]')!;
    const fill = (name: string, value: string) => {
      const input = dialog.querySelector<HTMLInputElement>(name)!;
      input.value = value;
      input.dispatchEvent(new Event('input'));
    };
    const submit = async () => {
      await flushPromises();
      expect(dialog.querySelector<HTMLButtonElement>('button.primary')!.disabled).toBe(false);
      dialog.querySelector('form')!.dispatchEvent(new Event('submit', { cancelable: true }));
      await flushPromises();
    };
    expect(dialog.querySelector<HTMLButtonElement>('button.primary')!.disabled).toBe(true);
    fill('[aria-label="curlew: its class in the set"]', 'Numenius');
    fill('[aria-label="curlew: from which probability on"]', '0.8');
    fill('[aria-label="rain: its class in the set"]', ' ');
    fill('#label-path', '/home/ada/set');
    await submit();
    const asked = {
      ...{ jobId: 'job', filter: { sites: [null] }, most: 200, path: '/home/ada/set' },
      classes: [
        { label: 'curlew', as: 'Numenius', least: 0.8 },
        { label: 'rain', as: null, least: 0 },
      ],
    };
    expect(sets).toEqual([{ ...asked, overwrite: false }]);
    dialog.querySelector<HTMLInputElement>('input[type="checkbox"]')!.click();
    await submit();
    expect(sets[1]).toEqual({ ...asked, overwrite: true });
    expect(dialog.textContent).toMatch(/9 clips cut\..*2 detections left out: they lie over one/s);
    expect(dialog.textContent).toMatch(/Numenius\s*9/);
    wrapper.unmount();
  });

  it('lists files that could not be used by what was wrong', async () => {
    const failed = (id: number, code: 'FILE_EMPTY' | 'FILE_DAMAGED') =>
      testFile(id, `/card/${id}.wav`, { state: 'failed', error: { code, message: `It is ${id}.` } });
    const files = [failed(0, 'FILE_EMPTY'), failed(1, 'FILE_DAMAGED'), failed(2, 'FILE_DAMAGED')];
    const { wrapper } = await show(FailedFiles, {
      files: [...files, testFile(3, '/card/a.wma', { state: 'leftOut' })],
    });
    expect(wrapper.findAll('h2').map((one) => one.text())).toEqual([
      '2 files: damaged',
      '1 file: empty',
      '1 file: left out: of a format that is not read',
    ]);
    wrapper.unmount();
  });
});
