// @vitest-environment jsdom
import { mount } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { nextTick } from 'vue';
import { beforeEach, describe, expect, it } from 'vitest';
import '../../test/browser-parts.ts';
import { useClassifySettings } from '../../stores/classify-settings.ts';
import { useExperts } from '../../stores/experts.ts';
import { labKey } from '../../stores/lab.ts';
import { expert, LabDouble, shellDouble } from '../../test/lab-double.ts';
import SettingsForm from './SettingsForm.vue';

async function show() {
  const lab = new LabDouble({ 'experts.list': () => [expert()] });
  const pinia = createPinia();
  const wrapper = mount(SettingsForm, {
    global: {
      plugins: [pinia],
      provide: { [labKey as symbol]: { client: lab, shell: shellDouble().shell } },
    },
  });
  await useExperts(pinia).load();
  await nextTick();
  return { wrapper, chosen: useClassifySettings(pinia) };
}

describe('settings of a classification', () => {
  beforeEach(() => localStorage.clear());

  it('are as usual until a person changes them, and are given as far as they are not', async () => {
    const { wrapper, chosen } = await show();
    expect(wrapper.get('summary').text()).toContain('as usual');
    expect(chosen.given()).toEqual({});
    await wrapper.get('#set-threshold').setValue('0.7');
    await wrapper.get('#set-channel').setValue('each');
    await wrapper.get('[aria-label="Least probability of rain"]').setValue('0.9');
    expect(chosen.given()).toEqual({ threshold: 0.7, thresholds: { rain: 0.9 }, channel: 'each' });
    expect(wrapper.get('summary').text()).toContain('3 settings not as usual');
    await wrapper.get('[aria-label="Least probability of rain"]').setValue('');
    expect(chosen.given()).toEqual({ threshold: 0.7, channel: 'each' });
  });

  it('are remembered, and forgotten when all are to be as usual', async () => {
    const first = await show();
    await first.wrapper.get('#set-hopFrames').setValue('24');
    const second = await show();
    expect(second.chosen.given()).toEqual({ hopFrames: 24 });
    second.chosen.reset();
    await nextTick();
    expect((await show()).chosen.given()).toEqual({});
  });

  it('that cannot be are marked, and not remembered', async () => {
    const { wrapper, chosen } = await show();
    await wrapper.get('#set-threshold').setValue('7');
    expect(chosen.problem).toEqual(['threshold']);
    expect(wrapper.get('#set-threshold').attributes('aria-invalid')).toBe('true');
    expect((await show()).chosen.given()).toEqual({});
  });

  it('tell where the recorders stood: a time zone, which must be one, and a table of sites', async () => {
    const { wrapper, chosen } = await show();
    await wrapper.get('#set-timeZone').setValue('Europe/Berln');
    expect(chosen.problem).toEqual(['timeZone']);
    expect(wrapper.get('#hint-timeZone').text()).toContain('There is no such time zone.');
    await wrapper.get('#set-timeZone').setValue('+05:45');
    await wrapper.get('#set-sites').setValue('/card/sites.csv');
    expect(chosen.given()).toEqual({ timeZone: '+05:45', sites: '/card/sites.csv' });
    await wrapper.get('#set-timeZone').setValue('');
    await wrapper.get('#set-sites').setValue(' ');
    expect(chosen.given()).toEqual({});
  });

  it('each say what they do beside them', async () => {
    const { wrapper } = await show();
    for (const field of wrapper.findAll('[aria-describedby]')) {
      expect(wrapper.get(`#${field.attributes('aria-describedby')}`).text()).toMatch(/Usual: /);
    }
  });
});
