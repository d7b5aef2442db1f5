/** Boards that come back after a while: real firmware at lines that a test pulls out, on a clock that it turns. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Visit, VisitSetting } from '../contract/types.ts';
import { detailsStore } from '../store/details-store.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { visitSetting } from '../store/visit-setting.ts';
import { visitStore } from '../store/visit-store.ts';
import { AutomaticVisits } from './automatic-visits.ts';
import { Details } from './details/details.ts';
import { TestFleet, type TestBoard } from './testing.ts';

const boardId = '01'.repeat(8);
const hourMs = 3_600_000;
let folder: string;
let store: Store;
let world: TestFleet;
let details: Details;
let board: TestBoard;
/** The calendar runs ahead of the clock that boards are watched by. */
let aheadMs = 0;
let setting: VisitSetting = { awayHours: 1 };
let automatic: AutomaticVisits;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-automatic-visits-'));
  store = await openStore(join(folder, 'lab.duckdb'));
  world = new TestFleet();
  details = await Details.open(detailsStore(store), {
    ...{ emit: () => undefined, boardLog: { add: () => undefined } },
    ...{ banks: { experts: [], routers: [] }, boards: () => world.fleet.boards() },
  });
  [aheadMs, setting] = [0, { awayHours: 1 }];
  automatic = new AutomaticVisits({
    ...{ fleet: world.fleet, details, visits: visitStore(store), image: async () => null },
    microphones: { ofBoard: async () => null },
    fetchUncertain: async () => ({ fetched: 0, failed: [] }),
    deploy: () => Promise.reject(new Error('Nothing is deployed here.')),
    setting: {
      get setting() {
        return setting;
      },
    },
    log: (level, subject, text) =>
      void world.log.push({ number: 0, count: 1, atMs: 0, level, subject, text }),
    wallMs: () => 1_800_000_000_000 + world.clock.nowMs() + aheadMs,
  });
  board = await world.board(1);
  world.machine.plug('/dev/tty1', board.line);
  await world.attach('/dev/tty1');
});
afterEach(async () => {
  await world.close();
  await store.close();
  await rm(folder, { recursive: true });
});

const visits = (): Promise<Visit[]> => visitStore(store).list(boardId, null, 10);

/** It comes back at another port after so long. */
async function comesBack(port: string, before: string, awayMs: number): Promise<void> {
  await world.machine.pull(before);
  await world.clock.turn(1000);
  aheadMs += awayMs;
  world.machine.plug(port, board.line);
  await world.attach(port);
  const over = async (): Promise<void> => {
    while (automatic.sees(boardId)) await new Promise((resolve) => setImmediate(resolve));
  };
  await world.clock.run(over());
}

test('a board is visited when it comes back after long enough, not when it is met first, nor at once again', async () => {
  expect(automatic.sees(boardId)).toBe(false);
  await comesBack('/dev/tty2', '/dev/tty1', hourMs / 2);
  expect(await visits()).toEqual([]);
  await comesBack('/dev/tty3', '/dev/tty2', 2 * hourMs);
  expect(await visits()).toMatchObject([{ boardId, automatic: true, by: null, left: [] }]);
  expect(world.boardLog.filter(({ kind }) => kind === 'visited')).toHaveLength(1);
  setting = { awayHours: null };
  await comesBack('/dev/tty4', '/dev/tty3', 100 * hourMs);
  expect(await visits()).toHaveLength(1);
});

test('a visit that nobody asked for changes what waited for it, and leaves what else differs to a person', async () => {
  await details.change([boardId], { settings: { hopSamples: 16_000 } });
  await comesBack('/dev/tty2', '/dev/tty1', 2 * hourMs);
  expect(await visits()).toMatchObject([{ did: [], left: [expect.stringContaining('16000')] }]);
  await details.change([boardId], { whenMet: true });
  await comesBack('/dev/tty3', '/dev/tty2', 2 * hourMs);
  const [second] = await visits();
  expect(second).toMatchObject({
    did: ['Settings: samples between windows 7680 → 16000.'],
    left: [],
  });
  expect(details.of(boardId).whenMet).toBe(false);
});

test('how long that is outlasts the lab', async () => {
  expect((await visitSetting(store)).setting).toEqual({ awayHours: 24 });
  await (await visitSetting(store)).change({ awayHours: null });
  expect((await visitSetting(store)).setting).toEqual({ awayHours: null });
  await (await visitSetting(store)).change({ awayHours: 48 });
  await store.close();
  store = await openStore(join(folder, 'lab.duckdb'));
  expect((await visitSetting(store)).setting).toEqual({ awayHours: 48 });
});
