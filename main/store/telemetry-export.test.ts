import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TelemetryRecord } from '../contract/types.ts';
import { knownImages } from './known-images.ts';
import { openStore, type Store } from './open-store.ts';
import { minuteMs } from './rollups/features.ts';
import { roll } from './rollups/roll.ts';
import { writeTelemetry, type ExportWish } from './telemetry-export.ts';
import { telemetryStore, type TelemetryStore } from './telemetry-store.ts';

let folder: string;
let store: Store;
let telemetry: TelemetryStore;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-export-'));
  store = await openStore(join(folder, 'lab.duckdb'));
  telemetry = telemetryStore(store);
  const images = await knownImages(store);
  await images.keep([
    {
      ...{ kind: 'expert', sha256: '0011223344556677'.padEnd(64, '0'), name: 'ESC-10 4-bit', version: 1 },
      ...{ labels: ['curlew', '=rain'], topK: null },
    },
  ]);
  for (let first = 1; first <= manyRecords; first += 25_000)
    await telemetry.append(Array.from({ length: 25_000 }, (_, at) => record('many', first + at)));
  await telemetry.append([record('few', 1), record('few', 2), record('few', 3)]);
}, 240_000);
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  file = join(folder, 'it’s an export');
  await writeFile(file, '');
});

const manyRecords = 50_000;
const startMs = 1_795_423_700_000;
const record = (boardId: string, sequence: number): TelemetryRecord => ({
  ...{ boardId, bootId: 4_000_000_000, sequence, uptimeMs: sequence * 10, inferenceId: sequence },
  ...{ receivedMs: startMs + 29_608 + sequence, atMs: startMs + sequence * 1000 },
  errorMs: sequence % 2 ? 1.5 : null,
  ...{ expert: '0011223344556677', classIndex: (sequence % 3) - 1, place: 2, curiosity: 0.25 },
  ...{ topProbability: Math.fround(0.7), entropy: 1.25 },
  ...{ featuresUs: 100, encoderUs: 0, routerUs: 7, expertUs: 31, latencySource: 'modelled' },
  ...{ energyNanojoule: 1000 + sequence, energySource: sequence % 2 ? 'none' : 'measured' },
  ...{ supplyMillivolts: null, temperatureC: sequence % 3 ? Math.fround(21.37) : null, stackBytes: 2048 },
  ...{ levelDb: -60.37, noiseFloorDb: -80.51, clippedShare: 0.5, startCause: 'brown-out' },
  ...{ freeFlashBytes: 1_802_240, wallMs: sequence % 2 ? startMs + 3 : null },
  ...{ stages: 3, score: 0.75, skippedWindows: 2 },
});
const boards = [{ id: 'few', name: 'Hut, "north"', site: '+49 m', group: 'Valley' }];
const all: ExportWish = { format: 'csv', level: 'records', boardIds: [], fromMs: null, toMs: null };
const write = (wish: Partial<ExportWish>, signal = new AbortController().signal) =>
  writeTelemetry(store, boards, { ...all, ...wish }, file, signal);
const lines = async () => (await readFile(file, 'utf8')).trimEnd().split('\n');
async function parquet(sql: string): Promise<Record<string, unknown>[]> {
  const path = file.replaceAll("'", "''");
  return store.reading(async (connection) =>
    (await connection.runAndReadAll(sql.replace('FILE', `'${path}'`))).getRowObjectsJS(),
  );
}

