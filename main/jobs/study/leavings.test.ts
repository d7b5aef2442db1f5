import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Job, TrainResult } from '../../contract/types.ts';
import { scratchFolder } from '../../recordings/testing.ts';
import { studyLeavings, workFolderOf } from './leavings.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeEach(async () => {
  scratch = await scratchFolder();
  for (const id of ['one', 'other']) {
    const folder = workFolderOf(scratch.folder, id);
    await mkdir(join(folder, 'fold-1'), { recursive: true });
    await writeFile(join(folder, 'fold-1', 'q4.f32'), new Uint8Array(900));
    await writeFile(join(folder, 'report.html'), new Uint8Array(100));
  }
});
afterEach(() => scratch.remove());

const evaluation: Job = {
  id: 'one',
  title: 'Evaluate',
  progress: 1,
  detail: '',
  createdMs: 1,
  startedMs: 1,
  finishedMs: 2,
  workedMs: 1,
  leftMs: null,
  reads: ['/sounds'],
  writes: ['a report'],
  error: null,
  canPause: true,
  kind: 'evaluate',
  state: 'done',
  result: { kind: 'evaluate', folder: '/x', dataSet: 'x', accuracy: 1, macroF1: 1 },
};

it('an evaluation’s report and folds go wholly, and no other job’s', async () => {
  const { holdings, remove } = studyLeavings(scratch.folder, () => false);
  expect(await holdings(evaluation)).toEqual({
    goes: ['its report, tables and trained folds: 2 files'],
    stays: ['the recordings'],
    bytes: 1000,
  });
  await remove!('one');
  expect(await readdir(join(scratch.folder, 'jobs'))).toEqual(['other']);
  expect(await holdings(evaluation)).toMatchObject({ goes: [], bytes: 0 });
  await remove!('one');
});

it('what a stopped evaluation had done is told of, and goes when it is cancelled', async () => {
  const { holdings, discard } = studyLeavings(scratch.folder, () => false);
  const stopped: Job = { ...evaluation, state: 'paused', result: null };
  expect(await holdings(stopped)).toMatchObject({ goes: ['what it had done so far: 2 files'], bytes: 1000 });
  await discard!('one');
  expect(await readdir(join(scratch.folder, 'jobs'))).toEqual(['other']);
});

it('the bank that a training made stays, as long as it is there', async () => {
  const result: TrainResult = { kind: 'train', bank: 'tones', curves: {}, trainingSeconds: 1, problems: [] };
  const training: Job = { ...evaluation, id: 'gone', kind: 'train', result };
  const stays = async (has: boolean) =>
    (await studyLeavings(scratch.folder, () => has).holdings(training)).stays;
  expect(await stays(true)).toEqual(['the recordings', 'the bank tones']);
  expect(await stays(false)).toEqual(['the recordings']);
});
