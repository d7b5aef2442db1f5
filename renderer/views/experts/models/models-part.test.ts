// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils';
import { createPinia } from 'pinia';
import type { Component } from 'vue';
import { beforeEach, describe, expect, it } from 'vitest';
import '../../../test/browser-parts.ts';
import { CurlewError } from '../../../../main/contract/error.ts';
import { labKey } from '../../../stores/lab.ts';
import { useBoards } from '../../../stores/boards.ts';
import { useExperts } from '../../../stores/experts.ts';
import { useOwnModels } from '../../../stores/own-models.ts';
import { board, expert, job, LabDouble, ownModel, shellDouble } from '../../../test/lab-double.ts';
import RecordingsView from '../../recordings/RecordingsView.vue';
import ModelsPart from './ModelsPart.vue';

beforeEach(() => localStorage.clear());

async function show(component: Component, models = [ownModel()]) {
  const lab = new LabDouble({
    'boards.list': () => [board()],
    'ports.list': () => ({ ports: [], problem: null }),
    'experts.list': () => [expert()],
    'models.list': () => models,
    'models.add': ({ path }) => {
      if (path === '/bad.onnx') throw new CurlewError('MODEL_UNFIT', 'It tells no sampleRate.');
      return ownModel();
    },
    'models.remove': () => null,
    'classify.start': () => job({ kind: 'classify' }),
    'jobs.list': () => [],
  });
  const pinia = createPinia();
  const wrapper = mount(component, {
    global: {
      plugins: [pinia],
      provide: { [labKey as symbol]: { client: lab, shell: shellDouble().shell } },
      stubs: { SourcePicker: true, FolderBrowser: true },
    },
    attachTo: document.body,
  });
  await Promise.all([useBoards(pinia).load(), useExperts(pinia).load(), useOwnModels(pinia).load()]);
  await flushPromises();
  return { lab, wrapper };
}

describe('models of one’s own', () => {
  it('are shown with what they take, give, and how fast they were found to be', async () => {
    const { wrapper } = await show(ModelsPart);
    const text = wrapper.get('section[aria-labelledby="model-model-marsh-birds"]').text();
    for (const part of [
      'Marsh birds',
      'windows of 3 s at 48,000 Hz',
      'logits, sigmoid',
      'rail, snipe, and 6,520 more',
    ])
      expect(text.replace(/\s+/g, ' ')).toContain(part);
    expect(text).toContain('60 ms a window, 50 × real time');
    expect(text).toContain('measured');
  });

  it('are added by their file, and the sentence of one that is refused is shown', async () => {
    const { lab, wrapper } = await show(ModelsPart, []);
    await wrapper.get('#model-path').setValue('/bad.onnx');
    await wrapper.get('form').trigger('submit');
    await flushPromises();
    expect(wrapper.text()).toContain('It tells no sampleRate.');
    await wrapper.get('#model-path').setValue('/birds.onnx');
    await wrapper.get('form').trigger('submit');
    await flushPromises();
    expect(lab.asked.at(-1)).toEqual({ name: 'models.add', params: { path: '/birds.onnx' } });
  });

  it('classify recordings in place of the bench’s expert, with their own hop', async () => {
    localStorage.setItem('curlew.recordings.paths', JSON.stringify(['/r']));
    localStorage.setItem('curlew.recordings.settings', JSON.stringify({ hopFrames: 24, threshold: 0.75 }));
    const { lab, wrapper } = await show(RecordingsView);
    expect(wrapper.get('button.primary').text()).toBe('Classify with esc10-b4');
    await wrapper.get('#classify-model').setValue('model:marsh-birds');
    expect(wrapper.get('button.primary').text()).toBe('Classify with Marsh birds');
    expect(wrapper.find('#set-hopFrames').exists()).toBe(false);
    await wrapper.get('button.primary').trigger('click');
    await flushPromises();
    expect(lab.asked.find(({ name }) => name === 'classify.start')?.params).toMatchObject({
      modelId: 'model:marsh-birds',
      settings: { threshold: 0.75 },
    });
    expect(JSON.stringify(lab.asked)).not.toContain('hopFrames');
  });
});
