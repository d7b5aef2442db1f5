// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { expect, it } from 'vitest';
import type { LabInfo } from '../../main/contract/types.ts';
import { labKey } from '../stores/lab.ts';
import { useSession } from '../stores/session.ts';
import { LabDouble, shellDouble } from '../test/lab-double.ts';
import StoreLosses from './StoreLosses.vue';

const info: LabInfo = {
  version: '1',
  shell: 'test',
  role: 'operator',
  dataFolder: '/data',
  openedMs: 0,
  roots: [],
  storeLosses: [],
};

async function show(component: object, lab: LabDouble) {
  const pinia = createPinia();
  const wrapper = mount(component, {
    attachTo: document.body,
    global: {
      plugins: [pinia],
      provide: { [labKey as symbol]: { client: lab, shell: shellDouble().shell } },
    },
  });
  await useSession(pinia).load();
  await flushPromises();
  return wrapper;
}

it('says what the store has lost until it has been read, and what it loses later', async () => {
  const storeLosses = ['Lost: 2 of 3 rows of jobs.'];
  const lab = new LabDouble({ 'lab.info': () => ({ ...info, storeLosses: [...storeLosses] }) });
  const wrapper = await show(StoreLosses, lab);
  expect(wrapper.text()).toContain('Lost: 2 of 3 rows of jobs.');
  await wrapper.get('button').trigger('click');
  expect(wrapper.text()).toBe('');
  storeLosses.push('Lost: all 7 rows of boards.');
  lab.raise('log', {
    number: 1,
    count: 1,
    atMs: 1,
    level: 'error',
    subject: null,
    text: 'Lost: all 7 rows of boards.',
  });
  await flushPromises();
  expect(wrapper.text()).toContain('Lost: all 7 rows of boards.');
  expect(wrapper.text()).not.toContain('jobs');
});
