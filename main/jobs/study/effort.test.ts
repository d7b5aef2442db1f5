import { expect, test } from 'vitest';
import { studyCostText } from '../../contract/study-cost.ts';
import { trainingThreads } from '../train/train-job.ts';
import { costOfStudy, fitsOf } from './effort.ts';
import { defaultStudyParams } from './params.ts';

const params = { ...defaultStudyParams, path: '/sounds' };

test('trainings are counted as they are made: one for experts that share it, one without each part where a router learns', () => {
  expect(fitsOf({ ...params, bank: ['q4'], others: [] })).toBe(1);
  // two, each three times more for the router, and the router
  expect(fitsOf({ ...params, bank: ['q4', 'q8'], others: [] })).toBe(2 + 6 + 1);
  // both of post-training quantization come from the training of the float one
  expect(
    fitsOf({ ...params, bank: ['q4', 'q8'], others: ['float', 'ptq-mse', 'ptq-minmax', 'linear'] }),
  ).toBe(9 + 2);
});

test('a study takes them for every fold and seed, as long as the last trainings here took for so many clips', () => {
  const asked = { ...params, bank: ['q4', 'q8'], others: [], seeds: 5 };
  const cost = costOfStudy(asked, { folds: 4, clips: 320 }, { fits: 10, clips: 160, seconds: 80 });
  expect(cost).toEqual({ folds: 4, seeds: 5, fits: 180, seconds: (180 * 320 * 0.05) / trainingThreads });
  expect(studyCostText({ ...cost, seconds: 1440 })).toBe(
    '180 trainings (4 folds, 5 seeds): about 24 min of training, by what the last one here took.',
  );
  expect(studyCostText(costOfStudy({ ...asked, seeds: 1 }, { folds: 4, clips: 320 }, null))).toBe(
    '36 trainings (4 folds): how long they take is not known, since nothing was trained here before.',
  );
});
