// @vitest-environment jsdom
import { DOMWrapper, flushPromises, mount, RouterLinkStub } from '@vue/test-utils';
import { createPinia } from 'pinia';
import type { Component } from 'vue';
import { describe, expect, it, vi } from 'vitest';
import { CurlewError } from '../../../main/contract/error.ts';
import { useBoards } from '../../stores/boards.ts';
import { useDataSet } from '../../stores/data-set.ts';
import { useExperts } from '../../stores/experts.ts';
import { labKey } from '../../stores/lab.ts';
import { useStudyDraft } from '../../stores/study-draft.ts';
import {
  board,
  dataSet,
  encoder,
  expert,
  job,
  LabDouble,
  router,
  shellDouble,
} from '../../test/lab-double.ts';
import BanksPart from './banks/BanksPart.vue';
import EncoderList from './banks/EncoderList.vue';
import DataSetPanel from './DataSetPanel.vue';
import EvaluateForm from './evaluate/EvaluateForm.vue';
import EvaluatePart from './evaluate/EvaluatePart.vue';
import { expertKinds } from '../../../models/study/kinds.ts';
import CheckList from './CheckList.vue';
import TrainForm from './train/TrainForm.vue';
import TrainPart from './train/TrainPart.vue';

// Its charts are drawn by a browser.
vi.mock('./train/LossCurves.vue', () => ({ default: { render: () => null } }));

const own = expert({ id: 'tiny-q4', bank: 'tiny', name: 'tiny 4-bit', heldOutFold: null });
const ternary = expert({ id: 'esc10-t', name: 'esc10 ternary', precision: 'ternary', bits: Math.log2(3) });

const labDouble = (boards = [board()]) =>
  new LabDouble({
    'boards.list': () => boards,
    'boards.machines': () => [{ name: 'mps2-an386', title: 'Cortex-M4' }],
    'ports.list': () => ({ ports: [], problem: null }),
    'experts.list': () => [expert(), ternary, own],
    'experts.routers': () => [router()],
    'experts.deleteBank': () => null,
    'deploy.start': () => job(),
    'datasets.inspect': ({ path }) => {
      if (path === '/none') throw new CurlewError('FOLDER_EMPTY', '/none holds no data set.');
      return dataSet();
    },
    'train.start': () => job({ kind: 'train' }),
    'train.curves': () => ({}),
    'evaluate.start': () => job({ kind: 'evaluate' }),
    'evaluate.bank': () => job({ kind: 'evaluate' }),
    'jobs.list': () => [],
  });

async function show(component: Component, lab = labDouble(), props: object = {}) {
  const pinia = createPinia();
  const wrapper = mount(component, {
    props,
    global: {
      plugins: [pinia],
      provide: { [labKey as symbol]: { client: lab, shell: shellDouble().shell } },
      stubs: { RouterLink: RouterLinkStub },
    },
  });
  await useBoards(pinia).load();
  await useExperts(pinia).load();
  await flushPromises();
  return { wrapper, lab, pinia };
}

describe('encoders', () => {
  it('say how much of a board’s memory they take, and which layers are computed by rows', async () => {
    const encoders = [
      encoder({ id: 'a' }),
      encoder({ id: 'b', memory: { fusedLayers: 11, arenaBytes: 37_056 } }),
      encoder({ id: 'c', memory: null }),
    ];
    const { wrapper } = await show(EncoderList, labDouble(), { encoders });
    const rows = wrapper.findAll('tbody tr').map((row) => row.findAll('td')[4]!.text());
    expect(rows).toEqual([
      expect.stringMatching(/^49\.2.kB$/),
      expect.stringMatching(/^37\.1.kB\s*layers 1 to 11 computed by rows$/),
      'not known',
    ]);
  });
});

