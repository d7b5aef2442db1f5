import { expect, test } from 'vitest';
import { namesNotInRun } from './names-not-in-run.ts';

const whole = {
  classes: [
    { label: 'dog', detections: 2, files: 1, seconds: 2, sites: [] },
    { label: 'rain', detections: 1, files: 1, seconds: 1, sites: [] },
  ],
  sites: [{ site: null, files: 1, recordedS: 60 }],
  experts: [{ expert: 'ESC-10 4-bit', detections: 3 }],
};

test('a name of which a run found nothing is told, with those that it has', () => {
  expect(namesNotInRun({ labels: ['dgo', 'dog'], sites: ['Marsh'], experts: ['NOSUCH'] }, whole)).toEqual([
    'The run has nothing of the class dgo; it has dog, rain.',
    'The run has nothing of the site Marsh; it has none of any.',
    'The run has nothing of the expert NOSUCH; it has ESC-10 4-bit.',
  ]);
});

test('of names that a run has, and of a filter without names, nothing is said', () => {
  expect(namesNotInRun({ labels: ['dog'], sites: [null] }, whole)).toEqual([]);
  expect(namesNotInRun({ least: 0.5 }, whole)).toEqual([]);
});
