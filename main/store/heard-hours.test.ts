import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TelemetryRecord } from '../contract/types.ts';
import { heardHours, packHours, unpackHours, type HeardHour } from './heard-hours.ts';
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

/** As the thread that judges has them. */
const told = async (nowMs: number, boardIds: readonly string[] | null = null): Promise<HeardHour[]> => {
  const heard = await heardHours(store, nowMs, boardIds);
  return unpackHours(packHours(heard, [...heard.keys(), 'one that told nothing']));
};

const startHour = 24 * 20_000;
const startMs = startHour * hourMs;
let sequence = 0;
const record = (hour: number, noiseFloorDb: number | null, changes: Partial<TelemetryRecord> = {}) => ({
  ...{ boardId: 'b', bootId: 7, sequence: ++sequence, receivedMs: 0, uptimeMs: 0, errorMs: null },
  ...{ inferenceId: 1, expert: '0011223344556677', classIndex: 0, topProbability: 1, entropy: 0, place: 0 },
  ...{ featuresUs: 0, encoderUs: 0, routerUs: 0, expertUs: 0, latencySource: 'none' as const, curiosity: 0 },
  ...{ energyNanojoule: 0, energySource: 'none' as const, supplyMillivolts: null, temperatureC: null },
  ...{ stackBytes: null, startCause: null, freeFlashBytes: null, wallMs: null },
  ...{ stages: null, score: null, skippedWindows: null },
  ...{ atMs: startMs + hour * hourMs + sequence, levelDb: -40, noiseFloorDb, clippedShare: 0.25 },
  ...changes,
});
/** Four records of an hour. */
const fourOf = (
  hour: number,
  noiseFloorDb: number,
  changes: Partial<TelemetryRecord> = {},
): TelemetryRecord[] => [0, 1, 2, 3].map((i) => record(hour, noiseFloorDb, { levelDb: -40 - i, ...changes }));

test('the last hours are told with what was usual at their hour of day, whether rolled up or not', async () => {
  const days = 20;
  const records = Array.from({ length: 24 * days }, (_, hour) =>
    // The same hour of day is a decibel louder each day; midnight is quietest.
    fourOf(hour, -80 + Math.floor(hour / 24) + (hour % 24) / 100),
  ).flat();
  await telemetryStore(store).append(records.slice(0, 1000));
  await roll(store);
  await telemetryStore(store).append(records.slice(1000));
  const nowMs = startMs + days * dayMs;
  const hours = await told(nowMs);
  expect(hours.map(({ hour }) => hour - startHour)).toEqual([18, 19, 20, 21, 22, 23].map((h) => 19 * 24 + h));
  // The past ends a week before: 13 days of it.
  expect(hours.at(-1)).toMatchObject({
    ...{ boardId: 'b', levelDb: -41.5, quietestDb: -43, loudestDb: -40, clippedShare: 0.25, days: 13 },
    ...{ spreadDb: 3, usualDb: expect.closeTo(-73.77, 6), noiseFloorDb: expect.closeTo(-60.77, 6) },
    lowestDb: expect.closeTo(-79.97, 6),
  });
  await roll(store);
  expect(await told(nowMs)).toEqual(hours);
  expect(await told(nowMs, ['b', "it's another"])).toEqual(hours);
  expect(await told(nowMs, ['a'])).toEqual([]);
});

test('a young board has its first days for a past, and none on its first day', async () => {
  const telemetry = telemetryStore(store);
  await telemetry.append(Array.from({ length: 24 }, (_, hour) => fourOf(hour, -70)).flat());
  expect((await told(startMs + dayMs)).at(-1)).toMatchObject({
    days: 0,
    usualDb: null,
    lowestDb: null,
  });
  await telemetry.append(Array.from({ length: 24 * 7 }, (_, hour) => fourOf(24 + hour, -70)).flat());
  expect((await told(startMs + 8 * dayMs)).at(-1)).toMatchObject({ days: 5, usualDb: -70 });
});

test('hours with few records, records that tell no level, and windows without any sound make no past', async () => {
  const telemetry = telemetryStore(store);
  await telemetry.append([
    ...fourOf(0, -70),
    ...fourOf(1, -71).slice(1),
    ...fourOf(2, -72, { levelDb: null }),
    ...fourOf(3, -200, { levelDb: -200 }),
    ...fourOf(30, -60),
  ]);
  const hours = await told(startMs + 2 * dayMs);
  expect(hours.map(({ hour }) => hour - startHour)).toEqual([0, 3, 30]);
  expect(hours.at(-1)).toMatchObject({ days: 0, lowestDb: -70 });
  expect(hours[1]).toMatchObject({ loudestDb: -200, noiseFloorDb: -200 });
});
