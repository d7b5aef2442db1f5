import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { CurlewError } from '../../main/contract/error.ts';
import { storeExpert } from '../experts/store.ts';
import { packArrays, unpackArrays } from './arrays.ts';
import type { Course } from './course.ts';
import { separable } from './testing.ts';
import { defaultTraining, expertCourse, type TrainedExpert, type TrainingOptions } from './train.ts';

const options: TrainingOptions = {
  ...defaultTraining,
  name: 'test',
  version: 1,
  hidden: [16, 8],
  precision: 'ternary',
  batch: 32,
  epochs: 6,
  learningRate: 5e-3,
};
const data = separable();
const start = (checkpoint: Uint8Array | null = null) => expertCourse(data, options, checkpoint);

function stepsUntil<Result>(course: Course<Result>, reached: () => boolean): void {
  while (!reached()) course.step();
}

function finished(course: Course<TrainedExpert>): TrainedExpert {
  stepsUntil(course, () => course.done);
  const result = course.result();
  course.dispose();
  return result;
}

const bytesOf = ({ expert }: TrainedExpert) => Buffer.from(storeExpert(expert).weights);

const codeOf = async (attempt: () => Promise<unknown>) =>
  attempt().then(
    () => 'resolved',
    (error: unknown) => (error instanceof CurlewError ? error.code : String(error)),
  );

/** A checkpoint in the middle of the fourth epoch, from a course that ended there. */
async function interrupted(epochs = 3.3): Promise<Uint8Array> {
  const course = await start();
  stepsUntil(course, () => course.epochs > epochs);
  const checkpoint = course.checkpoint();
  course.dispose();
  return checkpoint;
}

test.each([2.9999, 3.3])(
  'a course stopped after epoch 3 and taken up again gives the same bytes: from %s',
  async (epochs) => {
    const whole = finished(await start());
    const resumed = finished(await start(await interrupted(epochs)));
    expect(bytesOf(resumed).equals(bytesOf(whole))).toBe(true);
    expect(resumed).toEqual(whole);
  },
);

test('a checkpoint taken up and taken again is the same, and taking one changes nothing', async () => {
  const checkpoint = await interrupted();
  const course = await start(checkpoint);
  expect(Buffer.from(course.checkpoint()).equals(checkpoint)).toBe(true);
  expect(Buffer.from(course.checkpoint()).equals(checkpoint)).toBe(true);
  course.dispose();
});

test('a damaged, shortened or foreign checkpoint is refused and leaves no tensor behind', async () => {
  const checkpoint = await interrupted();
  const before = tf.memory().numTensors;
  for (const at of [0, 9, 20, checkpoint.length >> 1, checkpoint.length - 1]) {
    const damaged = checkpoint.slice();
    damaged[at]! ^= 1;
    expect(await codeOf(() => start(damaged))).toBe('TRAINING_FAILED');
  }
  expect(await codeOf(() => start(checkpoint.subarray(0, 40)))).toBe('TRAINING_FAILED');
  expect(await codeOf(() => expertCourse(data, { ...options, seed: 2 }, checkpoint))).toBe('TRAINING_FAILED');
  expect(await codeOf(() => expertCourse(separable(6), options, checkpoint))).toBe('TRAINING_FAILED');
  expect(tf.memory().numTensors).toBe(before);
});

test('a checkpoint’s arrays and header come back as they were', () => {
  const arrays = [Float32Array.of(1, -0, 2 ** -149), new Float32Array(), Float32Array.of(3)];
  for (const header of [{}, { text: 'Brachvogel – ü' }, { n: [1, 2, 3] }]) {
    const bytes = packArrays(header, arrays);
    expect(unpackArrays(bytes)).toEqual({ header, arrays });
    expect(unpackArrays(Buffer.concat([Buffer.alloc(3), bytes]).subarray(3))).toEqual({ header, arrays });
  }
});
