import { expect, test } from 'vitest';
import type { LabClient } from '../../../contract/client.ts';
import { CurlewError } from '../../../contract/error.ts';
import type { Options } from '../options.ts';
import { jobCommands } from './jobs.ts';

const deleted: string[] = [];
const client = {
  request: async (name: string, { jobId }: { jobId: string }) => {
    if (name === 'jobs.get') return { id: jobId, title: jobId, finishedMs: jobId === 'runs' ? null : 1 };
    if (name === 'jobs.delete' && jobId === 'runs') throw new CurlewError('JOB_STATE', 'Cancel it first.');
    if (name === 'jobs.delete') deleted.push(jobId);
    return { goes: ['3 detections'], stays: [], bytes: 0 };
  },
} as unknown as LabClient;
const remove = (words: string[], options: Options) =>
  jobCommands['jobs delete']!.run!(client, {
    ...{ command: 'jobs delete', words, options, json: false, dataFolder: '/data' },
  });

test('nothing is deleted where nobody can be asked, and what would go is told', async () => {
  await expect(remove(['a', 'b'], {})).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
    message: expect.stringContaining('3 detections') as string,
  });
  expect(deleted).toEqual([]);
});

test('what is over goes with --yes, and what is not is refused without a question', async () => {
  await expect(remove(['runs'], {})).rejects.toMatchObject({ code: 'JOB_STATE' });
  await remove(['a', 'runs'], { yes: true });
  expect(deleted).toEqual(['a']);
});
