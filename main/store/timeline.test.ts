import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BoardLogKind, Rollout, RolloutBoard, TelemetryRecord } from '../contract/types.ts';
import { mostEvents, timelineGroupNames } from '../fleet/contract/timeline.ts';
import { boardLogStore } from './board-log-store.ts';
import { migrations } from './migrations.ts';
import { openStore, type Store } from './open-store.ts';
import { prune, retain } from './rollups/retention.ts';
import { roll } from './rollups/roll.ts';
import { rolloutStore } from './rollout-store.ts';
import { telemetryStore } from './telemetry-store.ts';
import { timeline, type TimelineWish } from './timeline.ts';

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

const startMs = 1_795_392_000_000;
const record = (sequence: number, change: Partial<TelemetryRecord> = {}): TelemetryRecord => ({
  ...{ boardId: 'b1', bootId: 7, sequence, atMs: startMs + 1000 * sequence, errorMs: 1 },
  ...{
    uptimeMs: 1000 * sequence,
    wallMs: startMs + 1000 * sequence,
    receivedMs: startMs,
    inferenceId: sequence,
  },
  ...{ expert: '0011223344556677', classIndex: 0, topProbability: 0.5, entropy: 1, place: 0, featuresUs: 1 },
  ...{ encoderUs: 1, routerUs: 0, expertUs: 1, latencySource: 'counted', energyNanojoule: 1 },
  ...{ energySource: 'modelled', supplyMillivolts: null, temperatureC: null, stackBytes: null, curiosity: 0 },
  ...{ levelDb: null, noiseFloorDb: null, clippedShare: null, startCause: null, freeFlashBytes: null },
  ...{ stages: null, score: null, skippedWindows: null },
  ...change,
});
const noted = (number: number, kind: BoardLogKind, change: object = {}) => ({
  ...{ number, boardId: 'b1', atMs: startMs + 1000 * number, count: 1, kind, text: `It was ${kind}.` },
  ...{ level: 'info' as const, by: null, ...change },
});
const events = async (change: Partial<TimelineWish> = {}) =>
  timeline(store, {
    ...{ boardId: 'b1', fromMs: startMs, toMs: startMs + 1_000_000, groups: timelineGroupNames, ...change },
  });

