import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TelemetryRecord } from '../contract/types.ts';
import { weekChanges } from './fleet-changes.ts';
import { openStore, type Store } from './open-store.ts';
import { dayMs, hourMs } from './rollups/features.ts';
import { roll } from './rollups/roll.ts';
import { telemetryStore } from './telemetry-store.ts';

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-store-'));
  store = await openStore(join(folder, 'lab.duckdb'));
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const nowMs = 1_795_392_000_000;
let sequence = 0;
const records = (
  boardId: string,
  n: number,
  atMs: number,
  encoderUs: number,
  energyNanojoule: number,
): TelemetryRecord[] =>
  Array.from({ length: n }, (_, i) => ({
    ...{ boardId, bootId: 7, sequence: ++sequence, receivedMs: 0, uptimeMs: 0, errorMs: null, curiosity: 0 },
    ...{ inferenceId: 1, expert: '0011223344556677', classIndex: 0, topProbability: 1, entropy: 0, place: 0 },
    ...{
      featuresUs: 0,
      encoderUs,
      routerUs: 0,
      expertUs: 0,
      latencySource: 'counted' as const,
      wallMs: null,
      ...{ stages: null, score: null, skippedWindows: null },
    },
    ...{ energyNanojoule, energySource: 'counted' as const, supplyMillivolts: null, temperatureC: null },
    ...{ stackBytes: null, startCause: null, freeFlashBytes: null, levelDb: null, noiseFloorDb: null },
    ...{ atMs: atMs + i, clippedShare: null },
  }));

test('the last hour is told as a multiple of the week before, whether rolled up or not', async () => {
  const telemetry = telemetryStore(store);
  await telemetry.append([
    ...records('slow', 200, nowMs - 3 * dayMs, 100_000, 1000),
    ...records('few', 20, nowMs - 3 * dayMs, 100_000, 1000),
    ...records('old', 300, nowMs - 9 * dayMs, 100_000, 1000),
  ]);
  await roll(store);
  for (const id of ['slow', 'few', 'old'])
    await telemetry.append(records(id, 20, nowMs - hourMs / 2, 200_000, 1500));
  const none = { latency: null, energy: null };
  const told = await weekChanges(store, nowMs);
  expect(told).toEqual([
    { boardId: 'few', ...none },
    { boardId: 'old', ...none },
    { boardId: 'slow', latency: expect.closeTo(2, 1), energy: 1.5 },
  ]);
  await roll(store);
  expect(await weekChanges(store, nowMs)).toEqual(told);
});

test('what another bank took before is no week before', async () => {
  await telemetryStore(store).append([
    ...records('b', 300, nowMs - 3 * dayMs, 100_000, 1000),
    ...records('b', 20, nowMs - hourMs / 2, 200_000, 2000),
  ]);
  await store.transaction((connection) =>
    connection.run(
      `INSERT INTO deployments (at_ms, board_id, slot, expert, sha256, bytes, upload_ms, activated)
       VALUES ($1, 'b', 0, 'e', '', 0, 0, true)`,
      [nowMs - dayMs],
    ),
  );
  expect(await weekChanges(store, nowMs)).toEqual([{ boardId: 'b', latency: null, energy: null }]);
});