describe('an export of what a fleet recorded', () => {
  it('tells each column’s unit, names beside hashes, no energy that has no source, and nothing that would be run', async () => {
    expect(await write({ boardIds: ['few'] })).toBe(3);
    const [head, ...rows] = await lines();
    const headings = head!.split(',');
    for (const heading of [
      'Time (UTC)',
      'Uptime (ms)',
      'Entropy (nats)',
      'Energy (nJ)',
      'Supply (mV)',
      'Sequence',
    ])
      expect(headings).toContain(heading);
    expect(rows[0]).toBe(
      [
        '"Hut, ""north""",few,\'+49 m,Valley,4000000000,1',
        `${new Date(startMs + 1000).toISOString()},${startMs + 1000}.0,1.5`,
        `${new Date(startMs + 29_609).toISOString()},${startMs + 29_609}.0,10.0,1`,
        'curlew,0,0.7,1.25,ESC-10 4-bit,0011223344556677,2,0.25,100,0,7,31,modelled,,none,,21.37,2048',
        `-60.37,-80.51,0.5,1802240,brown-out,${new Date(startMs + 3).toISOString()},${startMs + 3}.0,3,0.75,2`,
      ].join(','),
    );
    // Sequence 2 has a class that would be run as a formula, 3 has none.
    expect([rows[1]!.includes(",'=rain,1,"), rows[1]!.includes(',1002,measured,')]).toEqual([true, true]);
    expect(rows[2]).toContain(`,3,,-1,0.7,`);
  });

  it('is not limited in rows, and keeps their order', async () => {
    expect(await write({ boardIds: ['many'] })).toBe(manyRecords);
    const rows = (await lines()).slice(1);
    const at = (row: string) => Number(row.split(',')[5]);
    expect(rows.length).toBe(manyRecords);
    expect(rows.findIndex((row, index) => at(row) !== index + 1)).toBe(-1);
  }, 120_000);

  it('holds the records from a time on and before another, of all boards where none is named', async () => {
    expect(await write({ fromMs: startMs + 2000, toMs: startMs + 4000 })).toBe(4);
    expect((await lines()).length).toBe(5);
    expect(await write({ boardIds: ['nobody'] })).toBe(0);
    expect((await lines()).length).toBe(1);
  });

  it('as Parquet has times as timestamps, and units in its metadata', async () => {
    expect(await write({ format: 'parquet', boardIds: ['few'] })).toBe(3);
    expect(
      await parquet('SELECT board, class, energy_nj, epoch_ms(at_utc)::DOUBLE AS at FROM read_parquet(FILE)'),
    ).toEqual([
      { board: 'Hut, "north"', class: 'curlew', energy_nj: null, at: startMs + 1000 },
      { board: 'Hut, "north"', class: '=rain', energy_nj: 1002, at: startMs + 2000 },
      { board: 'Hut, "north"', class: null, energy_nj: null, at: startMs + 3000 },
    ]);
    const units = await parquet(
      'SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata(FILE)',
    );
    expect(units).toContainEqual({ key: 'energy_nj', value: 'nJ' });
    expect(units).toContainEqual({ key: 'level_db', value: 'dB re full-scale sine' });
  });

  it('by minutes is the same whether the records were rolled up or not, sources apart', async () => {
    const minutes = async () => {
      expect(await write({ level: 'minutes', format: 'parquet', boardIds: ['few', 'many'] })).toBeGreaterThan(
        1600,
      );
      return parquet(`SELECT board_id, begins_ms, records::DOUBLE AS records, energy_source, latency_us_mean,
        energy_nj_mean, energy_nj_max::DOUBLE AS energy_nj_max FROM read_parquet(FILE)
        ORDER BY ALL`);
    };
    const before = await minutes();
    await roll(store);
    expect(await minutes()).toEqual(before);
    const few = before.filter((one) => one['board_id'] === 'few');
    expect(few.map((one) => one['records']).reduce((a, b) => Number(a) + Number(b), 0)).toBe(3);
    const measured = few.filter((one) => one['energy_source'] === 'measured');
    expect(measured).toEqual([
      {
        ...{ board_id: 'few', begins_ms: Math.floor((startMs + 2000) / minuteMs) * minuteMs, records: 1 },
        ...{ energy_source: 'measured', latency_us_mean: 138, energy_nj_mean: 1002, energy_nj_max: 1002 },
      },
    ]);
  }, 120_000);

  it('stops when it is cancelled, before it begins or in the middle', async () => {
    const code = expect.objectContaining({ code: 'ABORTED' });
    await expect(write({}, AbortSignal.abort())).rejects.toThrow(code);
    const stop = new AbortController();
    const writing = write({}, stop.signal);
    stop.abort();
    await expect(writing).rejects.toThrow(code);
    expect(await write({ boardIds: ['few'] })).toBe(3);
  });

  it('into a file that cannot be written is a failure of that file, and none of the store', async () => {
    file = join(folder, 'nowhere', 'export.csv');
    await expect(write({ boardIds: ['few'] })).rejects.toThrow(
      expect.objectContaining({ code: 'FILE_UNWRITABLE' }),
    );
    expect(await telemetry.records('few', 1)).toHaveLength(1);
  });
});
