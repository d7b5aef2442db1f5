import { describe, expect, it } from 'vitest';
import { dataSet, LabDouble } from '../test/lab-double.ts';
import { withLab } from '../test/mount.ts';
import { useDataSet } from './data-set.ts';
import { draftProblems, newDraft, numbersIn, useStudyDraft } from './study-draft.ts';

describe('lists of numbers as they are typed', () => {
  it('are taken with commas, semicolons and spaces, and refused whole where one is no number', () => {
    expect(numbersIn('640, 320')).toEqual([640, 320]);
    expect(numbersIn(' 1 0.3;3 ')).toEqual([1, 0.3, 3]);
    expect(numbersIn('1, x')).toBeNull();
    expect(numbersIn('  ')).toBeNull();
  });
});

describe('the draft of a study', () => {
  it('is sound as it comes, but for the name that only the person can give', () => {
    expect(Object.keys(draftProblems(newDraft()))).toEqual(['name']);
  });

  it.each([
    ['name', { name: 'My Bank' }],
    ['bank', { bank: [] }],
    ['bank', { bank: ['q1', 'ternary', 'popcount', 'q2', 'q4', 'q8', 'ptq-mse', 'q16', 'float'] }],
    ['hidden', { hidden: '640, 2.5' }],
    ['alphas', { alphas: '-1' }],
    ['cascade', { cascade: 'statistics' }],
    ['cascade', { cascade: 'statistics, statistics' }],
    ['epochs', { epochs: '' }],
    ['gramsPerKwh', { gramsPerKwh: '' }],
  ])('says at %s what is wrong with %o', (field, changes) => {
    expect(Object.keys(draftProblems({ ...newDraft(), name: 'mine', ...changes }))).toEqual([field]);
  });

  it('asks for what stands in the form, the data set as it was looked at', async () => {
    const lab = new LabDouble({ 'datasets.inspect': () => dataSet() });
    withLab(lab);
    const set = useDataSet();
    const { draft, ...study } = useStudyDraft();
    set.path = ' /field ';
    set.layout = 'folders';
    await set.inspect();
    expect(lab.asked.at(-1)?.params).toEqual({ path: '/field', layout: 'folders', variant: 'all' });
    Object.assign(draft, { name: 'mine', bank: ['q4', 'q8'], hidden: '16 8', epochs: 3, heldOutFold: 2 });
    draft.augmentation = ['gain', 'masks'];
    expect(study.trainParams()).toEqual({
      path: '/field',
      layout: 'folders',
      variant: 'all',
      name: 'mine',
      heldOutFold: 2,
      encoder: 'auto',
      augmentation: ['gain', 'masks'],
      bank: ['q4', 'q8'],
      hidden: [16, 8],
      seed: 1,
      epochs: 3,
      patience: 15,
      alpha: 1,
      passes: 10,
      topK: 1,
      cascade: [],
    });
    Object.assign(draft, { others: ['q4', 'float'], board: 'none', gridOrigin: ' ' });
    expect(study.evaluateParams()).toMatchObject({
      ...{ others: ['float'], alphas: [1, 0.3, 3], board: 'none' },
      ...{ patience: 15, passes: 10, topK: 1, resamples: 2000 },
    });
    draft.cascade = 'statistics esc10-encoder-small';
    expect(study.evaluateParams().cascade).toEqual(['statistics', 'esc10-encoder-small']);
    expect(study.evaluateParams()).not.toHaveProperty('gridOrigin');
  });

  it('holds out no fold that the data set does not have', async () => {
    let folds = dataSet().folds;
    withLab(new LabDouble({ 'datasets.inspect': () => dataSet({ folds }) }));
    const set = useDataSet();
    const { draft } = useStudyDraft();
    await set.inspect();
    draft.heldOutFold = 2;
    folds = [{ fold: 1, clips: 9, sources: 8 }];
    await set.inspect();
    expect(draft.heldOutFold).toBeNull();
  });
});

describe('a data set that was looked at', () => {
  it('is not taken for another folder’s, whichever answer comes last', async () => {
    const answers: ((info: ReturnType<typeof dataSet>) => void)[] = [];
    withLab(new LabDouble({ 'datasets.inspect': () => new Promise((resolve) => answers.push(resolve)) }));
    const set = useDataSet();
    set.path = '/first';
    const first = set.inspect();
    set.path = '/second';
    const second = set.inspect();
    answers[1]!(dataSet({ name: 'second' }));
    answers[0]!(dataSet({ name: 'first' }));
    await Promise.all([first, second]);
    expect(set.info?.name).toBe('second');
    set.variant = 'esc10';
    expect(set.info).toBeNull();
  });
});