describe('the banks', () => {
  it('say of each expert its precision and what its figures are of', async () => {
    const { wrapper } = await show(BanksPart);
    const rows = wrapper.findAll('tbody tr').map((row) => row.findAll('td').map((cell) => cell.text()));
    expect(rows.map((row) => [row[1], row[5]])).toEqual([
      ['router of 1', 'fold 4, 80 clips'],
      ['4-bit', 'fold 4, 80 clips'],
      ['ternary', 'fold 4, 80 clips'],
      ['4-bit', '80 validation clips'],
    ]);
  });

  it('deploy an expert or a router by its id, and nothing while no board answers', async () => {
    const { wrapper, lab } = await show(BanksPart);
    await wrapper.get('[aria-label="Deploy all of esc10 curiosity router"]').trigger('click');
    expect(lab.asked.at(-1)).toEqual({
      name: 'deploy.start',
      params: { boardId: board().id, expertId: 'esc10-router' },
    });
    const without = await show(BanksPart, labDouble([]));
    const deploy = without.wrapper.get('[aria-label^="Deploy esc10 ternary"]');
    expect(deploy.attributes('disabled')).toBeDefined();
    expect(without.wrapper.text()).toContain('Attach a board first.');
  });

  it('are deleted only when they are one’s own, after it was said what goes and who runs them', async () => {
    const lab = labDouble();
    lab.handlers['experts.bankUse'] = () => ({
      bytes: 1_200_000,
      boards: [{ id: board().id, name: 'heron', away: true }],
      jobs: [],
    });
    const { wrapper } = await show(BanksPart, lab);
    const buttons = wrapper.findAll('header button').filter((one) => one.text() === 'Delete…');
    expect(buttons).toHaveLength(1);
    await buttons[0]!.trigger('click');
    await flushPromises();
    const dialog = document.querySelector('[role="dialog"]')!;
    expect(dialog.textContent).toContain('1 expert (1.20 MB) go');
    expect(dialog.textContent).toContain('heron, away');
    expect(lab.asked.map(({ name }) => name)).not.toContain('experts.deleteBank');
    dialog.querySelector<HTMLButtonElement>('footer .danger')!.click();
    await flushPromises();
    expect(lab.asked).toContainEqual({
      name: 'experts.deleteBank',
      params: { bank: 'tiny', boards: [board().id] },
    });
  });

  it('are not deleted while a job that is not over needs them', async () => {
    const lab = labDouble();
    lab.handlers['experts.bankUse'] = () => ({
      bytes: 1,
      boards: [],
      jobs: [{ id: 'job-1', title: 'Classify /r' }],
    });
    const { wrapper } = await show(BanksPart, lab);
    await wrapper.findAll('header button').at(-1)!.trigger('click');
    await flushPromises();
    const [dialog] = [...document.querySelectorAll('[role="dialog"]')].slice(-1);
    expect(dialog!.textContent).toContain('“Classify /r” is not over');
    expect(dialog!.querySelector<HTMLButtonElement>('footer .danger')!.disabled).toBe(true);
  });

  it('are saved as a file, over one that is there only once the person said so', async () => {
    const lab = labDouble();
    let there = true;
    lab.handlers['experts.export'] = ({ path, overwrite }) => {
      if (there && !overwrite) throw new CurlewError('FILE_EXISTS', `${path} is there already.`);
      there = false;
      return { path, bytes: 1000 };
    };
    const { wrapper } = await show(BanksPart, lab);
    await wrapper
      .findAll('header button')
      .find((one) => one.text() === 'Save as a file…')!
      .trigger('click');
    await flushPromises();
    const dialog = new DOMWrapper([...document.querySelectorAll('[role="dialog"]')].at(-1)!);
    await dialog.get('select').setValue('tiny-q4');
    await dialog.get('#save-tiny-path').setValue('/out/a.curlew-bank');
    await dialog.get('form').trigger('submit');
    await flushPromises();
    await dialog.get('input[type="checkbox"]').setValue(true);
    await dialog.get('form').trigger('submit');
    await flushPromises();
    expect(lab.asked.filter(({ name }) => name === 'experts.export').map(({ params }) => params)).toEqual(
      [false, true].map((overwrite) => ({
        ...{ bank: 'tiny', member: 'tiny-q4', path: '/out/a.curlew-bank', overwrite },
      })),
    );
  });

  it('are taken in from a file, under another name where theirs is taken', async () => {
    const lab = labDouble();
    lab.handlers['experts.import'] = ({ name }) => {
      if (name === undefined) throw new CurlewError('BANK_EXISTS', 'There is another bank “tiny” here.');
      return { bank: name, present: false, experts: 2, routers: 0, encoders: 0 };
    };
    const { wrapper } = await show(BanksPart, lab);
    await wrapper
      .findAll('button')
      .find((one) => one.text() === 'Take in a file…')!
      .trigger('click');
    await flushPromises();
    const dialog = new DOMWrapper([...document.querySelectorAll('[role="dialog"]')].at(-1)!);
    await dialog.get('#import-bank-path').setValue('/in/tiny.curlew-bank');
    await dialog.get('form').trigger('submit');
    await flushPromises();
    expect(dialog.text()).toContain('There is another bank “tiny” here.');
    await dialog.get('#import-bank-name').setValue('theirs');
    await dialog.get('form').trigger('submit');
    await flushPromises();
    expect(lab.asked.at(-1)).toEqual({
      name: 'experts.import',
      params: { path: '/in/tiny.curlew-bank', name: 'theirs' },
    });
  });

  it('follow what another page or the command line does', async () => {
    const lab = labDouble();
    const { wrapper, pinia } = await show(BanksPart, lab);
    useStudyDraft(pinia).draft.encoder = 'tiny-encoder';
    lab.handlers['experts.list'] = () => [expert()];
    lab.raise('banks', null);
    await flushPromises();
    expect(wrapper.text()).not.toContain('tiny');
    expect(useStudyDraft(pinia).draft.encoder).toBe('auto');
  });
});

