import { expect, it } from 'vitest';
import type { BestRow } from '../detections/detection-store.ts';
import { chooseWindows } from './choose-windows.ts';

let number = 0;
const row = (label: string, peak: number, peakS: number, own: Partial<BestRow> = {}): BestRow => ({
  ...{ fileId: 0, number: number++, path: '/card/a.wav', channel: null, startS: peakS, endS: peakS + 9 },
  ...{ label, peak: Math.fround(peak), peakS, ...own },
});
const told = ({ chosen, leftOut }: ReturnType<typeof chooseWindows>) => [
  chosen.map(({ detection, label }) => `${label} ${detection.peakS}`),
  leftOut,
];

it('takes the most probable of each class of the set, whatever the run calls them', () => {
  const found = [
    row('Dog bark', 0.9, 0),
    row('Rain', 0.85, 10),
    row('Howl', 0.8, 20),
    row('Dog bark', 0.7, 30),
  ];
  const classes = [
    { label: 'Dog bark', as: 'dog', least: 0 },
    { label: 'Howl', as: 'dog', least: 0 },
  ];
  expect(told(chooseWindows(found, classes, 2, 1))).toEqual([['dog 0', 'Rain 10', 'dog 20'], 0]);
});

it('leaves out classes that are to be, and what is below its class’s probability, a kept 0.7 not below 0.7', () => {
  const found = [row('Rain', 0.9, 0), row('dog', 0.7, 10), row('dog', 0.69, 20)];
  const classes = [
    { label: 'Rain', as: null, least: 0 },
    { label: 'dog', as: 'dog', least: 0.7 },
  ];
  expect(told(chooseWindows(found, classes, 9, 1))).toEqual([['dog 10'], 0]);
});

it.each([-0.99, -0.5, 0, 0.5, 0.99])(
  'takes no window that begins %d windows after one that it lies over',
  (by) => {
    const found = [row('dog', 0.9, 7.5), row('Rain', 0.8, 7.5 + 0.975 * by)];
    expect(told(chooseWindows(found, [], 9, 0.975))).toEqual([['dog 7.5'], 1]);
  },
);

it('takes windows that touch, and those of another recording or channel', () => {
  const found = [
    row('dog', 0.9, 0.96),
    row('Rain', 0.8, 1.92),
    row('wind', 0.7, 0),
    row('Rain', 0.6, 0.96, { fileId: 1 }),
    row('Rain', 0.5, 0.96, { channel: 1 }),
  ];
  expect(told(chooseWindows(found, [], 9, 0.96))).toEqual([
    ['dog 0.96', 'Rain 1.92', 'wind 0', 'Rain 0.96', 'Rain 0.96'],
    0,
  ]);
});
