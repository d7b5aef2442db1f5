/** A roll-out in the built lab, which is killed in the middle of each stage, with boards of real firmware. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Board, ExpertInfo, Rollout } from '../../main/contract/types.ts';
import { ended, removeFolder, startLab, temporaryFolder, until, type LabProcess } from './lab-process.ts';

let folder: string;
let lab: LabProcess;
beforeEach(async () => {
  folder = await temporaryFolder();
  lab = await startLab(folder);
});
afterEach(async () => {
  await lab.stop();
  await removeFolder(folder);
});

const boards = (): Promise<Board[]> => lab.client.request('boards.list', {});
const attached = () => until(async () => (await boards()).every(({ state }) => state === 'attached'));
const standing = (rolloutId: string): Promise<Rollout> => lab.client.request('rollouts.get', { rolloutId });

/** Every board answers the windows of a clip, as far as it is free to. */
async function play(): Promise<void> {
  for (const { id: boardId, state } of await boards()) {
    if (state !== 'attached') continue;
    const job = await lab.client.request('play.start', { boardId, source: { kind: 'clip', clipId: 'rain' } });
    await ended(lab.client, job);
  }
}

test('a roll-out whose lab is killed in the middle of each stage goes on where it stood, to its end', async () => {
  await lab.client.request('boards.addVirtual', {});
  await attached();
  const [former, wanted] = (await lab.client.request('experts.list', {})) as [ExpertInfo, ExpertInfo];
  for (const { id: boardId } of await boards())
    await ended(lab.client, await lab.client.request('deploy.start', { boardId, expertId: former.id }));

  const { id } = await lab.client.request('rollouts.start', {
    ...{ name: 'Night bank', target: { kind: 'all' }, expertId: wanted.id, canaries: 1, shares: [1] },
    ...{ leastInferences: 20, leastHours: 0 },
  });
  for (const stage of [0, 1]) {
    await until(async () => {
      const now = await standing(id);
      return now.stage === stage && now.stages[stage]!.state === 'watching';
    });
    await play();
    await lab.stop('SIGKILL');
    lab = await startLab(folder);
    await attached();
    const changed = (await boards()).filter(({ activeExpert }) => activeExpert?.name === wanted.name);
    expect(changed.length).toBeGreaterThan(stage);
    // The lab looks at its roll-outs every ten seconds.
    const passed = async () => {
      const now = await standing(id);
      return now.stage > stage || now.state === 'done';
    };
    while (!(await passed())) await play();
  }
  expect(await standing(id)).toMatchObject({
    state: 'done',
    stages: [{ state: 'passed' }, { state: 'passed' }],
  });
  const log = await lab.client.request('rollouts.log', { rolloutId: id, limit: 100 });
  expect(log.map(({ number }) => number)).toEqual(log.map((_, i) => i + 1));
  const told = await lab.client.request('rollouts.boards', { rolloutId: id, limit: 10 });
  expect(told.map(({ outcome }) => outcome)).toEqual(['watched', 'watched']);
});
