import { describe, expect, it } from 'vitest';
import type { Clip, Dataset } from '../../../datasets/dataset.ts';
import { matchLabels } from './match-labels.ts';

const clip = (name: string, label: number): Clip => ({
  ...{ name, path: `/field/${name}`, label, fold: 1, source: name },
  ...{ title: '', author: '', url: '', licence: '', labelledBy: '' },
});
const dataset: Dataset = {
  ...{ folder: '/field', layout: 'folders', variant: 'all', folds: [1], officialFolds: false, problems: [] },
  classes: ['bark', 'rain', 'hum'],
  clips: [clip('a', 0), clip('b', 1), clip('c', 2), clip('d', 0)],
  ...{ found: 4, outsideVariant: 0 },
};
const bank = ['dog', 'rain', 'saw'];

describe('labels of recordings and classes of a bank', () => {
  it('are the same where they are called the same or are renamed; others are left out by name', () => {
    const { classes, clips, problems } = matchLabels(dataset, bank, { bark: 'dog' });
    expect(classes).toEqual(['dog', 'rain']);
    expect(clips.map(({ name, label }) => [name, label])).toEqual([
      ['a', 0],
      ['b', 1],
      ['d', 0],
    ]);
    expect(problems).toMatchObject([{ kind: 'other-label', name: 'c', outcome: 'left-out' }]);
    expect(problems[0]!.message).toContain('hum');
  });

  it('are left out where they are renamed to nothing', () => {
    const { clips, problems } = matchLabels(dataset, bank, { rain: '', bark: 'dog' });
    expect(clips.map(({ name }) => name)).toEqual(['a', 'd']);
    expect(problems.map(({ name }) => name)).toEqual(['b', 'c']);
  });

  it.each([
    ['a label that is not there', { brak: 'dog' }],
    ['a class that is not there', { bark: 'dgo' }],
    ['no label that the bank knows', { rain: '' }],
  ])('are refused for %s', (_, renamed) => {
    expect(() => matchLabels(dataset, bank, renamed)).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID' }),
    );
  });
});
