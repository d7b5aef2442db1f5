import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TelemetryRecord, Visit } from '../contract/types.ts';
import { openStore, type Store } from './open-store.ts';
import { telemetryStore } from './telemetry-store.ts';
import { visitStore } from './visit-store.ts';

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-visits-'));
  store = await openStore(join(folder, 'lab.duckdb'));
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const record = (bootId: number, sequence: number, receivedMs: number): TelemetryRecord => ({
  ...{ boardId: 'a', bootId, sequence, receivedMs, atMs: receivedMs - 5, errorMs: 1, uptimeMs: sequence },
  ...{ inferenceId: sequence, expert: 'ab'.repeat(8), classIndex: 0, topProbability: 0.9, entropy: 0.1 },
  ...{ featuresUs: 1, encoderUs: 1, routerUs: 0, expertUs: 1, latencySource: 'modelled', energyNanojoule: 1 },
  ...{ energySource: 'modelled', supplyMillivolts: 3300 - sequence, temperatureC: 20, stackBytes: 1 },
  ...{ curiosity: 0, place: 0, levelDb: -40 + sequence, noiseFloorDb: -60 - sequence, clippedShare: 0.25 },
  ...{ startCause: bootId === 1 ? 'power' : 'watchdog', freeFlashBytes: 1, wallMs: null },
  ...{ stages: null, score: null, skippedWindows: null },
});

test('of what came since the visit before it tells records, gaps, starts by cause, supply and sound', async () => {
  await telemetryStore(store).append([record(1, 1, 100), record(1, 2, 100)]);
  // Two of the first start were lost on the way, and the first of the second.
  await telemetryStore(store).append([record(1, 5, 200), record(2, 2, 300), record(2, 3, 300)]);
  const visits = visitStore(store);
  expect(await visits.found('a', 150)).toEqual({
    ...{
      records: 3,
      missing: 3,
      gaps: 2,
      firstMs: 195,
      lastMs: 295,
      starts: [{ cause: 'watchdog', count: 1 }],
    },
    ...{ leastMillivolts: 3295, lastMillivolts: expect.any(Number) as number },
    ...{ noiseFloorDb: -63, highestDb: -35, clippedShare: 0.25 },
  });
  expect(await visits.found('a', null)).toMatchObject({
    ...{ records: 5, missing: 3 },
    starts: [
      { cause: 'power', count: 1 },
      { cause: 'watchdog', count: 1 },
    ],
  });
  expect(await visits.found('b', null)).toMatchObject({ records: 0, missing: 0, firstMs: null, starts: [] });
});

test('what a person deleted is no gap', async () => {
  const telemetry = telemetryStore(store);
  await telemetry.append([record(1, 1, 100), record(1, 2, 100), record(1, 3, 200)]);
  await telemetry.delete('a', 150);
  expect(await visitStore(store).found('a', null)).toMatchObject({ records: 1, missing: 0 });
});

test('visits are kept over a restart, the newest first, a page at a time, and go with their board', async () => {
  const visit = (id: string, boardId: string, startedMs: number) =>
    ({ id, boardId, startedMs, did: ['ü'], found: {} }) as Partial<Visit> as Visit;
  for (const one of [visit('1', 'a', 10), visit('2', 'b', 20), visit('3', 'a', 30)])
    await visitStore(store).keep(one);
  await store.close();
  store = await openStore(join(folder, 'lab.duckdb'));
  const visits = visitStore(store);
  const ids = async (...asked: Parameters<typeof visits.list>) =>
    (await visits.list(...asked)).map(({ id }) => id);
  expect(await ids(null, null, 10)).toEqual(['3', '2', '1']);
  expect(await ids('a', 30, 10)).toEqual(['1']);
  // Of a sheet from before these were told.
  expect(await visits.get('2')).toMatchObject({ boardId: 'b', automatic: false, found: { gaps: null } });
  await expect(visits.get('4')).rejects.toMatchObject({ code: 'VISIT_NOT_FOUND' });
  expect([await visits.last('a'), await visits.count('a')]).toEqual([30, 2]);
  await visits.forget('a');
  expect(await ids(null, null, 10)).toEqual(['2']);
});
