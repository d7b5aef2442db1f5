// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { beforeEach, describe, expect, it } from 'vitest';
import { labKey } from '../../stores/lab.ts';
import { useRecordings } from '../../stores/recordings.ts';
import { LabDouble, shellDouble } from '../../test/lab-double.ts';
import SourcePicker from './SourcePicker.vue';

function show(picks?: Parameters<typeof shellDouble>[0]) {
  const pinia = createPinia();
  const { shell } = shellDouble(picks);
  const wrapper = mount(SourcePicker, {
    global: { plugins: [pinia], provide: { [labKey as symbol]: { client: new LabDouble(), shell } } },
  });
  return { wrapper, recordings: useRecordings(pinia), buttons: () => wrapper.findAll('.body > button') };
}

describe('choosing recordings', () => {
  beforeEach(() => localStorage.clear());

  it('uses the shell’s dialogs where it has them, and keeps each path once', async () => {
    const { buttons, recordings } = show({ files: ['/a.wav', '/b.wav'], folder: '/field' });
    expect(buttons().map((button) => button.text())).toEqual(['Choose files…', 'Choose folder…']);
    for (const index of [0, 1, 0]) {
      await buttons()[index]!.trigger('click');
      await flushPromises();
    }
    expect(recordings.paths).toEqual(['/a.wav', '/b.wav', '/field']);
  });

  it('changes nothing when the person cancels', async () => {
    const { buttons, recordings } = show({ files: [], folder: null });
    for (const button of buttons()) await button.trigger('click');
    await flushPromises();
    expect(recordings.paths).toEqual([]);
  });

  it('offers the lab’s own folders where the shell has no dialogs', () => {
    const { buttons } = show();
    expect(buttons().map((button) => button.text())).toEqual(['Choose files or a folder…']);
  });

  it('takes a path away again', async () => {
    const { wrapper, recordings } = show();
    recordings.paths = ['/field', '/b.wav'];
    await flushPromises();
    await wrapper.get('[aria-label="Remove /field"]').trigger('click');
    expect(recordings.paths).toEqual(['/b.wav']);
  });
});
