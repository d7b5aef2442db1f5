import { expect, test } from 'vitest';
import type { LabClient } from '../../../../contract/client.ts';
import { rolloutCommands, startWords } from './rollout.ts';

const command = rolloutCommands['fleet rollout']!;

test('the help of roll-outs names every word that one is started with', () => {
  expect(startWords.filter((word) => !command.about.includes(`${word}=`))).toEqual([]);
});

test('whether a person approves the stages is said with yes or no, as elsewhere', async () => {
  const orders: unknown[] = [];
  const client = {
    request: (_name: string, order: object) => {
      orders.push(order);
      return Promise.resolve({ id: 'a', name: 'one', target: 'all boards' });
    },
  } as unknown as LabClient;
  const start = (approve: string) =>
    command.run?.(client, {
      ...{ command: 'fleet rollout', words: ['start', 'one', 'to=all', 'periodS=600', `approve=${approve}`] },
      ...{ options: {}, json: false, dataFolder: '' },
    });
  await start('yes');
  await start('no');
  expect(orders).toMatchObject([{ approve: true }, { approve: false }]);
  await expect(start('true')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
});
