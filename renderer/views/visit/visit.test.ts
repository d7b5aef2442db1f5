// @vitest-environment jsdom
import { flushPromises, mount, RouterLinkStub } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { expect, it, vi } from 'vitest';
import { CurlewError } from '../../../main/contract/error.ts';
import type { Visit } from '../../../main/contract/types.ts';
import { labKey } from '../../stores/lab.ts';
import { LabDouble, shellDouble } from '../../test/lab-double.ts';
import VisitView from './VisitView.vue';

vi.mock('vue-router', async (original) => ({
  ...(await original<object>()),
  useRoute: () => ({ params: { visitId: 'v1' } }),
}));

const visit: Visit = {
  ...{ id: 'v1', boardId: 'b', boardName: 'Heron', site: 'Reed bed', startedMs: 1000, endedMs: 2000 },
  ...{ sinceMs: null, clock: null, did: ['hop of 1 s'], left: [], by: null, automatic: true },
  found: {
    ...{ records: 1204, missing: 3, gaps: 2, firstMs: 10, lastMs: 20, starts: [] },
    ...{
      leastMillivolts: null,
      lastMillivolts: 3300,
      noiseFloorDb: null,
      highestDb: null,
      clippedShare: null,
    },
  },
};

async function show(lab: LabDouble, savePdf?: (name: string) => Promise<void>) {
  const { shell } = shellDouble();
  const wrapper = mount(VisitView, {
    global: {
      plugins: [createPinia()],
      stubs: { RouterLink: RouterLinkStub },
      provide: { [labKey as symbol]: { client: lab, shell: { ...shell, ...(savePdf && { savePdf }) } } },
    },
  });
  await flushPromises();
  return wrapper;
}

it('shows a visit as it is printed, section by section, without those that nobody knows anything of', async () => {
  const wrapper = await show(new LabDouble({ 'visits.get': () => visit }));
  expect(wrapper.findAll('h2').map((one) => one.text())).toEqual([
    ...['Visit', 'Records', 'Battery', 'Done', 'Notes'],
  ]);
  expect(wrapper.text()).toContain('3 records in 2 gaps');
  const print = vi.spyOn(window, 'print').mockImplementation(() => undefined);
  await wrapper.findAll('button').at(-1)!.trigger('click');
  expect(print).toHaveBeenCalledOnce();
  expect(wrapper.text()).not.toContain('Save as PDF');
});

it('is saved as a PDF, by a name of board and day, where the shell can do that', async () => {
  const names: string[] = [];
  const savePdf = async (name: string) => void names.push(name);
  const wrapper = await show(new LabDouble({ 'visits.get': () => visit }), savePdf);
  await wrapper.findAll('button')[0]!.trigger('click');
  await flushPromises();
  expect(names).toEqual([expect.stringMatching(/^visit-Heron-1970-01-01-\d\d-\d\d\.pdf$/)]);
});

it('says so where the lab keeps no such visit', async () => {
  const lab = new LabDouble({
    'visits.get': () => {
      throw new CurlewError('VISIT_NOT_FOUND', 'The lab keeps no visit v1.');
    },
  });
  expect((await show(lab)).text()).toContain('The lab keeps no visit v1.');
});