describe('the events of a board', () => {
  test('are those of its log, its records and its roll-outs, in the order of their times', async () => {
    await boardLogStore(store).write([
      noted(5, 'restarted', { level: 'warning', count: 3 }),
      noted(30, 'deployed', { by: 'page' }),
      noted(31, 'visited', { boardId: 'b2' }),
    ]);
    await telemetryStore(store).append([record(10), record(20), record(21, { wallMs: startMs + 23_500 })]);
    const board = { boardId: 'b1', stage: 1, sinceMs: startMs + 25_000 } as RolloutBoard;
    const away = { ...board, boardId: 'b2' };
    await rolloutStore(store).keep({
      rollout: { id: 'r1', createdMs: startMs, name: 'Autumn', by: 'window' } as Rollout,
      boards: new Map([
        [0, board],
        [1, away],
      ]),
    });
    const { events: told, leftOut } = await events();
    expect(leftOut).toBe(0);
    expect(
      told.map(({ kind, group, fromMs, toMs, count, by }) => [
        ...[kind, group, (fromMs - startMs) / 1000, (toMs - startMs) / 1000, count, by],
      ]),
    ).toEqual([
      ['restarted', 'starts', 5, 5, 3, null],
      ['gap', 'records', 10, 10, 1, null],
      ['gap', 'records', 10, 20, 1, null],
      ['clock step', 'clock', 20, 21, 1, null],
      ['roll-out', 'changes', 25, 25, 1, 'window'],
      ['deployed', 'changes', 30, 30, 1, 'page'],
    ]);
    expect(told.map(({ text }) => text)).toEqual([
      'It was restarted.',
      '9 records are missing before the first of this start: the board had overwritten them.',
      '9 records are missing after record 10: the board had overwritten them.',
      'The board’s clock was set 2.5 s forward.',
      'The roll-out “Autumn” changed it in stage 2.',
      'It was deployed.',
    ]);
  });

  test('are of the groups that are asked for, and of what touches the stretch', async () => {
    await boardLogStore(store).write([noted(1, 'visited'), noted(2, 'lost'), noted(3, 'visited')]);
    await telemetryStore(store).append([record(1), record(9)]);
    const kindsOf = async (change: Partial<TimelineWish>) =>
      (await events(change)).events.map(({ kind }) => kind);
    expect(await kindsOf({ groups: ['visits'] })).toEqual(['visited', 'visited']);
    expect(await kindsOf({ fromMs: startMs + 2000, toMs: startMs + 3000 })).toEqual(['lost', 'gap']);
    expect(await kindsOf({ fromMs: startMs + 9001 })).toEqual([]);
    expect(await kindsOf({ boardId: 'another' })).toEqual([]);
  });

  test('are the newest where there are more than an answer holds, with the number of the others', async () => {
    await boardLogStore(store).write(
      Array.from({ length: mostEvents + 3 }, (_, at) => noted(at + 1, 'deployed', { atMs: startMs + at })),
    );
    const { events: told, leftOut } = await events();
    expect([told.length, leftOut, told[0]!.toMs - startMs]).toEqual([mostEvents, 3, 3]);
  });

  test('that records told stay when the records are kept no longer, and go with those that are deleted', async () => {
    const telemetry = telemetryStore(store);
    await telemetry.append([record(1), record(5), record(6), record(9)]);
    await roll(store);
    await retain(store, { recordDays: 1, minuteDays: null });
    await prune(store, startMs + 10 * 86_400_000);
    expect((await telemetry.summary('b1')).records).toBe(0);
    expect((await events()).events.map(({ kind }) => kind)).toEqual(['gap', 'gap']);
    await telemetry.delete('b1');
    await telemetry.append([record(12)]);
    expect((await events()).events.map(({ text }) => text)).toEqual([
      '2 records are missing after record 9: the board had overwritten them.',
    ]);
    await telemetry.forget('b1');
    expect((await events()).events).toEqual([]);
  });

  test('of records are found whether they come at once, one by one, or after the lab was opened again', async () => {
    const all = [
      record(1),
      record(4),
      record(5, { wallMs: null }),
      record(6, { wallMs: 1 }),
      record(9, { wallMs: 3001 }),
    ];
    const told = async () =>
      (await events()).events.map(({ kind, fromMs, toMs }) => [kind, fromMs - startMs, toMs - startMs]);
    const expected = [
      ['gap', 1000, 4000],
      ['clock step', 4000, 6000],
      ['gap', 6000, 9000],
    ];
    for (let at = 1; at < all.length; at++) {
      const boardId = `b${at}`;
      const mine = all.map((one) => ({ ...one, boardId }));
      await telemetryStore(store).append(mine.slice(0, at));
      await store.close();
      store = await openStore(join(folder, 'lab.duckdb'));
      for (const one of mine.slice(at)) await telemetryStore(store).append([one]);
      const found = (await events({ boardId })).events;
      expect(found.map(({ kind, fromMs, toMs }) => [kind, fromMs - startMs, toMs - startMs])).toEqual(
        expected,
      );
    }
    await telemetryStore(store).forget('b1');
    await telemetryStore(store).append(all);
    expect(await told()).toEqual(expected);
  });
});

describe('a store of an earlier lab', () => {
  test('is given the breaks of the records that it holds', async () => {
    const telemetry = telemetryStore(store);
    await telemetry.append([record(3), record(4, { wallMs: null }), record(9, { wallMs: 5 }), record(10)]);
    await telemetry.delete('b1', startMs + 5000);
    await telemetry.append([
      record(2, { bootId: 8 }),
      record(12, { wallMs: null }),
      record(13, { wallMs: 7 }),
    ]);
    const rows = () =>
      store.reading(async (connection) =>
        (
          await connection.runAndReadAll('SELECT * EXCLUDE (from_ms) FROM telemetry_breaks ORDER BY ALL')
        ).getRowsJS(),
      );
    const found = await rows();
    expect(found.map(([, boot, kind, after]) => [boot, kind, after])).toEqual([
      [7, 'clock step', 9],
      [7, 'clock step', 10],
      [7, 'gap', 4],
      [7, 'gap', 10],
      [8, 'gap', 0],
    ]);
    await store.transaction((connection) => connection.run('DROP TABLE telemetry_breaks'));
    const migration = migrations.find((sql) => sql.includes('CREATE TABLE telemetry_breaks'))!;
    await store.transaction((connection) => connection.run(migration));
    expect(await rows()).toEqual(found);
  });
});
