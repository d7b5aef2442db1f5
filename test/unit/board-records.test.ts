/** What the lab keeps of a board with real firmware: its log and its records, over restarts, and their deletion. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LabClient } from '../../main/contract/client.ts';
import { connectLab } from '../../main/contract/connect.ts';
import type { Board, Job, PlayResult } from '../../main/contract/types.ts';
import { openLab, type Lab } from '../../main/lab.ts';
import { localTransport } from '../../main/shells/local-transport.ts';
import { randomBank } from '../fixtures/random-bank.ts';

let folder: string;
let lab: Lab;
let client: LabClient;
let boardId: string;

async function open(): Promise<void> {
  lab = await openLab({ dataFolder: join(folder, 'data'), shell: 'test', roots: [folder] });
  client = connectLab(localTransport(lab));
}
async function close(): Promise<void> {
  client.close();
  await lab.close();
}
const boards = () => client.request('boards.list', {});
const logOf = async (id = boardId) =>
  (await client.request('boards.log', { boardId: id, limit: 100 })).map(({ kind, by, text }) => [
    kind,
    by,
    text,
  ]);
const holds = () => client.request('telemetry.holds', { boardId });
const files = () => readdir(join(folder, 'data', 'boards'));

async function ended(job: Job): Promise<Job> {
  for (;;) {
    const now = (await client.request('jobs.list', {})).find((one) => one.id === job.id) as Job;
    if (now.state !== 'running' && now.state !== 'queued') return now;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function play(): Promise<number> {
  const [clip] = await client.request('clips.list', {});
  const source = { kind: 'clip', clipId: clip!.id } as const;
  const job = await ended(await client.request('play.start', { boardId, source }));
  return (job.result as PlayResult).windows;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-records-'));
  const { experts } = randomBank([1]);
  await writeFile(join(folder, 'expert.image'), experts[0]!);
  await open();
  boardId = ((await boards())[0] as Board).id;
});
afterAll(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
});

test('the log tells over restarts of the lab what was deployed, set, restarted and let go, and who asked', async () => {
  const paths = [join(folder, 'expert.image')];
  await ended(await client.request('deploy.files', { boardId, paths }));
  const settings = await client.request('boards.settings', { boardId });
  await client.request('boards.changeSettings', {
    boardId,
    settings: { ...settings, latitude: 52.1, longitude: 5.25, periodS: 600, listenS: 60 },
  });
  await client.request('boards.reset', { boardId });
  await client.request('boards.detach', { boardId });
  expect((await boards())[0]).toMatchObject({ state: 'detached', activeExpert: { name: 'random-1' } });
  await close();
  await open();
  expect(await boards()).toMatchObject([
    { id: boardId, state: 'detached', activeExpert: { name: 'random-1' } },
  ]);
  const { portId } = (await boards())[0] as Board;
  await client.request('boards.attach', { portId });
  const told = (await logOf()).reverse();
  expect(told.map(([kind]) => kind)).toEqual(
    expect.arrayContaining(['attached', 'deployed', 'settings', 'reset', 'detached', 'restarted']),
  );
  expect(told).toContainEqual(['deployed', 'command line', 'random-1: deployed to slot 0 and activated.']);
  expect(told).toContainEqual([
    'settings',
    'command line',
    'Settings: latitude none → 52.1°, longitude none → 5.25°, listening 0 s → 60 s, period 0 s → 600 s.',
  ]);
  expect(told.findIndex(([kind]) => kind === 'detached')).toBeLessThan(
    told.findLastIndex(([kind]) => kind === 'attached'),
  );
});

test('records that were deleted do not come back, after a restart either, and are no gap', async () => {
  const windows = await play();
  await expect.poll(async () => (await holds()).records).toBe(windows);
  expect(await client.request('telemetry.delete', { boardId })).toEqual({ records: windows });
  await client.request('boards.detach', { boardId });
  const { portId } = (await boards())[0] as Board;
  await client.request('boards.attach', { portId });
  const more = await play();
  await expect.poll(async () => (await holds()).records).toBe(more);
  expect(await client.request('telemetry.summary', { boardId })).toMatchObject({ records: more, missing: 0 });
  expect((await logOf()).some(([kind]) => kind === 'deleted')).toBe(true);
});

test('a board that is forgotten leaves nothing: no entry, no record, no log, no port, no file', async () => {
  const other = await client.request('boards.addVirtual', {});
  expect(await client.request('boards.holdings', { boardId: other.id })).toMatchObject({
    telemetry: { records: 0 },
    files: true,
  });
  expect(await files()).toContain('virtual-2.id');
  await client.request('boards.forget', { boardId: other.id });
  expect((await boards()).map(({ id }) => id)).toEqual([boardId]);
  expect((await client.request('ports.list', {})).ports.map(({ id }) => id)).not.toContain(other.portId);
  expect(await logOf(other.id)).toEqual([]);
  expect((await files()).filter((name) => name.startsWith('virtual-2'))).toEqual([]);
  // The next one of that name is another board.
  expect((await client.request('boards.addVirtual', {})).id).not.toBe(other.id);
  await close();
  await open();
  expect(await boards()).toHaveLength(2);
});

test('a port is not taken away under its board', async () => {
  const { portId } = (await boards())[0] as Board;
  await expect(client.request('ports.remove', { portId })).rejects.toMatchObject({ code: 'PORT_BUSY' });
  await expect(client.request('ports.remove', { portId: '/dev/none' })).rejects.toMatchObject({
    code: 'PORT_NOT_FOUND',
  });
});
