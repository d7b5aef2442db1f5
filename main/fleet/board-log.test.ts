import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestClock } from '../../devices/protocol/test-clock.ts';
import type { BoardLogEntry } from '../contract/types.ts';
import { boardLogStore } from '../store/board-log-store.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { BoardLog } from './board-log.ts';

let folder: string;
let store: Store;
let clock: TestClock;
let told: BoardLogEntry[];
let complaints: string[];
let log: BoardLog;

async function open(): Promise<void> {
  store = await openStore(join(folder, 'lab.duckdb'));
  log = await BoardLog.open(boardLogStore(store), {
    emit: (_event, payload) => void told.push(payload as BoardLogEntry),
    log: (level, subject, text) => level === 'error' && subject === null && complaints.push(text),
    clock,
    wallMs: () => 1_800_000_000_000 + clock.nowMs(),
  });
}
async function close(): Promise<void> {
  await log.close();
  await store.close();
}
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-log-'));
  clock = new TestClock();
  told = [];
  complaints = [];
  await open();
});
afterEach(async () => {
  await close();
  await rm(folder, { recursive: true });
});

const texts = async (boardId = 'b', limit = 100, before?: number) =>
  (await log.entries(boardId, limit, before)).map(({ text }) => text);

describe('the log of a board', () => {
  test('counts what comes again with every start of the lab, and leaves what persons did by itself', async () => {
    log.add('b', 'settings', 'Settings: name.', { by: 'page' });
    for (let i = 0; i < 5; i++) {
      log.add('b', 'attached', 'b attached at virtual:b.');
      log.add('b', 'restarted', 'b was started by the lab.');
      await close();
      await open();
    }
    const entries = await log.entries('b', 10);
    expect(entries.map(({ kind, count }) => [kind, count])).toEqual([
      ['restarted', 5],
      ['attached', 5],
      ['settings', 1],
    ]);
  });

  test('is kept over restarts of the lab, newest first and page by page, with who asked', async () => {
    log.add('b', 'deployed', 'Night was deployed.', { by: 'page' });
    log.add('other', 'lost', 'Another one went.');
    log.add('b', 'settings', 'Settings: latitude 52° → 52.1°.', { by: 'command line' });
    await close();
    await open();
    log.add('b', 'restarted', 'It has restarted: its watchdog found that it no longer went on.', {
      level: 'warning',
    });
    const entries = await log.entries('b', 2);
    expect(entries).toMatchObject([
      { kind: 'restarted', level: 'warning', by: null, count: 1 },
      { kind: 'settings', by: 'command line' },
    ]);
    expect(await texts('b', 2, entries[1]!.number)).toEqual(['Night was deployed.']);
    expect(new Set(told.map(({ number }) => number)).size).toBe(4);
  });

  test('has what comes again as one entry with a count, written now and then', async () => {
    for (let i = 0; i < 500; i++) {
      log.add('b', 'lost', 'It went.', { level: 'warning' });
      log.add('b', 'attached', 'It came.');
    }
    expect(await log.entries('b', 10)).toMatchObject([
      { kind: 'attached', count: 500 },
      { kind: 'lost', count: 500 },
    ]);
    expect(await log.count('b')).toBe(2);
  });

  test('has what a board says wrong in ever other words as one entry, while it comes soon', async () => {
    for (let i = 0; i < 50; i++) {
      log.add('b', 'trouble', `It sent ${i} bytes that are no frames.`);
      await clock.turn(5000);
    }
    await clock.turn(20_000);
    log.add('b', 'trouble', 'It sent nonsense.');
    expect(await log.entries('b', 10)).toMatchObject([
      { count: 1, text: 'It sent nonsense.' },
      { count: 50, text: 'It sent 49 bytes that are no frames.' },
    ]);
  });

  test('counts the records that came again, and has those of another time as another entry', async () => {
    log.add('b', 'repeated', 'Records came twice.', { times: 5 });
    await clock.turn(599_999);
    log.add('b', 'repeated', 'Records came twice.', { times: 2 });
    await clock.turn(600_000);
    log.add('b', 'repeated', 'Records came twice.', { times: 3 });
    expect((await log.entries('b', 10)).map(({ count }) => count)).toEqual([3, 7]);
  });

  test('keeps each thing that a person did, the same twice too', async () => {
    for (let i = 0; i < 2; i++) log.add('b', 'reset', 'It was told to restart.', { by: 'page' });
    expect(await log.entries('b', 10)).toMatchObject([{ count: 1 }, { count: 1 }]);
  });

  test('keeps the newest of what a board caused, and all that persons did', async () => {
    log.add('b', 'deployed', 'Night was deployed.', { by: 'page' });
    for (let i = 0; i < 3200; i++) log.add('b', 'restarted', `It has restarted for the ${i}th time.`);
    expect(await texts('b', 1)).toEqual(['It has restarted for the 3199th time.']);
    const left = await log.count('b');
    expect(left).toBeGreaterThan(2000);
    expect(left).toBeLessThan(2700);
    expect(await texts('b', 5000)).toContain('Night was deployed.');
  }, 60_000);

  test('goes when the board is forgotten', async () => {
    log.add('b', 'attached', 'It came.');
    log.add('other', 'attached', 'It came.');
    await log.forget('b');
    expect([await texts('b'), await texts('other')]).toEqual([[], ['It came.']]);
  });

  test('fails nobody where the store does', async () => {
    await store.close();
    log.add('b', 'attached', 'It came.');
    await log.close();
    expect(complaints).toHaveLength(1);
    await open();
  });
});
