import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { LabClient } from '../../../contract/client.ts';
import type { RequestParams } from '../../../contract/requests.ts';
import type { Options } from '../options.ts';
import { detectionCommands } from './detections.ts';

const asked: RequestParams<'detections.labelledSet'>[] = [];
const client = {
  request: async (name: string, params: RequestParams<'detections.labelledSet'>) => {
    if (name === 'jobs.get') return { id: 'job-1' };
    asked.push(params);
    const failed = [{ path: '/card/a.wav', message: 'It is gone.' }];
    return {
      path: params.path,
      classes: [{ label: 'dog', clips: 9 }],
      cut: 9,
      copied: 1,
      leftOut: 2,
      failed,
    };
  },
} as unknown as LabClient;

async function set(options: Options) {
  const args = {
    command: 'detections set',
    words: ['job', 'out'],
    options,
    json: false,
    dataFolder: '/data',
  };
  const { check, run } = detectionCommands['detections set']!;
  await check!(args);
  return run!(client, args);
}

test('a labelled set is asked for with the classes’ names and probabilities, and told of', async () => {
  const answer = await set({
    ...{ as: ['Dog bark=dog', 'a=b=dog', 'Rain='], 'class-threshold': ['Dog bark=0.8', 'Saw=0.9'] },
    ...{ label: 'Dog bark,Saw', each: '50', beside: 'old' },
  });
  expect(asked).toEqual([
    {
      ...{ jobId: 'job-1', filter: { labels: ['Dog bark', 'Saw'] }, most: 50, overwrite: false },
      ...{ path: resolve('out'), beside: resolve('old') },
      classes: [
        { label: 'Dog bark', as: 'dog', least: 0.8 },
        { label: 'a=b', as: 'dog', least: 0 },
        { label: 'Rain', as: null, least: 0 },
        { label: 'Saw', as: 'Saw', least: 0.9 },
      ],
    },
  ]);
  expect(answer.text).toMatch(
    /dog\s+9\n.*9 clips cut, 1 copied; 2 detections left out.*no clip of \/card\/a/s,
  );
  expect(answer.exit).not.toBe(0);
});

test('a name that is of no class is refused before anything is asked for', async () => {
  await expect(set({ as: ['dog'] })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  await expect(set({ 'class-threshold': ['dog=2'] })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
});