describe('a data set', () => {
  it('is looked at, and its problems can be read one by one', async () => {
    const { wrapper, lab } = await show(DataSetPanel);
    expect(wrapper.text()).toContain('A folder for each class');
    await wrapper.get('#data-path').setValue('/field');
    await wrapper.get('form').trigger('submit');
    await flushPromises();
    expect(lab.asked.at(-1)?.params).toEqual({ path: '/field', variant: 'all' });
    expect(wrapper.text()).not.toContain('A folder for each class');
    expect(wrapper.get('.problems summary').text()).toContain('Missing file');
    expect(wrapper.get('.problems li').text()).toContain('dog/gone.wav');
  });

  it('is told of in the lab’s own sentence where there is none', async () => {
    const { wrapper } = await show(DataSetPanel);
    await wrapper.get('#data-path').setValue('/none');
    await wrapper.get('form').trigger('submit');
    await flushPromises();
    expect(wrapper.get('[role="alert"]').text()).toBe('/none holds no data set.');
  });

  it('is asked for in no variant but ESC-50’s', async () => {
    const { wrapper, pinia } = await show(DataSetPanel);
    useDataSet(pinia).variant = 'esc10';
    await wrapper.get('#data-layout').setValue('folders');
    expect(useDataSet(pinia).variant).toBe('all');
    expect(wrapper.find('#data-variant').exists()).toBe(false);
  });
});

describe('the kinds of experts', () => {
  it('keep their order of precision, whichever is ticked first', async () => {
    let kinds = ['q16'];
    const { wrapper } = await show(CheckList, labDouble(), {
      choices: expertKinds,
      legend: 'Experts',
      hint: '',
      modelValue: kinds,
      'onUpdate:modelValue': (next: string[]) => (kinds = next),
    });
    await wrapper.findAll('input')[0]!.setValue(true);
    expect(kinds).toEqual(['q1', 'q16']);
  });
});

