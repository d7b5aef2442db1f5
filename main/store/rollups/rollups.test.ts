import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestClock } from '../../../devices/protocol/test-clock.ts';
import type { TelemetryRecord } from '../../contract/types.ts';
import { Random } from '../../../models/training/random.ts';
import { migrations } from '../migrations.ts';
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
  ...{ levelDb: -40 - 20 * random.uniform(), noiseFloorDb: sequence % 2 ? -70 - 5 * random.uniform() : null },
  ...{ clippedShare: sequence % 8 ? 0 : 0.125, startCause: null },
  ...{ freeFlashBytes: null, wallMs: null },
  ...{ stages: null, score: null, skippedWindows: null },
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
  const known = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);
  expect(one!.levelDb).toBeCloseTo(mean(known(records.map(({ levelDb }) => levelDb))), 5);
  expect(one!.noiseFloorDb).toBeCloseTo(mean(known(records.map(({ noiseFloorDb }) => noiseFloorDb))), 5);
  expect(one!.clippedShare).toBeCloseTo(mean(known(records.map(({ clippedShare }) => clippedShare))), 5);
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

  test('of stretches that a deletion cuts tell what stays, whatever is rolled up by then', async () => {
    const [first, second] = day as [TelemetryRecord[], TelemetryRecord[]];
    await telemetry.append([...first.slice(0, 1000), ...second]);
    await roll(store);
    await telemetry.append(first.slice(1000));
    // In the middle of a minute, an hour and a day.
    const beforeMs = startMs + 10 * hourMs + 17.5 * minuteMs;
    await telemetry.delete('b1', beforeMs);
    const stay = first.filter(({ atMs }) => atMs >= beforeMs);
    await overviewIs(stay, startMs);
    await roll(store);
    await overviewIs(stay, startMs);
    for (const from of [
      ...['telemetry', 'telemetry_minutes', 'telemetry_hours'],
      ...['latency', 'class', 'entropy'].map((name) => `telemetry_bins WHERE distribution = '${name}'`),
    ]) {
      const rows = from === 'telemetry' ? 'count(*)' : 'sum(records)';
      const of = (boardId: string): string =>
        `SELECT ${rows} FROM ${from} ${from.includes('WHERE') ? 'AND' : 'WHERE'} board_id = '${boardId}'`;
      expect(await count(of('b1')), from).toBe(stay.length);
      expect(await count(of('b2')), from).toBe(second.length);
    }
  });

  test('of an hour whose records are kept no longer stay where the deletion takes none of it', async () => {
    const [first] = day as [TelemetryRecord[]];
    await telemetry.append(first);
    await roll(store);
    await retain(store, { recordDays: 1, minuteDays: null });
    await prune(store, startMs + dayMs + 10 * hourMs);
    await telemetry.delete('b1', startMs + 5.5 * hourMs);
    const kept = first.filter(({ atMs }) => atMs >= startMs + 5 * hourMs);
    expect(await count('SELECT sum(records) FROM telemetry_hours')).toBe(kept.length);
  });
});

test('what boards heard is told by minute and hour of records, too, that were rolled up before roll-ups had it', async () => {
  const path = join(folder, 'before.duckdb');
  const instance = await DuckDBInstance.create(path);
  const old = await instance.connect();
  await old.run('CREATE TABLE schema_version (version INTEGER NOT NULL, applied_ms DOUBLE NOT NULL)');
  const before = migrations.findIndex((sql) => sql.includes('telemetry_minutes ADD COLUMN level_db_count'));
  for (const [index, sql] of migrations.slice(0, before).entries()) {
    await old.run(sql);
    await old.run('INSERT INTO schema_version VALUES ($1, 0)', [index + 1]);
  }
  await old.run(`INSERT INTO telemetry BY NAME
    SELECT 'b' AS board_id, 7 AS boot_id, n AS sequence, 0 AS received_ms, 0 AS uptime_ms, n AS inference_id,
      'e' AS expert, 0 AS class_index, 1 AS top_probability, 0 AS entropy, 0 AS features_us, 0 AS encoder_us,
      0 AS router_us, 0 AS expert_us, 'none' AS latency_source, 0 AS energy_nanojoule, 'none' AS energy_source,
      ${startMs} + 1000 * n AS at_ms, -40 - n AS level_db, 0 AS clipped_share, n AS batch
    FROM range(1, 11) t(n)`);
  await old.run('INSERT INTO telemetry_rolled VALUES (6)');
  await old.run(`INSERT INTO telemetry_hours BY NAME SELECT 'b' AS board_id, ${startMs} AS at_ms, 'none' AS latency_source,
    'none' AS energy_source, 6 AS records, 0 AS latency_us_count, 0 AS energy_nj_count, 6 AS top_probability_count,
    6 AS top_probability_sum, 6 AS entropy_count, 6 AS curiosity_count, 0 AS supply_mv_count, 0 AS temperature_c_count`);
  old.closeSync();
  instance.closeSync();
  await store.close();
  store = await openStore(path);
  const [one] = await overview(store, startMs, startMs + dayMs);
  expect(one).toMatchObject({
    records: 10,
    topProbability: 1,
    levelDb: -45.5,
    noiseFloorDb: null,
    clippedShare: 0,
  });
  await roll(store);
  await joinRolled(store, startMs + dayMs);
  expect((await overview(store, startMs, startMs + dayMs))[0]).toEqual(one);
  expect(await count('SELECT sum(level_db_count) FROM telemetry_minutes')).toBe(10);
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
