// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { expect, it } from 'vitest';
import { testFile } from '../../../test/fixtures/classified.ts';
import { labKey } from '../../stores/lab.ts';
import { job, LabDouble, shellDouble } from '../../test/lab-double.ts';
import FileTable from './FileTable.vue';

it('tells of a damaged recording beside its class, and counts it', async () => {
  const lab = new LabDouble({
    'classify.files': () => [
      testFile(0, '/card/cut.wav', {
        label: 'rooster',
        notes: [{ code: 'cut-short', level: 'damaged', text: 'It ends early.' }],
      }),
      testFile(1, '/card/whole.wav'),
    ],
  });
  const wrapper = mount(FileTable, {
    global: {
      plugins: [createPinia()],
      provide: { [labKey as symbol]: { client: lab, shell: shellDouble().shell } },
    },
  });
  lab.raise('job', job({ id: 'j', kind: 'classify', state: 'done', createdMs: 1 }));
  await flushPromises();
  const [cut, whole] = wrapper.findAll('tbody tr').map((row) => row.text());
  expect(cut).toContain('rooster');
  expect(cut).toContain('It ends early.');
  expect(whole).not.toContain('It ends early.');
  expect(wrapper.get('header').text()).toContain('1 damaged');
});