describe('the forms', () => {
  it('say what is missing until a training can start', async () => {
    const { wrapper, lab, pinia } = await show(TrainForm);
    const start = () => wrapper.get('button.primary');
    expect(wrapper.text()).toContain('Look at the data set first.');
    useDataSet(pinia).path = '/field';
    await useDataSet(pinia).inspect();
    await flushPromises();
    expect(wrapper.text()).toContain('Name the bank.');
    await wrapper.get('#train-name').setValue('Tiny!');
    expect(wrapper.get('#train-name').attributes('aria-invalid')).toBe('true');
    expect(start().attributes('disabled')).toBeDefined();
    await wrapper.get('#train-name').setValue('tiny');
    await wrapper.get('#train-fold').setValue(2);
    await wrapper.get('form').trigger('submit');
    await flushPromises();
    expect(lab.asked.at(-1)).toMatchObject({
      name: 'train.start',
      params: { path: '/field', name: 'tiny', heldOutFold: 2 },
    });
  });

  it('test a bank that is there, with labels called otherwise', async () => {
    const { wrapper, lab, pinia } = await show(EvaluatePart);
    useDataSet(pinia).path = '/field';
    await useDataSet(pinia).inspect();
    await wrapper.get('#evaluate-what').setValue('tiny');
    expect(wrapper.get('#bank-test-title').text()).toBe('Test the bank tiny on recordings');
    await wrapper.get('#bank-test-classes').setValue('bark');
    expect(wrapper.get('#bank-test-classes').attributes('aria-invalid')).toBe('true');
    await wrapper.get('#bank-test-classes').setValue('bark = dog, hum =');
    await wrapper.get('section[aria-labelledby="bank-test-title"] form').trigger('submit');
    await flushPromises();
    const asked = lab.asked.find(({ name }) => name === 'evaluate.bank');
    expect(asked?.params).toMatchObject({
      ...{ path: '/field', bankId: 'tiny', classes: { bark: 'dog', hum: '' }, board: 'virtual' },
    });
  });

  it('warn before an evaluation replaces the bank of an attached board', async () => {
    const { wrapper, pinia } = await show(EvaluateForm);
    expect(wrapper.findAll('#evaluate-board option').map((one) => one.text())).toEqual([
      'a virtual board of its own',
      'Cortex-M4, emulated',
      'heron, attached',
      'none',
    ]);
    expect(wrapper.find('.note.warn').exists()).toBe(false);
    await wrapper.get('#evaluate-board').setValue(board().id);
    expect(wrapper.get('.note.warn').text()).toContain('The bank on heron is replaced');
    await wrapper.get('#evaluate-board').setValue('none');
    expect(wrapper.find('#evaluate-windows').exists()).toBe(false);
    expect(useStudyDraft(pinia).evaluateParams().board).toBe('none');
  });
});

describe('the form of a training', () => {
  const open = (wrapper: Awaited<ReturnType<typeof show>>['wrapper']) =>
    wrapper.get('details.panel').attributes('open') !== undefined;

  it('folds once a training is under way, and starts no second one meanwhile', async () => {
    const lab = labDouble();
    const { wrapper, pinia } = await show(TrainPart, lab);
    expect(open(wrapper)).toBe(true);
    useDataSet(pinia).path = '/field';
    await useDataSet(pinia).inspect();
    await wrapper.get('#train-name').setValue('tiny');
    await wrapper.findAll('form').at(-1)!.trigger('submit');
    await flushPromises();
    expect(open(wrapper)).toBe(false);
    expect(wrapper.get('summary').text()).toBe('Train another bank');
    expect(wrapper.get('button.primary').attributes('disabled')).toBeDefined();
    expect(wrapper.text()).toContain('A training is under way.');
    lab.raise('job', job({ kind: 'train', state: 'failed', finishedMs: Date.now() }));
    await flushPromises();
    expect(open(wrapper)).toBe(true);
  });
});
