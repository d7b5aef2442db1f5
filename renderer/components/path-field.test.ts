// @vitest-environment jsdom
import { DOMWrapper, flushPromises, mount } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ShellCapabilities } from '../../main/contract/client.ts';
import { labKey } from '../stores/lab.ts';
import { remember } from '../stores/memory.ts';
import { LabDouble, shellDouble } from '../test/lab-double.ts';
import PathField from './PathField.vue';

const listing = {
  path: '/home/ada',
  parent: null,
  entries: [
    { name: 'sounds', path: '/home/ada/sounds', folder: true, bytes: 0 },
    { name: 'ears.onnx', path: '/home/ada/ears.onnx', folder: false, bytes: 1000 },
  ],
};

function show(props: Partial<InstanceType<typeof PathField>['$props']>, picks?: Partial<ShellCapabilities>) {
  const lab = new LabDouble({ 'files.browse': () => listing });
  const { shell } = shellDouble();
  const given = { ...shell, ...picks, has: new Set([...shell.has, ...(picks?.has ?? [])]) };
  const wrapper = mount(PathField, {
    props: { id: 'p', label: 'ONNX file', pick: 'file', modelValue: '', ...props },
    global: { plugins: [createPinia()], provide: { [labKey as symbol]: { client: lab, shell: given } } },
  });
  return { wrapper, lab, chosen: () => wrapper.emitted('update:modelValue')?.at(-1)?.[0] };
}
const dialog = () => new DOMWrapper(document.querySelector('[role="dialog"]')!);
const press = async (text: string) => {
  await dialog()
    .findAll('button')
    .find((one) => one.text().startsWith(text))!
    .trigger('click');
  await flushPromises();
};

describe('a field for a path', () => {
  beforeEach(() => remember('recordings.folder', '/home/ada'));
  afterEach(() => document.body.replaceChildren());

  it('uses the shell’s dialog where it has one, for the kind of files that is wanted', async () => {
    const asked: unknown[] = [];
    const pickFiles = async (...given: unknown[]) => (asked.push(given), ['/a.onnx']);
    const { wrapper, chosen } = show({ of: 'onnx' }, { has: new Set(['pickFiles']), pickFiles });
    await wrapper.get('button').trigger('click');
    await flushPromises();
    expect([asked, chosen()]).toEqual([[['onnx', false]], '/a.onnx']);
  });

  it('keeps what stands there when the person cancels', async () => {
    const pickFolder = async () => null;
    const { wrapper, chosen } = show(
      { pick: 'folder', modelValue: '/old' },
      { has: new Set(['pickFolder']), pickFolder },
    );
    await wrapper.get('button').trigger('click');
    await flushPromises();
    expect(chosen() ?? '/old').toBe('/old');
  });

  it('shows the lab’s folders where the shell has no dialog: one file of the kind', async () => {
    const { wrapper, lab, chosen } = show({ of: 'onnx' });
    await wrapper.get('button').trigger('click');
    await flushPromises();
    expect(lab.asked.at(-1)).toEqual({ name: 'files.browse', params: { path: '/home/ada', kind: 'onnx' } });
    await dialog().get('input[type="radio"]').setValue(true);
    await press('Choose 1 file');
    expect(chosen()).toBe('/home/ada/ears.onnx');
  });

  it('shows every file where the person asks for it', async () => {
    const { wrapper, lab } = show({ of: 'onnx' });
    await wrapper.get('button').trigger('click');
    await flushPromises();
    await dialog().get('input[type="checkbox"]').setValue(true);
    await flushPromises();
    expect(lab.asked.at(-1)?.params).toEqual({ path: '/home/ada', kind: 'all' });
  });

  it('leaves a folder that is typed while the first one is still being opened', async () => {
    let answer = (): void => undefined;
    const { wrapper, lab } = show({ of: 'onnx' });
    const opened = new Promise<void>((resolve) => (answer = resolve));
    lab.handlers['files.browse'] = () => opened.then(() => listing);
    await wrapper.get('button').trigger('click');
    await flushPromises();
    const folder = dialog().get<HTMLInputElement>('[aria-label="Folder"]');
    await folder.setValue('/home/ada/sounds');
    answer();
    await flushPromises();
    expect(folder.element.value).toBe('/home/ada/sounds');
    await dialog().get('form').trigger('submit');
    expect(lab.asked.at(-1)?.params).toEqual({ path: '/home/ada/sounds', kind: 'onnx' });
  });

  it('takes a folder and a file name for what is to be written', async () => {
    const { wrapper, chosen } = show({ pick: 'place', of: 'bank', name: 'own.curlew-bank' });
    await wrapper.get('button').trigger('click');
    await flushPromises();
    const name = dialog().get<HTMLInputElement>('#browsed-name');
    expect(name.element.value).toBe('own.curlew-bank');
    await name.setValue('a/b');
    expect(dialog().findAll('footer button').at(-1)!.attributes('disabled')).toBeDefined();
    await name.setValue('mine.curlew-bank');
    await press('Choose this place');
    expect(chosen()).toBe('/home/ada/mine.curlew-bank');
  });
});
