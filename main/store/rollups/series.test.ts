import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Series, TelemetryRecord } from '../../contract/types.ts';
import { figureNames } from '../../fleet/contract/figure-words.ts';
import { openStore, type Store } from '../open-store.ts';
import { telemetryStore, type TelemetryStore } from '../telemetry-store.ts';
import { bucketLength, levelFor } from './buckets.ts';
import { classTimeline } from './classes.ts';
import { dayMs, hourMs, minuteMs } from './features.ts';
import { prune, retain } from './retention.ts';
import { roll } from './roll.ts';
import { series, type SeriesWish } from './series.ts';

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

const everyMs = 30_000;
const startMs = 1_795_392_000_000;
/** The energy is the sequence number, with one spike. */
const record = (sequence: number, change: Partial<TelemetryRecord> = {}): TelemetryRecord => ({
  ...{
    boardId: 'b1',
    bootId: 7,
    sequence,
    atMs: startMs + everyMs * sequence,
    errorMs: 1,
    uptimeMs: sequence,
  },
  ...{ receivedMs: startMs, inferenceId: sequence, expert: '0011223344556677', classIndex: sequence % 3 },
  ...{
    topProbability: 0.5,
    entropy: 1,
    place: 0,
    featuresUs: 100,
    encoderUs: 200,
    routerUs: 0,
    expertUs: 50,
  },
  ...{ latencySource: 'counted', energyNanojoule: sequence === 777 ? 1_000_000 : sequence },
  ...{ energySource: 'modelled', supplyMillivolts: null, temperatureC: null, stackBytes: null, curiosity: 0 },
  ...{ levelDb: null, noiseFloorDb: null, clippedShare: null, startCause: null, freeFlashBytes: null },
  wallMs: null,
  ...{ stages: null, score: null, skippedWindows: null },
  ...change,
});
/** A record every half a minute for three days. */
const records = Array.from({ length: (3 * dayMs) / everyMs }, (_, i) => record(i + 1));
const wish = (change: Partial<SeriesWish> = {}): SeriesWish => ({
  ...{ boardId: 'b1', figure: 'energy_nj', fromMs: startMs, toMs: startMs + 3 * dayMs, points: 100 },
  ...change,
});

/** What the records of the same stretch say. */
function saysTheSame(
  { everyMs, fromMs, toMs, lines }: Series,
  of: readonly TelemetryRecord[] = records,
): void {
  expect(lines).toHaveLength(1);
  const values = new Map<number, number[]>();
  for (const { atMs, energyNanojoule } of of) {
    if (atMs < fromMs || atMs >= toMs) continue;
    const begins = Math.floor(atMs / everyMs) * everyMs;
    values.set(begins, [...(values.get(begins) ?? []), energyNanojoule]);
  }
  expect(lines[0]!.buckets.map(({ atMs }) => atMs)).toEqual([...values.keys()]);
  for (const { atMs, records: n, min, max, mean } of lines[0]!.buckets) {
    const theirs = values.get(atMs)!;
    expect([n, min, max]).toEqual([theirs.length, Math.min(...theirs), Math.max(...theirs)]);
    expect(mean).toBeCloseTo(theirs.reduce((a, b) => a + b, 0) / n, 6);
  }
}

