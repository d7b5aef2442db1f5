import { beforeEach, describe, expect, test } from 'vitest';
import type { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import type { TelemetryPage } from '../../devices/protocol/messages/telemetry-read.ts';
import { TestClock } from '../../devices/protocol/test-clock.ts';
import type { BoardRecord } from '../../devices/protocol/telemetry-record.ts';
import type { CurlewError } from '../contract/error.ts';
import type { TelemetryRecord } from '../contract/types.ts';
import type { SignedImages } from '../store/signed-images.ts';
import type { TelemetryStore } from '../store/telemetry-store.ts';
import { TelemetryPull } from './telemetry-pull.ts';

let clock: TestClock;
let stored: TelemetryRecord[];
let told: TelemetryRecord[];
let asked: number;
let repeated: number;
let countedBack: number[];
let pull: TelemetryPull;

beforeEach(() => {
  clock = new TestClock(1000);
  stored = [];
  told = [];
  asked = 0;
  repeated = 0;
  countedBack = [];
  const of = (bootId: number) => stored.filter((one) => one.bootId === bootId);
  const telemetry: Pick<TelemetryStore, 'append' | 'cursor' | 'lastTime'> = {
    append: async (records) => void stored.push(...records),
    cursor: async (_, bootId) => of(bootId).at(-1)?.sequence ?? 0,
    lastTime: async (_, bootId) => of(bootId).at(-1)?.atMs ?? null,
  };
  pull = new TelemetryPull({
    telemetry: telemetry as TelemetryStore,
    signedImages: { imageOf: (hash) => hash } as SignedImages,
    clock,
    wallMs: () => 1_800_000_000_000 + clock.nowMs(),
  });
});

const record = (sequence: number, uptimeMs: number): BoardRecord => ({
  sequence,
  uptimeMs,
  inferenceId: sequence,
  expert: '0011223344556677',
  classIndex: 0,
  topProbability: 0.5,
  entropy: 1,
  featuresUs: 1,
  encoderUs: 2,
  routerUs: 3,
  expertUs: 4,
  energyNanojoule: 5,
  latencySource: 'modelled',
  energySource: 'modelled',
  supplyMillivolts: null,
  temperatureC: null,
  stackBytes: null,
  curiosity: 0,
  place: 0,
  levelDb: null,
  noiseFloorDb: null,
  clippedShare: null,
  startCause: null,
  freeFlashBytes: null,
  wallMs: null,
  stages: null,
  score: null,
  skippedWindows: null,
});

/** A board that answers every question as it likes. */
const board = (answer: (after: number) => TelemetryPage): CurlewBoard =>
  ({
    info: { bootId: 7 },
    telemetry: async (after: number) => {
      asked++;
      return answer(after);
    },
  }) as unknown as CurlewBoard;

const codeOf = (from: CurlewBoard) =>
  pull
    .pull(from, 'b', {
      signal: new AbortController().signal,
      onRecords: (records) => told.push(...records),
      onRepeated: (records) => void (repeated += records),
      onCountedBack: (last) => countedBack.push(last),
      onReboot: async () => undefined,
    })
    .then(
      () => 'pulled',
      (error: unknown) => (error as CurlewError).code,
    );

describe('a pull', () => {
  test('dates each record by its age at the answer', async () => {
    const records = [record(1, 500), record(2, 950), record(3, 1400)];
    const page = { bootId: 7, next: 4, oldest: 1, uptimeMs: 1500, records };
    expect(await codeOf(board((after) => ({ ...page, records: records.slice(after) })))).toBe('pulled');
    expect(told).toEqual(stored);
    expect(told.map(({ atMs }) => atMs - 1_800_000_000_000)).toEqual([0, 450, 900]);
  });

  test('dates what a board kept unattended from when its clock had been set, the first that was heard of it', async () => {
    const wallMs = 1_800_000_000_000 + clock.nowMs();
    const month = 31 * 86_400_000;
    // Its clock runs 50 millionths fast; it was set when it started.
    const fast = month * (1 + 5e-5);
    const records = [record(1, 0), record(2, fast / 2), record(3, fast)];
    pull.clockWasSet(6, wallMs, 0);
    pull.clockWasSet(7, wallMs - month, 0);
    pull.clockWasSet(7, wallMs, fast);
    const page = { bootId: 7, next: 4, oldest: 1, uptimeMs: fast, records };
    expect(await codeOf(board((after) => ({ ...page, records: records.slice(after) })))).toBe('pulled');
    expect(told.map(({ atMs }) => Math.round(atMs - wallMs))).toEqual([-month, -month / 2, 0]);
  });

  test('stores and tells no record twice, and leaves a board that repeats them', async () => {
    const records = [record(1, 1), record(2, 2), record(2, 2), record(1, 1), record(3, 3)];
    const again = board(() => ({ bootId: 7, next: 99, oldest: 1, uptimeMs: 9, records }));
    expect(await codeOf(again)).toBe('BOARD_BAD_REPLY');
    expect(await codeOf(again)).toBe('BOARD_BAD_REPLY');
    expect(stored.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(told).toEqual(stored);
    expect(asked).toBe(3);
    // Two within the first answer, five of each later one.
    expect(repeated).toBe(12);
  });

  test('takes the record with the highest number, and tells once that the numbers went back after it', async () => {
    const highest = 2 ** 32 - 1;
    let [next, records] = [0, [record(highest - 1, 1), record(highest, 2)]];
    const wrapping = board((after) => ({
      ...{ bootId: 7, next, oldest: 1, uptimeMs: 9 },
      records: records.filter(({ sequence }) => sequence > after),
    }));
    expect(await codeOf(wrapping)).toBe('pulled');
    expect(stored.map(({ sequence }) => sequence)).toEqual([highest - 1, highest]);
    expect(countedBack).toEqual([]);
    [next, records] = [3, [record(1, 3), record(2, 4)]];
    expect(await codeOf(wrapping)).toBe('pulled');
    expect(await codeOf(wrapping)).toBe('pulled');
    expect(countedBack).toEqual([highest]);
    expect(repeated).toBe(0);
    expect(stored).toHaveLength(2);
  });

  test('leaves a board that has started anew at every answer', async () => {
    let boot = 7;
    const restless = board(() => ({ bootId: ++boot, next: 1, oldest: 0, uptimeMs: 1, records: [] }));
    expect(await codeOf(restless)).toBe('BOARD_BAD_REPLY');
    expect(asked).toBe(2);
  });

  test('takes what a whole ring holds at once, and no flood for ever', async () => {
    const flood = board((after) => {
      const records = Array.from({ length: 30 }, (_, i) => record(after + 1 + i, after));
      return { bootId: 7, next: after + 1000, oldest: 1, uptimeMs: after + 1, records };
    });
    expect(await codeOf(flood)).toBe('pulled');
    const atOnce = stored.length;
    expect(atOnce).toBeGreaterThanOrEqual(2048);
    for (let i = 0; i < 20; i++) {
      await clock.turn(500);
      await codeOf(flood);
    }
    // Ten seconds later.
    expect(stored.length - atOnce).toBeLessThan(10 * 100 + 60);
  });
});
