import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sealed, uncertainFixture } from '../../devices/protocol/test-uncertain.ts';
import { readUncertain } from '../../devices/protocol/uncertain-window.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { uncertainStore, type UncertainStore } from '../store/uncertain-store.ts';
import { Uncertain } from './uncertain.ts';

let folder: string;
let store: Store;
let kept: UncertainStore;
const told: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-uncertain-'));
  store = await openStore(join(folder, 'lab.duckdb'));
  kept = uncertainStore(store);
  told.length = 0;
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

/** @param wallMs by the board's clock; 0: it was not set */
async function keep(boardId: string, sequence: number, wallMs: number): Promise<void> {
  const bytes = uncertainFixture();
  const view = new DataView(bytes.buffer);
  view.setUint32(12, sequence, true);
  view.setBigUint64(24, BigInt(wallMs), true);
  const window = readUncertain(sealed(bytes));
  const receivedMs = 1_790_000_000_000 + sequence;
  await kept.keep({ boardId, window, receivedMs, longitude: 0, expert: 'ab', labels: ['a', 'b', 'c'] });
}

const uncertain = (): Uncertain =>
  new Uncertain({
    ...{ uncertain: kept, keep: [], version: '0', wallMs: () => 1 },
    background: { run: () => Promise.reject(new Error('Nothing is written here.')) } as never,
    emit: (event) => void told.push(event),
  });

test('a window that neither a record nor its board’s clock dates is undated, whenever it was fetched', async () => {
  await keep('a', 1, 0);
  await keep('a', 2, 1_780_000_000_000);
  const items = await uncertain().list({ limit: 10 });
  expect(items.map(({ atMs }) => atMs)).toEqual([null, 1_780_000_000_000]);
  expect(items[0]!.night).toBe(new Date(items[0]!.receivedMs - 43_200_000).toISOString().slice(0, 10));
});

test('windows are counted by board, and what is decided or taken back is told and counted anew', async () => {
  for (const [boardId, sequence] of [
    ['a', 1],
    ['a', 2],
    ['b', 3],
  ] as const)
    await keep(boardId, sequence, 0);
  const room = uncertain();
  const undecided = async (reviewer?: string) =>
    (await room.counts(reviewer)).map(({ boardId, undecided: left, windows }) => [boardId, left, windows]);
  const [first] = await room.list({ limit: 1 });
  for (const reviewer of ['Ada', 'Bo', 'Ada'])
    await room.decide(first!.number, { reviewer, verdict: 'yes', label: null });
  expect(await undecided()).toEqual([
    ['a', 1, 2],
    ['b', 1, 1],
  ]);
  expect(await undecided('Cem')).toEqual([
    ['a', 2, 2],
    ['b', 1, 1],
  ]);
  await room.undo('Ada');
  // The decision before stands again; it, too, may be taken back.
  expect(await undecided('Ada')).toEqual([
    ['a', 1, 2],
    ['b', 1, 1],
  ]);
  await room.undo('Ada');
  expect(await undecided('Ada')).toEqual([
    ['a', 2, 2],
    ['b', 1, 1],
  ]);
  expect(await undecided()).toEqual([
    ['a', 1, 2],
    ['b', 1, 1],
  ]);
  expect(await room.undo('Ada')).toBeNull();
  expect(told).toEqual(Array.from({ length: 5 }, () => 'uncertain'));
});
