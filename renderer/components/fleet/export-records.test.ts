// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { expect, it } from 'vitest';
import { labKey } from '../../stores/lab.ts';
import { board, LabDouble, shellDouble } from '../../test/lab-double.ts';
import ExportRecords from './ExportRecords.vue';

it('gives who may only look a board’s CSV where they are, all its pieces, and asks for nothing to be written', async () => {
  const lab = new LabDouble({
    'telemetry.table': ({ from }) => ({
      ...{
        name: 'heron-minutes.csv',
        mime: 'text/csv',
        text: from === undefined ? 'Board\r\n' : 'heron\r\n',
      },
      next: from === undefined ? 7 : null,
    }),
  });
  const { shell, saved } = shellDouble();
  const looks = { ...shell, has: new Set([...shell.has].filter((one) => one !== 'operate')) };
  const wrapper = mount(ExportRecords, {
    props: { board: board(), open: true },
    attachTo: document.body,
    global: { plugins: [createPinia()], provide: { [labKey as symbol]: { client: lab, shell: looks } } },
  });
  await flushPromises();
  const form = document.querySelector('form')!;
  expect(form.querySelector('#records-path')).toBeNull();
  const level = form.querySelector<HTMLSelectElement>('#records-level')!;
  level.value = 'minutes';
  level.dispatchEvent(new Event('change'));
  form.dispatchEvent(new Event('submit'));
  await flushPromises();
  expect(saved).toEqual([{ name: 'heron-minutes.csv', mime: 'text/csv', text: 'Board\r\nheron\r\n' }]);
  expect(lab.asked.map(({ name, params }) => [name, params])).toEqual([
    ['telemetry.table', { boardId: board().id, level: 'minutes' }],
    ['telemetry.table', { boardId: board().id, level: 'minutes', from: 7 }],
  ]);
  wrapper.unmount();
});