describe('a series', () => {
  test('says what the records say, from whichever level it is read, rolled up, in part or not at all', async () => {
    for (const [from, to] of [
      [0, 3000],
      [3000, 7000],
      [7000, records.length],
    ] as const) {
      await telemetry.append(records.slice(from, to));
      for (const [toMs, points, level] of [
        [startMs + 3 * dayMs, 100, 'hours'],
        [startMs + 3 * dayMs, 2000, 'minutes'],
        [startMs + hourMs + 7, 360, 'records'],
      ] as const) {
        const told = await series(store, wish({ toMs, points }));
        expect(told.level).toBe(level);
        expect(told.lines[0]!.buckets.length).toBeLessThanOrEqual(points + 1);
        saysTheSame(told, records.slice(0, to));
      }
      await roll(store);
    }
  });

  test('keeps a spike in sight from a minute to a year', async () => {
    await telemetry.append(records);
    await roll(store);
    const at = startMs + 777 * everyMs;
    for (const spanMs of [minuteMs, hourMs, dayMs, 7 * dayMs, 31 * dayMs, 365 * dayMs]) {
      const told = await series(store, wish({ fromMs: at - spanMs / 2, toMs: at + spanMs / 2, points: 500 }));
      const most = Math.max(...told.lines[0]!.buckets.map(({ max }) => max));
      expect([spanMs, most]).toEqual([spanMs, 1_000_000]);
    }
  });

  test('is of one source a line: they are never mixed', async () => {
    await telemetry.append([
      record(1),
      record(2, { energySource: 'measured' }),
      record(3),
      record(4, { energySource: 'none' }),
    ]);
    const { lines } = await series(store, wish());
    expect(
      lines.map(({ source, buckets }) => [source, buckets.map(({ records: n, mean }) => [n, mean])]),
    ).toEqual([
      ['measured', [[1, 2]]],
      ['modelled', [[2, 2]]],
    ]);
  });

  test('of a figure that boards do not tell the source of names none, and has no line where no record has it', async () => {
    await telemetry.append([record(1, { temperatureC: 21.5 }), record(2)]);
    const { lines } = await series(store, wish({ figure: 'temperature_c' }));
    expect(lines).toMatchObject([{ source: null, buckets: [{ records: 1, mean: 21.5 }] }]);
    expect((await series(store, wish({ figure: 'supply_mv' }))).lines).toEqual([]);
  });

  test('can be asked for of every figure that is rolled up', async () => {
    await telemetry.append([record(1)]);
    for (const rolled of [false, true]) {
      for (const figure of figureNames)
        expect((await series(store, wish({ figure, points: rolled ? 2000 : 10 }))).figure).toBe(figure);
      await roll(store);
    }
  });

  test('is read by the minute, then by the hour, where finer ones are kept no longer', async () => {
    await telemetry.append(records);
    await roll(store);
    await retain(store, { recordDays: 1, minuteDays: 2 });
    await prune(store, startMs + 3 * dayMs);
    const levelOf = async (fromMs: number): Promise<string> => {
      const told = await series(store, wish({ fromMs, toMs: fromMs + hourMs / 2, points: 1000 }));
      saysTheSame(told);
      return told.level;
    };
    expect(await levelOf(startMs + 2.5 * dayMs)).toBe('records');
    expect(await levelOf(startMs + 1.5 * dayMs)).toBe('minutes');
    expect(await levelOf(startMs + 0.5 * dayMs)).toBe('hours');
  });

  test('of a time before the first record is empty, and of the finest level', async () => {
    await telemetry.append([record(30)]);
    await roll(store);
    const before = { fromMs: startMs, toMs: startMs + 5 * minuteMs, points: 100 };
    expect(await series(store, wish(before))).toMatchObject({ level: 'records', lines: [] });
    expect(await series(store, wish({ boardId: 'another' }))).toMatchObject({ lines: [] });
  });
});

describe('buckets', () => {
  test('are never more than were asked for, and stay on the clock', () => {
    for (let spanMs = 1000; spanMs < 400 * dayMs; spanMs *= 1.37) {
      for (const points of [10, 300, 2000]) {
        const level = levelFor(spanMs, points);
        const everyMs = bucketLength(spanMs, points, level === 'hours' ? hourMs : 0);
        expect(spanMs / everyMs).toBeLessThanOrEqual(points);
        expect(everyMs % dayMs === 0 || dayMs % everyMs === 0).toBe(true);
      }
    }
  });
});

describe('the classes that a board heard', () => {
  const images = {
    namesOf: ({ expert, classIndex }: Pick<TelemetryRecord, 'expert' | 'classIndex'>) => ({
      expertName: expert,
      className:
        [
          ['rain', 'dog'],
          ['dog', 'rain'],
        ][expert.startsWith('00') ? 0 : 1]![classIndex] ?? null,
    }),
  };

  test('are counted by the hour under their names, whichever expert heard them, rolled up or not', async () => {
    const second = { expert: 'ffee000000000000' };
    const hour = 120;
    await telemetry.append([
      ...[record(3), record(4), record(5), record(hour, second), record(hour + 1, second)],
      record(2 * hour + 3),
    ]);
    const asked = { boardId: 'b1', fromMs: startMs, toMs: startMs + 3 * hourMs, points: 24 };
    const told = await classTimeline(store, images, asked);
    expect(told).toMatchObject({
      everyMs: hourMs,
      classes: [
        { name: 'rain', records: 3 },
        { name: 'dog', records: 2 },
        { name: null, records: 1 },
      ],
      buckets: [
        { atMs: startMs, records: [1, 1, 1] },
        { atMs: startMs + hourMs, records: [1, 1, 0] },
        { atMs: startMs + 2 * hourMs, records: [1, 0, 0] },
      ],
    });
    await roll(store);
    expect(await classTimeline(store, images, asked)).toEqual(told);
    expect((await classTimeline(store, images, { ...asked, points: 1 })).buckets).toEqual([
      { atMs: startMs, records: [3, 2, 1] },
    ]);
  });
});
