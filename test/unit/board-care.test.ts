/** The lab and a virtual board with real firmware: settings, keys, signed images and banks, as a person asks for them. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VirtualBoard } from '../../devices/boards/virtual/virtual-board.ts';
import { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import { randomBank } from '../fixtures/random-bank.ts';
import type { LabClient } from '../../main/contract/client.ts';
import { connectLab } from '../../main/contract/connect.ts';
import type { Board, DeployResult, ExpertStore, Job } from '../../main/contract/types.ts';
import { openLab, type Lab } from '../../main/lab.ts';
import { resources } from '../../main/resources.ts';
import { localTransport } from '../../main/shells/local-transport.ts';

let folder: string;
let lab: Lab;
let client: LabClient;
let boardId: string;
const { experts, router } = randomBank([1, 2, 3]);
const images: string[] = [];

async function open(): Promise<void> {
  lab = await openLab({ dataFolder: join(folder, 'data'), shell: 'test', roots: [folder] });
  client = connectLab(localTransport(lab));
  boardId = (await board()).id;
}
async function close(): Promise<void> {
  client.close();
  await lab.close();
}
const board = async (): Promise<Board> => (await client.request('boards.list', {}))[0] as Board;
const store = (): Promise<ExpertStore> => client.request('slots.list', { boardId });

async function ended(job: Job): Promise<Job> {
  for (;;) {
    const now = (await client.request('jobs.list', {})).find((one) => one.id === job.id) as Job;
    if (now.state !== 'running' && now.state !== 'queued') return now;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const deploy = async (...paths: string[]) => ended(await client.request('deploy.files', { boardId, paths }));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-care-'));
  for (const [i, image] of [...experts, router].entries()) {
    const path = join(folder, `${i}.image`);
    await writeFile(path, image);
    images.push(path);
  }
  await open();
});
afterAll(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
});

describe('the settings of a board', () => {
  test('are kept over a restart of the board and of the lab', async () => {
    const settings = {
      ...(await client.request('boards.settings', { boardId })),
      name: 'Reed bed 雨',
      latitude: 54.25,
      longitude: -8.5,
      listenS: 60,
      periodS: 600,
      leastProbability: 0.5,
      telemetryIntervalMs: 250,
    };
    expect(await client.request('boards.changeSettings', { boardId, settings })).toEqual(settings);
    expect((await board()).name).toBe('Reed bed 雨');
    await client.request('boards.reset', { boardId });
    expect(await client.request('boards.settings', { boardId })).toEqual(settings);
    await close();
    await open();
    expect(await client.request('boards.settings', { boardId })).toEqual(settings);
  });

  test('are refused with the sentence of the one that is out of range, and nothing changes', async () => {
    const before = await client.request('boards.settings', { boardId });
    const wrong = client.request('boards.changeSettings', {
      boardId,
      settings: { ...before, name: 'other', periodS: 59 },
    });
    await expect(wrong).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: expect.stringContaining('A period of 59 s is shorter than the 60 s of listening in it.'),
    });
    expect(await client.request('boards.settings', { boardId })).toEqual(before);
  });
});

describe('a bank', () => {
  test('is not gone back to where there was none before', async () => {
    await expect(client.request('slots.rollback', { boardId })).rejects.toMatchObject({
      code: 'BOARD_REFUSED',
      context: { reason: 'not_verified' },
    });
  });

  test('of a router and its experts is deployed as one, on trial until it is confirmed', async () => {
    const job = await deploy(
      images[3] as string,
      images[2] as string,
      images[0] as string,
      images[1] as string,
    );
    expect(job.error).toBeNull();
    const { slots, router: routerSlot } = job.result as DeployResult;
    expect(await store()).toMatchObject({ active: slots, router: routerSlot, trial: 'trial' });
    expect(await board()).toMatchObject({
      activeRouter: { experts: 3 },
      activeExpert: { name: 'random-1', ternary: false },
      trial: 'trial',
    });
    await client.request('slots.confirm', { boardId });
    expect(await board()).toMatchObject({ trial: 'none' });
  });

  test('is left for one expert and come back to by roll back', async () => {
    const before = await store();
    const alone = before.active[1] as number;
    const after = await client.request('slots.activate', { boardId, slots: [alone] });
    expect(after).toMatchObject({ active: [alone], router: null, previous: before.active });
    expect(await client.request('slots.rollback', { boardId })).toMatchObject({
      active: before.active,
      router: before.router,
    });
  });

  test('keeps its slots from being erased', async () => {
    const { active } = await store();
    const erase = client.request('slots.erase', { boardId, slot: active[0] as number });
    await expect(erase).rejects.toMatchObject({ code: 'BOARD_REFUSED', context: { reason: 'bad_slot' } });
  });
});

describe('a key', () => {
  let keyId: string;

  test('is not given to a board that runs something unsigned', async () => {
    keyId = (await client.request('keys.create', { name: 'Station' })).id;
    const refused = client.request('boards.setKey', { boardId, keyId, protect: false });
    await expect(refused).rejects.toMatchObject({
      code: 'BOARD_REFUSED',
      message: expect.stringContaining('Deploy it signed with the key first'),
    });
    expect((await board()).keyId).toBeNull();
  });

  test('is given to a board once what runs on it was deployed signed with the key', async () => {
    const other = (await client.request('boards.addVirtual', {})).id;
    const paths = [images[0] as string];
    await ended(await client.request('deploy.files', { boardId: other, paths, signWith: keyId }));
    const changed = await client.request('boards.setKey', { boardId: other, keyId, protect: false });
    expect(changed).toMatchObject({ keyId, activeExpert: { name: 'random-1' } });
    await client.request('boards.detach', { boardId: other });
  });

  test('is given to a board on which the encoder lay unsigned, too, and on which all is there already', async () => {
    const other = (await client.request('boards.addVirtual', {})).id;
    const expertId = (await client.request('experts.list', {})).find((one) => one.encoder !== null)?.id;
    expect(expertId).toBeDefined();
    const send = async (signing: { signWith?: string }) =>
      (await ended(await client.request('deploy.start', { boardId: other, expertId: expertId!, ...signing })))
        .result as DeployResult;
    await send({});
    await send({ signWith: keyId });
    const again = await send({ signWith: keyId });
    expect(again).toMatchObject({ sent: 0, lineShare: null });
    const changed = await client.request('boards.setKey', { boardId: other, keyId, protect: false });
    expect(changed).toMatchObject({ keyId });
    const { slots } = await client.request('slots.list', { boardId: other });
    expect(slots.filter(({ kind }) => kind === 'encoder').map(({ signed }) => signed)).toEqual([false, true]);
    // A board takes what its own key signs; another cannot be asked for.
    const wrong = await client.request('keys.create', { name: 'Wrong' });
    const refused = await ended(
      await client.request('deploy.start', { boardId: other, expertId: expertId!, signWith: wrong.id }),
    );
    expect(refused.error).toMatchObject({ message: expect.stringContaining(`signed with the key ${keyId}`) });
    await client.request('keys.delete', { keyId: wrong.id });
    await client.request('boards.setKey', { boardId: other, keyId: null, protect: false });
    await client.request('boards.detach', { boardId: other });
  });

  test('given to a fresh board, has every image signed from then on', async () => {
    const fresh = await client.request('boards.addVirtual', {});
    boardId = fresh.id;
    expect(await client.request('boards.setKey', { boardId, keyId, protect: false })).toMatchObject({
      keyId,
    });
    const job = await deploy(...images);
    expect(job.error).toBeNull();
    const { slots } = await store();
    expect(slots.map((slot) => slot.signed)).toEqual([true, true, true, true]);
    const hashes = [...experts, router].map((image) => createHash('sha256').update(image).digest('hex'));
    expect(slots.map((slot) => slot.sha256)).toEqual(hashes);
  });

  test('is not deleted while a board that the lab has met asks for it, attached or not', async () => {
    const key = await client.request('keys.create', { name: 'Away' });
    const away = await client.request('boards.addVirtual', {});
    await client.request('boards.setKey', { boardId: away.id, keyId: key.id, protect: false });
    const refused = () =>
      expect(client.request('keys.delete', { keyId: key.id })).rejects.toMatchObject({
        code: 'KEY_IN_USE',
        message: expect.stringContaining(`${away.name} (${away.id})`),
      });
    await refused();
    await client.request('boards.detach', { boardId: away.id });
    await refused();
    await close();
    await open();
    boardId = (
      (await client.request('boards.list', {})).find(
        (one) => one.keyId === keyId && one.state === 'attached',
      ) as Board
    ).id;
    await refused();
    // Not one that is attached, whatever is said of it; only one that will never be met again.
    await expect(client.request('keys.delete', { keyId, gone: [boardId] })).rejects.toMatchObject({
      code: 'KEY_IN_USE',
    });
    const left = await client.request('keys.delete', { keyId: key.id, gone: [away.id] });
    expect(left.map(({ id }) => id)).not.toContain(key.id);
  });

  test('is free to be deleted once its last board has another', async () => {
    const [one, two] = [
      await client.request('keys.create', { name: 'One' }),
      await client.request('keys.create', { name: 'Two' }),
    ];
    const fresh = (await client.request('boards.addVirtual', {})).id;
    const set = (keyId: string | null) =>
      client.request('boards.setKey', { boardId: fresh, keyId, protect: false });
    await set(one.id);
    await set(two.id);
    await client.request('keys.delete', { keyId: one.id });
    await set(null);
    await client.request('boards.detach', { boardId: fresh });
    await client.request('keys.delete', { keyId: two.id });
  });

  test('is replaced in one step: what runs runs on, over restarts, and what is sent is signed with the new one', async () => {
    const second = await client.request('keys.create', { name: 'Second' });
    const { active } = await store();
    const alone = active[0] as number;
    await client.request('slots.activate', { boardId, slots: [alone] });
    await client.request('slots.confirm', { boardId });
    expect((await store()).previous).toEqual(active);
    const replaced = await client.request('boards.setKey', { boardId, keyId: second.id, protect: false });
    expect(replaced).toMatchObject({ keyId: second.id, activeExpert: { name: 'random-1' } });
    await client.request('boards.reset', { boardId });
    const now = await store();
    expect(now).toMatchObject({ active: [alone], previous: [] });
    expect(now.slots.map(({ slot, signed }) => [slot, signed])).toEqual(
      now.slots.map(({ slot }) => [slot, slot === alone]),
    );
    const other = now.slots.find(({ kind, slot }) => kind === 'expert' && slot !== alone)?.slot as number;
    await expect(client.request('slots.activate', { boardId, slots: [other] })).rejects.toMatchObject({
      context: { reason: 'not_signed' },
    });
    const job = await deploy(...images);
    expect(job.error).toBeNull();
    expect((await store()).previous).toEqual([alone]);
    expect(await client.request('slots.rollback', { boardId })).toMatchObject({ active: [alone] });
    expect(await client.request('boards.setKey', { boardId, keyId, protect: false })).toMatchObject({
      keyId,
    });
  });

  test('is protected and removed by changes that the present key signs', async () => {
    expect(await client.request('boards.setKey', { boardId, keyId, protect: true })).toMatchObject({
      rollbackProtected: true,
    });
    const free = await client.request('boards.setKey', { boardId, keyId: null, protect: false });
    expect(free).toMatchObject({ keyId: null, rollbackProtected: false });
    expect(await client.request('boards.setKey', { boardId, keyId, protect: false })).toMatchObject({
      keyId,
    });
  });

  test('that the lab does not hold keeps its images from being sent, in a clear sentence', async () => {
    const keys = join(folder, 'data', 'keys');
    const files = (await readdir(keys)).filter((name) => name.startsWith(keyId));
    expect(files.length).toBeGreaterThan(0);
    const kept = await Promise.all(files.map((name) => readFile(join(keys, name))));
    for (const name of files) await rm(join(keys, name));
    const job = await deploy(images[0] as string);
    expect(job).toMatchObject({ state: 'failed', error: { code: 'KEY_NOT_FOUND' } });
    expect(job.error?.message).toMatch(
      /takes only images signed with the key [0-9a-f]{16}, which this lab does not hold/,
    );
    for (const [i, name] of files.entries()) await writeFile(join(keys, name), kept[i] as Buffer);
  });
});

test('a board with a key refuses what is unsigned or altered, whoever sends it', async () => {
  const key = await client.request('keys.create', { name: 'Third' });
  const wasm = await readFile(resources.virtualBoard);
  const virtual = new VirtualBoard({ wasm, name: 'strict', id: new Uint8Array(8).fill(3) });
  const strict = await CurlewBoard.open(virtual);
  const newKey = Buffer.from(key.publicKey, 'hex');
  await strict.changeKey({ newKey, protect: false }, async () => new Uint8Array(64));
  const image = experts[0] as Uint8Array;
  const sha256 = createHash('sha256').update(image).digest();
  const { slot } = await strict.upload(image, sha256);
  await expect(strict.verify(slot)).rejects.toMatchObject({
    code: 'BOARD_REFUSED',
    context: { reason: 'not_signed' },
    message: expect.stringContaining('it takes only what is signed with its key, and this is not'),
  });
  const wrong = strict.changeKey({ newKey: null, protect: false }, async () => new Uint8Array(64));
  await expect(wrong).rejects.toMatchObject({ context: { reason: 'not_signed' } });
  expect(await strict.readInfo()).toMatchObject({ keyId: key.id, keyChanges: 1, protected: false });
  await strict.close();
  virtual.switchOff();
});
