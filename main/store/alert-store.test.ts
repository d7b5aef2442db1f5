import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Alert } from '../contract/types.ts';
import { alertStore, type AlertStore } from './alert-store.ts';
import { openStore, type Store } from './open-store.ts';

let folder: string;
let store: Store;
let kept: AlertStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-store-'));
  store = await openStore(join(folder, 'lab.duckdb'));
  kept = alertStore(store);
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const alert = (id: string, raisedMs: number, clearedMs: number | null = null): Alert => ({
  ...{ id, ruleId: 'r', kind: 'voltage', boardId: 'b1', boardName: 'Hut “north”', state: 'open' },
  ...{ text: 'it’s low', raisedMs, changedMs: raisedMs, snoozedUntilMs: null, clearedMs, log: [] },
});

test('alerts that are up, and those that have cleared a page at a time, are as they were kept last', async () => {
  const all = Array.from({ length: 5 }, (_, i) => alert(`a${i}`, i));
  await kept.keep(all);
  expect(await kept.up()).toEqual(all);
  // Two of them cleared at the same time.
  const cleared = [alert('a1', 1, 10), alert('a3', 3, 10), alert('a4', 4, 12)];
  await kept.keep(cleared);
  expect(await kept.up()).toEqual([all[0], all[2]]);
  expect(await kept.cleared(null, 2)).toEqual([cleared[2], cleared[1]]);
  expect(await kept.cleared('a3', 2)).toEqual([cleared[0]]);
  expect(await kept.clearedSince(11)).toEqual([{ ruleId: 'r', boardId: 'b1', clearedMs: 12 }]);
  await kept.forget('b1');
  expect([await kept.up(), await kept.cleared(null, 9)]).toEqual([[], []]);
});

test('rules and the webhook are kept, changed and removed', async () => {
  const rule = {
    ...{ id: 'r', kind: 'voltage' as const, on: true, target: { kind: 'all' as const }, threshold: 2800.5 },
    ...{ forMs: 0, hysteresis: 0, coolDownMs: 0, className: '' },
  };
  await kept.keepRule(rule);
  await kept.keepRule({ ...rule, on: false });
  expect(await kept.rules()).toEqual([{ ...rule, on: false }]);
  await kept.removeRule('r');
  expect(await kept.rules()).toEqual([]);
  expect(await kept.webhook()).toEqual({ on: false, url: '' });
  await kept.keepWebhook({ on: true, url: 'https://a/' });
  await kept.keepWebhook({ on: false, url: 'https://b/' });
  expect(await kept.webhook()).toEqual({ on: false, url: 'https://b/' });
});
