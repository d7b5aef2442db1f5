import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestClock } from '../../../devices/protocol/test-clock.ts';
import type { TelemetryRecord } from '../../contract/types.ts';
import { Random } from '../../../models/training/random.ts';
import { openStore, type Store } from '../open-store.ts';
import { telemetryStore, type TelemetryStore } from '../telemetry-store.ts';
import { dayMs, hourMs, minuteMs } from './features.ts';
import { KeepRolled } from './keep-rolled.ts';
import { overview } from './overview.ts';
import { levels, prune, retain, retention } from './retention.ts';
import { join as joinRolled, roll } from './roll.ts';

let folder: string;
let store: Store;
let telemetry: TelemetryStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-store-'));
  store = await openStore(join(folder, 'lab.duckdb'));
  telemetry = telemetryStore(store);
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

/** The lab's own turns, on a clock that is turned. */
async function keepRolled(
  nowMs: () => number,
): Promise<{ clock: TestClock; rolled: KeepRolled; problems: unknown[] }> {
  const clock = new TestClock();
  const problems: unknown[] = [];
  const onProblem = (thrown: unknown): void => void problems.push(thrown);
  return { clock, rolled: new KeepRolled(store, { clock, wallMs: nowMs, onProblem }), problems };
}

const startMs = 1_795_392_000_000;
const random = new Random(1);

const record = (boardId: string, sequence: number, atMs: number): TelemetryRecord => ({
  ...{ boardId, bootId: 7, sequence, receivedMs: atMs, atMs, errorMs: 1, uptimeMs: atMs - startMs },
  ...{ inferenceId: sequence, expert: '0011223344556677', classIndex: Math.floor(5 * random.uniform()) },
  ...{ topProbability: random.uniform(), entropy: 1.6 * random.uniform(), place: 0 },
  ...{
    featuresUs: 20_000,
    encoderUs: Math.round(200_000 * (1 + random.uniform())),
    routerUs: 0,
    expertUs: 900,
  },
  ...{ latencySource: 'modelled', energyNanojoule: 1_000_000 + sequence, energySource: 'modelled' },
  ...{ supplyMillivolts: null, temperatureC: null, stackBytes: null, curiosity: random.uniform() },
  ...{ levelDb: null, noiseFloorDb: null, clippedShare: null, startCause: null },
  ...{ freeFlashBytes: null, wallMs: null },
});
const latencyOf = ({ featuresUs, encoderUs, routerUs, expertUs }: TelemetryRecord): number =>
  featuresUs + encoderUs + routerUs + expertUs;
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
/** The smallest value that so many are not above. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1]!;
}

/** A record every 40 s for a day, of two boards. */
const day = ['b1', 'b2'].map((boardId) =>
  Array.from({ length: dayMs / 40_000 }, (_, i) => record(boardId, i + 1, startMs + 40_000 * i)),
);

async function count(sql: string): Promise<number> {
  return store.reading(async (connection) => {
    const rows = await connection.runAndReadAll(`SELECT (${sql})::DOUBLE`);
    return rows.getRowsJS()[0]![0] as number;
  });
}

async function overviewIs(records: readonly TelemetryRecord[], fromMs: number): Promise<void> {
  const [one] = await overview(store, fromMs, startMs + dayMs);
  const energy = records.map(({ energyNanojoule }) => energyNanojoule);
  expect(one).toMatchObject({ boardId: 'b1', records: records.length, latencySource: 'modelled' });
  expect(one!.energyNanojoule!.mean).toBeCloseTo(mean(energy), 3);
  expect(one!.energyNanojoule!.total).toBeCloseTo(mean(energy) * energy.length, 0);
  expect(one!.entropy).toBeCloseTo(mean(records.map(({ entropy }) => entropy)), 5);
  expect(one!.curiosity).toBeCloseTo(mean(records.map(({ curiosity }) => curiosity)), 5);
  const latencies = records.map(latencyOf);
  for (const [share, told] of [
    [0.5, one!.latencyUs!.p50],
    [0.95, one!.latencyUs!.p95],
  ] as const) {
    expect(Math.abs(told / quantile(latencies, share) - 1)).toBeLessThan(0.01);
  }
}

