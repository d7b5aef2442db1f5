import { expect, it } from 'vitest';
import { defaultDataFolder } from '../../data-folder.ts';
import { resumeWith } from './resume.ts';

it('gives the job and its data folder', () => {
  expect(resumeWith({ dataFolder: defaultDataFolder(), options: {} })('7')).toBe('curlew jobs resume 7');
  expect(resumeWith({ dataFolder: '/lab', options: {} })('7')).toBe('curlew jobs resume 7 --data /lab');
});

it('gives where results go, so that a shell reads it as it was', () => {
  const options = { csv: 'the owl’s.csv', raven: "o'clock.txt", overwrite: true as const };
  expect(resumeWith({ dataFolder: '/lab', options })('7')).toBe(
    `curlew jobs resume 7 --csv 'the owl’s.csv' --raven 'o'\\''clock.txt' --overwrite --data /lab`,
  );
});
