// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { expect, it } from 'vitest';
import type { ClassifiedFile } from '../../../main/contract/types.ts';
import { labKey } from '../../stores/lab.ts';
import { job, LabDouble, shellDouble } from '../../test/lab-double.ts';
import FileTable from './FileTable.vue';

const file = (path: string, damage: string | null): ClassifiedFile => ({
  jobId: 'j',
  path,
  seconds: 4,
  sampleRate: 48_000,
  channels: 1,
  windows: 7,
  classIndex: 0,
  label: 'rooster',
  probability: 0.7,
  damage,
});

it('tells of a damaged recording beside its class, and counts it', async () => {
  const lab = new LabDouble({
    'classify.files': () => [file('/card/cut.wav', 'It ends early.'), file('/card/whole.wav', null)],
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
  expect(cut).toContain('Classified as far as it goes: It ends early.');
  expect(whole).not.toContain('Classified as far');
  expect(wrapper.get('header').text()).toContain('1 damaged');
});
