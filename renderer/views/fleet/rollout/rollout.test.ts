// @vitest-environment jsdom
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { expect, it } from 'vitest';
import type { Rollout } from '../../../../main/contract/types.ts';
import { settingWords } from '../../../../main/fleet/contract/setting-words.ts';
import { noDetails } from '../../../../main/fleet/contract/wanted.ts';
import { useBoards } from '../../../stores/boards.ts';
import { useDetails } from '../../../stores/details.ts';
import { useExperts } from '../../../stores/experts.ts';
import { useFleetTable } from '../../../stores/fleet/table.ts';
import { labKey } from '../../../stores/lab.ts';
import { board, expert, LabDouble, shellDouble } from '../../../test/lab-double.ts';
import RolloutsPanel from './RolloutsPanel.vue';

const rollout: Rollout = {
  ...{ id: 'r1', name: 'Night bank', createdMs: 0, by: 'page', target: 'the whole fleet', boards: 3 },
  wanted: { settings: {}, bank: { sha256: 'ab', name: 'night', version: 2, kind: 'expert' } },
  ...{ stage: 0, state: 'awaits approval', goesBack: null, paused: false, seed: 7, jobId: 'j1' },
  ...{ message: 'A person decides whether it goes on.', falseAlarms: 0.05, leastInferences: 500 },
  ...{ leastHours: 24, approve: true, endedMs: null },
  stages: [
    {
      ...{ boards: 1, share: null, state: 'watching', startedMs: 0, endedMs: null, watched: 1, away: 0 },
      ...{ failed: 0, inferences: 600, hours: 25 },
      gates: [
        {
          ...{ gate: 'latency', evidence: 3, threshold: 6, before: 30_000, now: 31_000, boards: 1 },
          ...{ unjudged: [], worst: null },
        },
        {
          ...{
            gate: 'energy',
            evidence: null,
            threshold: 6,
            before: null,
            now: null,
            boards: 0,
            worst: null,
          },
          unjudged: [{ why: 'less than a day of records before', boards: 1 }],
        },
      ],
    },
    {
      ...{ boards: 2, share: 1, state: 'to come', startedMs: null, endedMs: null, watched: 0, away: 0 },
      ...{ failed: 0, inferences: 0, hours: 0, gates: [] },
    },
  ],
};

async function show(answers: ConstructorParameters<typeof LabDouble>[0]) {
  const lab = new LabDouble({ 'experts.list': () => [expert()], ...answers });
  const pinia = createPinia();
  const wrapper = mount(RolloutsPanel, {
    global: {
      plugins: [pinia],
      provide: { [labKey as symbol]: { client: lab, shell: shellDouble().shell } },
    },
  });
  await useExperts(pinia).load();
  await flushPromises();
  return { lab, wrapper, pinia };
}

it('shows the evidence of each gate on its way to a halt, says who is not judged, and lets a person approve', async () => {
  const { lab, wrapper } = await show({
    'rollouts.list': () => [rollout],
    'rollouts.approve': () => ({ ...rollout, state: 'under way', stage: 1 }),
  });
  expect(wrapper.text()).toContain('30.0 ms');
  expect(wrapper.get('meter').attributes('value')).toBe('50');
  expect(wrapper.text()).toContain('1 board not judged: less than a day of records before');
  await wrapper
    .findAll('button')
    .find((one) => one.text() === 'Approve the stage')!
    .trigger('click');
  await flushPromises();
  expect(lab.asked.at(-1)).toEqual({ name: 'rollouts.approve', params: { rolloutId: 'r1' } });
  expect(wrapper.text()).not.toContain('Approve the stage');
});

it('starts a roll-out of a bank with the stages that were typed', async () => {
  const { lab, wrapper } = await show({ 'rollouts.list': () => [], 'rollouts.start': () => rollout });
  await wrapper.get('input[maxlength="100"]').setValue('Night bank');
  await wrapper.get('select[aria-label="Wanted bank"]').setValue(expert().id);
  await wrapper.get('form').trigger('submit');
  await flushPromises();
  expect(lab.asked.at(-1)).toEqual({
    name: 'rollouts.start',
    params: {
      ...{ name: 'Night bank', target: { kind: 'all' }, expertId: expert().id, canaries: 1 },
      ...{ shares: [0.1, 0.5], leastInferences: 500, leastHours: 24, falseAlarms: 0.05, approve: false },
    },
  });
  expect(wrapper.text()).toContain('Night bank');
});

it('starts one of settings, to a site, first on the boards that were chosen in the table, and says what is lacking', async () => {
  const boards = ['a', 'b'].map((id) => board({ id }));
  const details = boards.map(({ id }) => ({ ...noDetails(id), site: 'Reed bed' }));
  const { lab, wrapper, pinia } = await show({
    'rollouts.list': () => [],
    'rollouts.start': () => rollout,
    'boards.list': () => boards,
    'details.list': () => details,
  });
  await useBoards(pinia).load();
  await useDetails(pinia).load();
  await flushPromises();
  const startButton = () => wrapper.findAll('button').find((one) => one.text() === 'Start the roll-out')!;
  await wrapper.get('input[maxlength="100"]').setValue('Slower');
  expect(wrapper.text()).toContain('Choose a bank, or settings.');
  const hop = wrapper.findAll('label').find((one) => one.text() === settingWords.hopSamples[0])!;
  await wrapper.get(`[id="${hop.attributes('for')}"]`).setValue('1');
  expect(wrapper.text()).toContain('No board takes those settings.');
  expect(startButton().attributes('disabled')).toBeDefined();
  await wrapper.get(`[id="${hop.attributes('for')}"]`).setValue('15360');
  await selectOf(wrapper, 'site Reed bed');
  useFleetTable(pinia).chosen = ['b'];
  await flushPromises();
  await selectOf(wrapper, 'the 1 board chosen in the table', 1);
  await wrapper.get('form').trigger('submit');
  await flushPromises();
  expect(lab.asked.at(-1)).toMatchObject({
    name: 'rollouts.start',
    params: {
      target: { kind: 'site', site: 'Reed bed' },
      settings: { hopSamples: 15_360 },
      canaries: ['b'],
    },
  });
  useFleetTable(pinia).chosen = [];
  await wrapper.get('input[maxlength="100"]').setValue('Again');
  expect(wrapper.text()).toContain('Choose boards in the table above.');
  expect(startButton().attributes('disabled')).toBeDefined();
});

/** Chooses what a text says in the select that offers it, or in the one that is so many further down. */
async function selectOf(wrapper: VueWrapper, text: string, which = 0): Promise<void> {
  const select = wrapper
    .findAll('select')
    .filter((one) => one.findAll('option').some((option) => option.text() === text))[which]!;
  const option = select.findAll('option').find((one) => one.text() === text)!;
  await option.setValue(true);
}
