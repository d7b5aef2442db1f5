import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  aboutAnswers,
  accuracySql,
  answerFiles,
  answerParquet,
  clipRows,
  hardFiles,
  hardRows,
  windowRows,
  type Told,
} from '../../../models/report/answers.ts';
import { scratchFolder } from '../../recordings/testing.ts';
import { writeAnswersParquet } from './answers-parquet.ts';
import { rowsIn } from './testing.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
const classes = ['Dog', 'dog', '=2+3', 'says "a, b"'];
const answer = (fold: number, clip: string, truth: number, said: number) => ({
  ...{ clip, source: `'${clip}`, fold, truth, curiosity: null },
  probabilities: classes.map((_, c) => (c === said ? 0.7 : 0.1)),
});
/** In fold 1 one of two right, in fold 2 both. */
const answers = [
  [answer(1, '=a.wav', 0, 0), answer(1, 'b.wav', 1, 2)],
  [answer(2, 'c, d.wav', 2, 2), answer(2, 'e.wav', 3, 3)],
];
const told: Told = {
  ...{ classes, bank: ['4-bit'], hopS: 0.48 },
  folds: answers.map((ofFold) => ({
    seed: 7,
    hard: () => [{ sounds: 'gain -30 dB', models: [{ name: '4-bit', answers: ofFold.slice(0, 1) }] }],
    patches: [1, 1],
    models: [
      {
        ...{ name: '4-bit', stages: 'features+encoder+expert', answers: ofFold, temperature: 1.5 },
        patches: {
          probabilities: Float32Array.from(ofFold.flatMap(({ probabilities }) => probabilities)),
          ...{ curiosities: null, experts: null },
        },
      },
    ],
  })),
};

beforeAll(async () => {
  scratch = await scratchFolder();
  await writeFile(join(scratch.folder, answerFiles.clips), [...clipRows(told)].join(''));
  await writeFile(join(scratch.folder, answerFiles.windows), [...windowRows(told)].join(''));
  await writeFile(join(scratch.folder, hardFiles.csv), [...hardRows(told)].join(''));
  await writeAnswersParquet(scratch.folder, classes, ['clips', 'windows', 'hard']);
});
afterAll(() => scratch.remove());

test('the SQL that the folder’s text gives computes accuracy and its deviation over folds', async () => {
  expect(aboutAnswers).toContain(accuracySql);
  const [found, ...others] = await rowsIn(scratch.folder, accuracySql);
  expect(others).toEqual([]);
  expect(found).toMatchObject({ model: '4-bit', accuracy: 0.75 });
  expect(found!['deviation_over_folds']).toBeCloseTo(Math.SQRT1_2 / 2, 12);
});

test('Parquet holds every clip as it is called, and a column for each class, whatever these are called', async () => {
  const clips = await rowsIn(scratch.folder, `SELECT * FROM 'answers-clips.parquet'`);
  expect(clips.map(({ clip }) => clip)).toEqual(['=a.wav', 'b.wav', 'c, d.wav', 'e.wav']);
  expect(clips.map((one) => one['true_class'])).toEqual(classes);
  expect(clips.map(({ source }) => source)).toEqual(["'=a.wav", "'b.wav", "'c, d.wav", "'e.wav"]);
  const { seed, fold, stages, curiosity, temperature } = clips[3]!;
  expect([Number(seed), fold, stages, curiosity, temperature]).toEqual([
    ...[7, 2, 'features+encoder+expert', null, 1.5],
  ]);
  expect(Object.keys(clips[0]!).slice(-4)).toEqual(['P(Dog) 1', 'P(dog) 2', 'P(=2+3)', 'P(says "a, b")']);
});

test('windows hold the very binary32 numbers that were answered', async () => {
  const windows = await rowsIn(scratch.folder, `SELECT * FROM 'answers-windows.parquet'`);
  expect(windows).toHaveLength(4);
  expect(windows[0]).toMatchObject({ window: 0, start_s: 0, expert: '4-bit', 'P(Dog) 1': Math.fround(0.7) });
});

test('answers to harder clips lie there as the others do, with how the clip was made harder', async () => {
  const hard = await rowsIn(scratch.folder, `SELECT * FROM 'answers-hard.parquet' ORDER BY fold`);
  expect(hard.map(({ clip, sounds, answer }) => [clip, sounds, answer])).toEqual([
    ['=a.wav', 'gain -30 dB', 'Dog'],
    ['c, d.wav', 'gain -30 dB', '=2+3'],
  ]);
  expect(hard[0]!['P(Dog) 1']).toBe(0.7);
});

test('the text beside them names every file of answers', () => {
  for (const name of [
    answerFiles.clips,
    answerFiles.windows,
    ...Object.values(answerParquet),
    ...Object.values(hardFiles),
  ])
    expect(aboutAnswers).toContain(name);
});

test('the tables for spreadsheets guard what one would run', async () => {
  expect(await readFile(join(scratch.folder, answerFiles.clips), 'utf8')).toContain(",'=a.wav,");
});
