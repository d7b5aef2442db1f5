/** What a person says of boards: kept in a store on disk, told to pages, refused where it cannot be. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CurlewError } from '../../contract/error.ts';
import type { Board, BoardDetails, ExpertInfo, RouterInfo } from '../../contract/types.ts';
import { detailsStore } from '../../store/details-store.ts';
import { openStore, type Store } from '../../store/open-store.ts';
import { Details } from './details.ts';
import { readTable, tableOf } from './table.ts';

const [heron, snipe] = ['00000000000000aa', '00000000000000bb'] as const;
const boards = [
  { id: heron, name: 'board-1', kind: 'stm32' },
  { id: snipe, name: 'board-2', kind: 'stm32' },
  { id: 'port:/dev/ttyUSB9', name: '/dev/ttyUSB9', kind: '' },
] as Board[];
const expert = { id: 'q4', name: 'night-q4', version: 3, imageSha256: 'ab'.repeat(32) } as ExpertInfo;
const router = { id: 'router', name: 'night-router', version: 2, imageSha256: 'cd'.repeat(32) } as RouterInfo;

let folder: string;
let store: Store;
let details: Details;
let told: BoardDetails[][];
let log: string[];

const open = async (): Promise<void> => {
  store = await openStore(join(folder, 'lab.duckdb'));
  details = await Details.open(detailsStore(store), {
    emit: (event, payload) => void (event === 'details' && told.push(payload as BoardDetails[])),
    boardLog: { add: (boardId, _kind, text) => void log.push(`${boardId.slice(-2)} ${text}`) },
    banks: { experts: [expert], routers: [router] },
    boards: () => boards,
  });
};
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error as CurlewError).code,
  );

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-details-'));
  [told, log] = [[], []];
  await open();
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

describe('what is said of boards', () => {
  test('is kept over a restart, told to pages, and noted with what was changed', async () => {
    const group = await details.saveGroup({ name: 'Valley', settings: { periodS: 600 }, expertId: 'router' });
    await details.change([heron, snipe], { site: 'Lough Gill', tags: ['marsh', 'marsh'], groupId: group.id });
    await details.change([heron], {
      name: 'Heron',
      latitude: 54.25,
      longitude: -8.5,
      settings: { periodS: 60 },
    });
    await store.close();
    await open();
    expect(details.of(heron)).toMatchObject({
      name: 'Heron',
      site: 'Lough Gill',
      tags: ['marsh'],
      latitude: 54.25,
    });
    expect(details.groups()).toEqual([group]);
    expect(told.map((list) => list.length)).toEqual([2, 1]);
    expect(log).toEqual([
      'aa Site: “Lough Gill”; Tags: “marsh”; Group: “Valley”.',
      'bb Site: “Lough Gill”; Tags: “marsh”; Group: “Valley”.',
      'aa Name: “Heron”; Place: 54.25°, -8.5°; Wanted of it: period 60 s.',
    ]);
  });

  test('a board’s own wish goes before its group’s, is shown as such, and can be dropped', async () => {
    const group = await details.saveGroup({
      ...{ name: 'Valley', settings: { periodS: 600, listenS: 60 }, expertId: 'router' },
    });
    await details.change([heron], { groupId: group.id, settings: { periodS: 120 }, expertId: 'q4' });
    expect(details.wanted(heron)).toEqual({
      settings: { periodS: 120, listenS: 60 },
      bank: { sha256: expert.imageSha256, name: 'night-q4', version: 3, kind: 'expert' },
      overrides: ['periodS'],
      ownBank: true,
    });
    await details.change([heron], { settings: { periodS: null }, expertId: null });
    expect(details.wanted(heron)).toMatchObject({
      ...{ settings: { periodS: 600, listenS: 60 }, overrides: [], ownBank: false },
      bank: { kind: 'router', name: 'night-router' },
    });
  });

  test('a group that is removed leaves its boards in none, and their own wishes', async () => {
    const group = await details.saveGroup({ name: 'Valley', settings: { periodS: 600 } });
    await details.change([heron], { groupId: group.id, settings: { hopSamples: 16_000 } });
    await details.removeGroup(group.id);
    await store.close();
    await open();
    expect(details.groups()).toEqual([]);
    expect(details.of(heron)).toMatchObject({ groupId: null, settings: { hopSamples: 16_000 } });
  });

  test('goes with a board that is forgotten', async () => {
    await details.change([heron], { name: 'Heron' });
    await details.forget(heron);
    expect(details.has(heron)).toBe(false);
    await store.close();
    await open();
    expect(details.list()).toEqual([]);
  });

  test('is refused, all of it, where one part cannot be', async () => {
    const refused = [
      [details.change([heron, 'ffff'], { site: 'x' }), 'BOARD_NOT_FOUND'],
      [details.change(['port:/dev/ttyUSB9'], { site: 'x' }), 'BOARD_NOT_FOUND'],
      [details.change([heron], { groupId: 'none' }), 'GROUP_NOT_FOUND'],
      [details.change([heron], { expertId: 'none' }), 'EXPERT_NOT_FOUND'],
      [details.change([heron], { latitude: 91, longitude: 0 }), 'REQUEST_INVALID'],
      [details.change([heron], { latitude: 50 }), 'REQUEST_INVALID'],
      [details.change([heron], { settings: { hopSamples: 1 } }), 'REQUEST_INVALID'],
      [details.change([heron], { settings: { listenS: 60, periodS: 30 } }), 'REQUEST_INVALID'],
      [details.saveGroup({}), 'REQUEST_INVALID'],
      [details.saveGroup({ groupId: 'none', name: 'x' }), 'GROUP_NOT_FOUND'],
    ] as const;
    for (const [promise, code] of refused) expect(await codeOf(promise)).toBe(code);
    await details.saveGroup({ name: 'Valley' });
    expect(await codeOf(details.saveGroup({ name: 'Valley' }))).toBe('REQUEST_INVALID');
    expect(details.list()).toEqual([]);
    expect(log).toEqual([]);
  });

  test('of two changes at once neither is lost', async () => {
    await Promise.all([
      details.change([heron], { site: 'Reed bed' }),
      details.change([heron], { name: 'Heron' }),
    ]);
    expect(details.of(heron)).toMatchObject({ site: 'Reed bed', name: 'Heron' });
  });
});

describe('the table of boards', () => {
  test('read again changes nothing, whatever stands in it', async () => {
    const group = await details.saveGroup({ name: '=1+1' });
    await details.change([heron], {
      ...{
        name: "'=Heron",
        site: '-3 m, “north”',
        notes: 'two\nlines',
        tags: ['a b', 'ü'],
        groupId: group.id,
      },
      ...{ latitude: -54.25, longitude: 8.5 },
    });
    const before = details.list();
    const text = tableOf(details);
    expect(text.split('\r\n')[0]).toBe('board,name,site,latitude,longitude,group,tags,notes,board says,kind');
    expect(await readTable(text, details, null)).toEqual({ changed: 0, same: 2, groupsMade: [] });
    expect(details.list()).toEqual(before);
  });

  test('changes what its columns say, makes the groups that it names, and leaves the rest', async () => {
    await details.change([heron], { name: 'Heron', site: 'old' });
    const text = `\uFEFFBoard;Site;Group;Tags\n${heron};Reed bed;Valley;"a; b"\n${snipe};;Valley;\n`;
    expect(await readTable(text, details, null)).toEqual({ changed: 2, same: 0, groupsMade: ['Valley'] });
    const groupId = details.groups()[0]!.id;
    expect(details.of(heron)).toMatchObject({ name: 'Heron', site: 'Reed bed', tags: ['a', 'b'], groupId });
    expect(details.of(snipe)).toMatchObject({ site: '', tags: [], groupId });
  });

  test.each([
    ['', 'no column “board”'],
    ['site\nx\n', 'no column “board”'],
    ['board,sight\n', 'no column “sight”'],
    ['board,site,site\n', 'there twice'],
    [`board,site\n${heron},a\nffff,b\n`, 'Row 3'],
    [`board,site\n${heron},a\n${heron},b\n`, 'twice'],
    [`board,latitude,longitude\n${heron},north,1\n`, 'Row 2: the latitude'],
    [`board,latitude,longitude\n${heron},99,1\n`, 'Latitude goes'],
    [`board,site\n${heron},"a\n`, 'quoted cell'],
    [`board,group\n${heron},Valley\n,b\n`, 'Row 3'],
  ])('is refused as a whole with what is wrong: %j', async (text, sentence) => {
    await expect(readTable(text, details, null)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: expect.stringContaining(sentence) as string,
    });
    expect([details.list(), details.groups()]).toEqual([[], []]);
  });
});
