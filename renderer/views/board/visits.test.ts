// @vitest-environment jsdom
import { flushPromises, mount, RouterLinkStub } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { expect, it } from 'vitest';
import type { Visit } from '../../../main/contract/types.ts';
import { labKey } from '../../stores/lab.ts';
import { board, LabDouble, shellDouble } from '../../test/lab-double.ts';
import VisitsPanel from './VisitsPanel.vue';

const visit = (changes: Partial<Visit>): Visit => ({
  ...{ id: '1', boardId: board().id, boardName: 'Heron', site: 'Reed bed', startedMs: 1000, endedMs: 2000 },
  ...{ sinceMs: null, clock: null, did: [], left: [], by: null, automatic: false },
  found: {
    ...{
      records: 1204,
      missing: 3,
      gaps: 2,
      firstMs: 10,
      lastMs: 20,
      starts: [{ cause: 'watchdog', count: 2 }],
    },
    ...{
      leastMillivolts: 3105,
      lastMillivolts: 3300,
      noiseFloorDb: -61.26,
      highestDb: null,
      clippedShare: 0,
    },
  },
  ...changes,
});

it('shows what was found, done and left, the newest visit first, and makes another', async () => {
  const lab = new LabDouble({
    'visits.list': () => [visit({})],
    'visits.make': () => visit({ id: '2', startedMs: 5000, left: ['night, version 2 is on trial'] }),
  });
  const wrapper = mount(VisitsPanel, {
    props: { board: board() },
    global: {
      plugins: [createPinia()],
      stubs: { RouterLink: RouterLinkStub },
      provide: { [labKey as symbol]: { client: lab, shell: shellDouble().shell } },
    },
  });
  await flushPromises();
  const cells = wrapper.findAll('tr').map((row) => row.text());
  expect(cells).toContain('missing3 records in 2 gaps');
  expect(cells).toContain('starts2 by watchdog');
  expect(cells).toContain('noise floor-61.3 dBFS');
  expect(cells.some((text) => text.startsWith('highest level'))).toBe(false);
  await wrapper.get('header button').trigger('click');
  await flushPromises();
  const sheets = wrapper.findAll('details');
  expect(sheets).toHaveLength(2);
  expect(sheets[0]!.text()).toContain('night, version 2 is on trial');
});
