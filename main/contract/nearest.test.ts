import { expect, it } from 'vitest';
import { nearest } from './nearest.ts';

const names = ['boards', 'board', 'deploy', 'csv', 'raven'];

it.each([
  ['bords', 'boards'],
  ['Boards', 'boards'],
  ['depoly', 'deploy'],
  ['cvs', 'csv'],
  ['ravne', 'raven'],
])('“%s” is meant to be “%s”', (word, meant) => {
  expect(nearest(word, names)).toBe(meant);
});

it.each(['', 'fly', 'xyz', 'telemetry'])('“%s” is near to none', (word) => {
  expect(nearest(word, names)).toBeNull();
});