describe('roll-ups', () => {
  test('tell what the records tell, whether those are rolled up, in part or not at all', async () => {
    const [first, second] = day as [TelemetryRecord[], TelemetryRecord[]];
    await telemetry.append(second);
    for (const [from, to] of [
      [0, 700],
      [700, 1500],
      [1500, first.length],
    ] as const) {
      await telemetry.append(first.slice(from, to));
      await overviewIs(first.slice(0, to), startMs);
      await roll(store);
      await overviewIs(first.slice(0, to), startMs);
    }
    await overviewIs(
      first.filter(({ atMs }) => atMs >= startMs + 20 * hourMs),
      startMs + 20 * hourMs,
    );
    expect(await count('SELECT sum(records) FROM telemetry_minutes')).toBe(2 * first.length);
  });

  test('of the last hours are read by the minute', async () => {
    const [first] = day as [TelemetryRecord[]];
    await telemetry.append(first);
    await roll(store);
    const fromMs = startMs + dayMs - 50 * minuteMs;
    const [one] = await overview(store, fromMs, startMs + dayMs);
    expect(one!.records).toBe(first.filter(({ atMs }) => atMs >= fromMs).length);
  });

  test('take every record once, whenever it was kept: a board that comes after a month adds to hours long past', async () => {
    const [first] = day as [TelemetryRecord[]];
    await telemetry.append(first);
    await roll(store);
    await roll(store);
    await telemetry.append([record('late', 1, startMs + 10), record('late', 2, startMs + 20)]);
    await roll(store);
    const all = await overview(store, startMs, startMs + dayMs);
    expect(all.map(({ boardId, records }) => [boardId, records])).toEqual([
      ['b1', first.length],
      ['late', 2],
    ]);
  });

  test('are joined to one row an hour, and say the same as before', async () => {
    const [first] = day as [TelemetryRecord[]];
    for (let from = 0; from < first.length; from += 50) {
      await telemetry.append(first.slice(from, from + 50));
      await roll(store);
    }
    expect(await count('SELECT count(*) FROM telemetry_hours')).toBeGreaterThan(24);
    await joinRolled(store, startMs + dayMs);
    expect(await count('SELECT count(*) FROM telemetry_hours')).toBe(24);
    await overviewIs(first, startMs);
    await joinRolled(store, startMs + dayMs);
    await overviewIs(first, startMs);
  });

  test('go on after the lab was opened again, also where the records are deleted that were rolled up', async () => {
    const [first] = day as [TelemetryRecord[]];
    await telemetry.append(first.slice(0, 1000));
    await roll(store);
    await telemetry.delete('b1');
    await store.close();
    store = await openStore(join(folder, 'lab.duckdb'));
    telemetry = telemetryStore(store);
    await telemetry.append(first.slice(1000));
    await roll(store);
    expect(await count('SELECT sum(records) FROM telemetry_minutes')).toBe(first.length - 1000);
  });

  test('of a board go with its records', async () => {
    const [first, second] = day as [TelemetryRecord[], TelemetryRecord[]];
    await telemetry.append([...first, ...second]);
    await roll(store);
    await telemetry.delete('b1', startMs + 10 * hourMs);
    const of = (boardId: string) => `SELECT sum(records) FROM telemetry_hours WHERE board_id = '${boardId}'`;
    expect(await count(of('b1'))).toBe(first.filter(({ atMs }) => atMs >= startMs + 10 * hourMs).length);
    await telemetry.forget('b1');
    expect(await count("SELECT count(*) FROM telemetry_bins WHERE board_id = 'b1'")).toBe(0);
    expect(await count(of('b2'))).toBe(second.length);
  });
});

describe('what is recorded', () => {
  test('is rolled up every minute, and stays for good until somebody says for how long', async () => {
    const [first] = day as [TelemetryRecord[]];
    const { clock, rolled, problems } = await keepRolled(() => startMs + 400 * dayMs);
    await telemetry.append(first);
    await clock.turn(minuteMs);
    await expect.poll(() => count('SELECT coalesce(max(batch), 0) FROM telemetry_rolled')).toBe(1);
    await clock.run(rolled.close());
    expect(problems).toEqual([]);
    const told = await levels(store);
    expect(told.map(({ level, rows }) => [level, rows])).toEqual([
      ['records', first.length],
      ['minutes', first.length / 1.5],
      ['hours', 24],
      ['distributions', expect.any(Number)],
    ]);
    expect(told.every(({ firstMs }) => firstMs === startMs)).toBe(true);
  });

  test('goes after its time, once it is rolled up; boards are not asked for it again, and it is no gap', async () => {
    const [first] = day as [TelemetryRecord[]];
    await retain(store, { recordDays: 1, minuteDays: 30 });
    expect(await retention(store)).toEqual({ recordDays: 1, minuteDays: 30 });
    await telemetry.append(first.slice(0, 1000));
    await roll(store);
    await telemetry.append(first.slice(1000, 1500));
    const later = startMs + 10 * dayMs;
    expect(await prune(store, later)).toEqual({ records: 1000, minutes: 0 });
    expect(await telemetry.cursor('b1', 7)).toBe(1500);
    expect(await telemetryStore(store).cursor('b1', 7)).toBe(1500);
    expect((await telemetry.summary('b1')).gaps).toEqual([]);
    await roll(store);
    expect(await prune(store, startMs + 40 * dayMs)).toEqual({ records: 500, minutes: 1001 });
    expect(await count('SELECT sum(records) FROM telemetry_hours')).toBe(1500);
  });
});
