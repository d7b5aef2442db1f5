import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TelemetryRecord } from '../contract/types.ts';
import { openStore, type Store } from './open-store.ts';
import { telemetryStore, type RecordKey } from './telemetry-store.ts';

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

const record = (sequence: number, change: Partial<TelemetryRecord> = {}): TelemetryRecord => ({
  boardId: 'b1',
  bootId: 4_000_000_000,
  sequence,
  receivedMs: 1_795_423_729_608,
  atMs: 1_795_423_700_000 + sequence,
  errorMs: 1.5,
  uptimeMs: sequence * 10,
  inferenceId: sequence,
  expert: '0011223344556677',
  classIndex: 3,
  topProbability: 0.5,
  entropy: 1.25,
  featuresUs: 100 * sequence,
  encoderUs: 0,
  routerUs: 0,
  expertUs: 0,
  latencySource: 'modelled',
  energyNanojoule: 1000,
  energySource: 'modelled',
  supplyMillivolts: null,
  temperatureC: null,
  stackBytes: 2048,
  curiosity: 0.25,
  place: 2,
  ...change,
});
const run = (from: number, to: number, change?: Partial<TelemetryRecord>) =>
  Array.from({ length: to - from + 1 }, (_, i) => record(from + i, change));

describe('the telemetry store', () => {
  test('gives back what was appended, unknown values included, oldest first', async () => {
    const telemetry = telemetryStore(store);
    const records = [record(1), record(2, { supplyMillivolts: 3300, temperatureC: 21.5, stackBytes: null })];
    await telemetry.append(records);
    expect(await telemetry.records('b1', 10)).toEqual(records);
    expect((await telemetry.records('b1', 1)).map((one) => one.sequence)).toEqual([2]);
    expect(await telemetry.records('another', 10)).toEqual([]);
  });

  test('gives the records before one, boot after boot, to the first', async () => {
    const telemetry = telemetryStore(store);
    await telemetry.append([...run(1, 3), ...run(1, 4, { boardId: 'b2' }), ...run(1, 2, { bootId: 7 })]);
    const names = async (limit: number, before?: RecordKey) =>
      (await telemetry.records('b1', limit, before)).map(({ bootId, sequence }) => [bootId, sequence]);
    expect(await names(2)).toEqual([
      [7, 1],
      [7, 2],
    ]);
    expect(await names(2, { bootId: 7, sequence: 1 })).toEqual([
      [4_000_000_000, 2],
      [4_000_000_000, 3],
    ]);
    expect(await names(2, { bootId: 4_000_000_000, sequence: 2 })).toEqual([[4_000_000_000, 1]]);
    expect(await names(2, { bootId: 4_000_000_000, sequence: 1 })).toEqual([]);
  });

  test('keeps the cursor of every boot apart, also after it is opened again', async () => {
    const telemetry = telemetryStore(store);
    await telemetry.append([...run(1, 5), ...run(1, 2, { bootId: 7 })]);
    for (const one of [telemetry, telemetryStore(store)]) {
      expect(await one.cursor('b1', 4_000_000_000)).toBe(5);
      expect(await one.cursor('b1', 7)).toBe(2);
      expect(await one.cursor('b1', 8)).toBe(0);
    }
  });

  test('stores a record once, however often it is delivered', async () => {
    const telemetry = telemetryStore(store);
    await telemetry.append(run(1, 5));
    await telemetry.append(run(3, 8));
    await telemetry.append(run(8, 8));
    expect((await telemetry.records('b1', 100)).map((one) => one.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test('stores a record once when two deliveries of it come at the same time', async () => {
    const telemetry = telemetryStore(store);
    await Promise.all([
      telemetry.append(run(1, 5)),
      telemetry.append(run(1, 5)),
      telemetry.append(run(2, 7)),
    ]);
    expect((await telemetry.records('b1', 100)).map((one) => one.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('counts the gaps in each boot, the one before the first record included', async () => {
    const telemetry = telemetryStore(store);
    await telemetry.append([...run(3, 4), ...run(10, 11)]);
    await telemetry.append(run(1, 2, { bootId: 9, receivedMs: 1_795_423_729_700 }));
    const summary = await telemetry.summary('b1');
    expect(summary.missing).toBe(7);
    expect(summary.gaps).toEqual([
      { bootId: 4_000_000_000, afterSequence: 0, missing: 2 },
      { bootId: 4_000_000_000, afterSequence: 4, missing: 5 },
    ]);
  });

  test('summarises latency and energy and carries their source', async () => {
    const telemetry = telemetryStore(store);
    await telemetry.append(run(1, 101));
    const summary = await telemetry.summary('b1');
    expect(summary).toMatchObject({
      records: 101,
      missing: 0,
      latencySource: 'modelled',
      energySource: 'modelled',
    });
    expect(summary.latencyUs).toEqual({ p50: 5100, p95: 9600, p99: 10000 });
    expect(summary.energyNanojoule).toEqual({ mean: 1000, total: 101_000 });
  });

  test('has no figures for a board without records, and none where their source is none', async () => {
    const telemetry = telemetryStore(store);
    expect(await telemetry.summary('b1')).toMatchObject({
      records: 0,
      latencyUs: null,
      energyNanojoule: null,
    });
    await telemetry.append(run(1, 3, { energySource: 'none', energyNanojoule: 0 }));
    expect((await telemetry.summary('b1')).energyNanojoule).toBeNull();
  });
});
