import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BoardLogKind, RecordKey, TelemetryRecord } from '../contract/types.ts';
import { boardLogStore } from './board-log-store.ts';
import { openStore, type Store } from './open-store.ts';
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
  levelDb: -42.51,
  noiseFloorDb: -60.25,
  clippedShare: 0.125,
  startCause: 'power',
  freeFlashBytes: 1_802_240,
  wallMs: 1_795_423_700_000 + sequence,
  ...{ stages: 5, score: 0.625, skippedWindows: sequence },
  ...change,
});
const run = (from: number, to: number, change?: Partial<TelemetryRecord>) =>
  Array.from({ length: to - from + 1 }, (_, i) => record(from + i, change));

describe('the telemetry store', () => {
  test('gives back what was appended, unknown values included, oldest first', async () => {
    const telemetry = telemetryStore(store);
    const untold = { levelDb: null, noiseFloorDb: null, clippedShare: null, startCause: null };
    const records = [
      record(1),
      record(2, { supplyMillivolts: 3300, temperatureC: 21.5, stackBytes: null }),
      record(3, {
        ...untold,
        freeFlashBytes: null,
        wallMs: null,
        stages: null,
        score: null,
        skippedWindows: null,
      }),
    ];
    await telemetry.append(records);
    expect(await telemetry.records('b1', 10)).toEqual(records);
    expect((await telemetry.records('b1', 1)).map((one) => one.sequence)).toEqual([3]);
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

  test('keeps what several boards sent at once, also where the records of one cannot be kept', async () => {
    const telemetry = telemetryStore(store);
    const outcomes = await Promise.allSettled([
      telemetry.append(run(1, 700)),
      telemetry.append([
        record(1, { boardId: 'b2', sequence: 1.5, stackBytes: 'none' as unknown as number }),
      ]),
      telemetry.append(run(1, 3, { boardId: 'b3' })),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const counts = await Promise.all(['b1', 'b2', 'b3'].map((boardId) => telemetry.summary(boardId)));
    expect(counts.map(({ records }) => records)).toEqual([700, 0, 3]);
    await telemetry.append([record(1, { boardId: 'b2' })]);
    expect(await telemetry.cursor('b2', 4_000_000_000)).toBe(1);
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

  test('finds where the clock of a board was set, in each boot by itself', async () => {
    const telemetry = telemetryStore(store);
    const told = (sequence: number, wallMs: number | null, bootId = 7) =>
      record(sequence, { bootId, wallMs });
    // Uptimes are ten times the sequence numbers.
    await telemetry.append([
      ...[told(1, null), told(2, 1_000_020), told(3, 1_000_030), told(4, 1_002_340), told(6, 1_002_360)],
      ...[told(7, 1_002_369), told(1, 5_000_010, 8), told(2, 5_000_020, 8), told(3, null, 9)],
    ]);
    expect((await telemetry.summary('b1')).clockSteps).toEqual([
      { bootId: 7, afterSequence: 3, stepMs: 2300 },
      { bootId: 7, afterSequence: 6, stepMs: -1 },
    ]);
    expect((await telemetry.summary('another')).clockSteps).toEqual([]);
  });

  test('counts from the log of the board what came again, and the starts whose numbers went back', async () => {
    const noted = (number: number, kind: BoardLogKind, count: number, text: string, boardId = 'b1') => ({
      ...{ number, boardId, atMs: number, count, kind, text, level: 'warning' as const, by: null },
    });
    await boardLogStore(store).write([
      ...[noted(1, 'repeated', 5, 'again'), noted(2, 'repeated', 7, 'again'), noted(3, 'lost', 9, 'gone')],
      ...[noted(4, 'counted back', 1, 'after 10'), noted(5, 'counted back', 2, 'after 10')],
      ...[noted(6, 'counted back', 1, 'after 20'), noted(7, 'repeated', 1, 'again', 'b2')],
    ]);
    const telemetry = telemetryStore(store);
    expect(await telemetry.summary('b1')).toMatchObject({ repeated: 12, countedBack: 2 });
    expect(await telemetry.summary('another')).toMatchObject({ repeated: 0, countedBack: 0 });
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

describe('deleting records', () => {
  const reopened = async () => {
    await store.close();
    store = await openStore(join(folder, 'lab.duckdb'));
    return telemetryStore(store);
  };
  const sequences = async (telemetry: ReturnType<typeof telemetryStore>, boardId = 'b1') =>
    (await telemetry.records(boardId, 100)).map(({ bootId, sequence }) => [bootId, sequence]);
  const atOf = (sequence: number) => record(sequence).atMs;

  test('takes those from before a time, of one board, and says before how many and from when', async () => {
    const telemetry = telemetryStore(store);
    await telemetry.append([...run(1, 6), ...run(1, 3, { boardId: 'b2' })]);
    expect(await telemetry.holds('b1', atOf(4))).toEqual({ records: 3, firstMs: atOf(1), lastMs: atOf(3) });
    expect(await telemetry.delete('b1', atOf(4))).toBe(3);
    expect(await sequences(telemetry)).toEqual([4, 5, 6].map((one) => [4_000_000_000, one]));
    expect(await sequences(telemetry, 'b2')).toHaveLength(3);
    expect(await telemetry.delete('b1', atOf(4))).toBe(0);
  });

  test('does not have the board send them again, after a restart either', async () => {
    const telemetry = telemetryStore(store);
    await telemetry.append([...run(1, 6), ...run(1, 2, { bootId: 7 })]);
    expect(await telemetry.delete('b1')).toBe(8);
    expect(await telemetry.holds('b1')).toEqual({ records: 0, firstMs: null, lastMs: null });
    expect(await telemetry.cursor('b1', 4_000_000_000)).toBe(6);
    const later = await reopened();
    expect([await later.cursor('b1', 4_000_000_000), await later.cursor('b1', 7)]).toEqual([6, 2]);
    await later.append(run(5, 8));
    expect(await sequences(later)).toEqual([7, 8].map((one) => [4_000_000_000, one]));
  });

  test('makes no gap of them, and leaves those that there were in what stays', async () => {
    const telemetry = telemetryStore(store);
    await telemetry.append([...run(3, 5), ...run(9, 12)]);
    expect((await telemetry.summary('b1')).missing).toBe(5);
    await telemetry.delete('b1', atOf(5));
    expect(await telemetry.summary('b1')).toMatchObject({
      ...{ records: 5, missing: 3 },
      gaps: [{ afterSequence: 5, missing: 3 }],
    });
    await telemetry.delete('b1');
    await telemetry.append([...run(13, 14), ...run(2, 3, { bootId: 9 })]);
    // Of the next start the first record was lost.
    expect(await telemetry.summary('b1')).toMatchObject({ records: 4, missing: 1 });
  });

  test('of a board that is forgotten leaves no trace of it', async () => {
    const telemetry = telemetryStore(store);
    await telemetry.append([...run(1, 6), ...run(1, 2, { boardId: 'b2' })]);
    await telemetry.delete('b1', atOf(3));
    await telemetry.forget('b1');
    expect(await telemetry.cursor('b1', 4_000_000_000)).toBe(0);
    const later = await reopened();
    expect(await later.cursor('b1', 4_000_000_000)).toBe(0);
    expect(await later.holds('b2')).toMatchObject({ records: 2 });
  });
});
