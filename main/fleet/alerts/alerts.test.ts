/** Alerts on a real store, with boards that a test says how they are, on a clock that it turns. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestClock } from '../../../devices/protocol/test-clock.ts';
import type { AlertCounts, Board, BoardDrift, MicrophoneJudgement } from '../../contract/types.ts';
import { alertStore } from '../../store/alert-store.ts';
import { knownImages } from '../../store/known-images.ts';
import { openStore, type Store } from '../../store/open-store.ts';
import { restartStore } from '../../store/restart-store.ts';
import { telemetryStore } from '../../store/telemetry-store.ts';
import { noDetails } from '../contract/wanted.ts';
import { blank } from '../board-facts.ts';
import { Alerts, type AlertChange } from './alerts.ts';
import type { Alert } from './contract/alerts.ts';
import { FirstToday } from './first-today.ts';
import { Readings } from './readings.ts';
import { Restarts } from './restarts.ts';
import { Rules } from './rules.ts';

const minute = 60_000;
/** Noon of the lab's own day, so that a few hours are of it. */
const noonMs = new Date(2026, 5, 1, 12).getTime();

let folder: string;
let store: Store;
let clock: TestClock;
let nowMs: number;
let boards: Board[];
let groups: Map<string, string>;
let drifting: Partial<BoardDrift>[];
let microphones: Partial<MicrophoneJudgement>[];
let told: AlertChange[];
let events: { changed: Alert[]; counts: AlertCounts }[];
let problems: unknown[];
let alerts: Alerts;
let rules: Rules;

const board = (id: string, changes: Partial<Board> = {}): Board => ({
  ...blank(1, {
    port: { id, kind: 'serial', open: () => Promise.reject(new Error('It is no port.')) },
    ...{ lineBytesPerSecond: null, baudRate: null, usb: null },
  }),
  ...{ id, name: id, state: 'attached', supplyMillivolts: 3300, lastSeenMs: noonMs, bootId: 1 },
  ...changes,
});

async function open(): Promise<void> {
  const details = {
    of: (id: string) => ({ ...noDetails(id), groupId: groups.get(id) ?? null }),
    known: () => boards,
    group: () => ({ id: 'g', name: 'g', notes: '', settings: {}, bank: null }),
  };
  const kept = alertStore(store);
  rules = await Rules.open({ store: kept, details, emit: () => undefined });
  alerts = await Alerts.open({
    ...{ store: kept, rules, details, clock, boards: () => boards, wallMs: () => nowMs },
    readings: new Readings({
      store,
      restarts: await Restarts.open(restartStore(store)),
      drift: { ofFleet: async () => ({ atMs: 0, falseShare: 0.05, boards: drifting as BoardDrift[] }) },
      microphones: { ofFleet: async () => ({ atMs: 0, boards: microphones as MicrophoneJudgement[] }) },
    }),
    firstToday: new FirstToday(store),
    emit: (event, payload) => void (event === 'alerts' && events.push(payload as (typeof events)[number])),
    onProblem: (thrown) => problems.push(thrown),
  });
  alerts.onChange((changes) => told.push(...changes));
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-alerts-'));
  store = await openStore(join(folder, 'lab.duckdb'));
  clock = new TestClock();
  nowMs = noonMs;
  boards = [];
  groups = new Map();
  [drifting, microphones, told, events, problems] = [[], [], [], [], []];
  await open();
});
afterEach(async () => {
  await clock.run(alerts.close());
  expect(problems).toEqual([]);
  await store.close();
  await rm(folder, { recursive: true });
});

/** So much later the boards are judged, once. */
async function pass(ms: number): Promise<void> {
  // A judgement under way sleeps on the clock only once it is done.
  await alerts.acknowledge([], null);
  await nextTurn();
  nowMs += ms;
  await clock.turn(30_000);
  // Whatever is asked of alerts waits for the judgement under way.
  await alerts.acknowledge([], null);
}
const whats = () => told.map(({ what, alert }) => `${alert.boardId} ${alert.kind} ${what}`);
const up = () => alerts.current(undefined, 1000);

describe('an alert', () => {
  test('goes up for a board that was not heard for an hour, is acknowledged, and clears when it is back', async () => {
    boards = [board('a', { state: 'absent', lastSeenMs: noonMs - 50 * minute }), board('b')];
    await pass(9 * minute);
    expect(whats()).toEqual([]);
    await pass(minute);
    expect(whats()).toEqual(['a silent raised']);
    expect(up()).toMatchObject([{ state: 'open', boardName: 'a', text: 'a was last heard 1 h ago.' }]);
    expect(events).toMatchObject([{ counts: { open: 1, acknowledged: 0, snoozed: 0 } }]);
    const [{ id }] = up() as [Alert];
    expect(await alerts.acknowledge([id, 'nobody'], 'page')).toBe(1);
    expect(await alerts.acknowledge([id], 'page')).toBe(0);
    expect(alerts.counts()).toEqual({ open: 0, acknowledged: 1, snoozed: 0 });
    boards = [board('a'), board('b')];
    await pass(minute);
    expect(up()).toEqual([]);
    const [kept] = await alertStore(store).cleared(null, 10);
    expect(kept).toMatchObject({
      ...{ id, state: 'cleared' },
      log: [
        { what: 'raised', by: null },
        { what: 'acknowledged', by: 'page' },
        { what: 'cleared', by: null, more: 'it holds no more' },
      ],
    });
  });

  test('goes up for no board’s supply until a person says what is low: boards on 1.8 V are well', async () => {
    boards = [board('a', { supplyMillivolts: 1800 }), board('b', { supplyMillivolts: 2700 })];
    await pass(0);
    await pass(10 * minute);
    expect(up()).toEqual([]);
    await rules.save({ ruleId: 'usual voltage', on: true, threshold: 1700, forMs: 0 });
    boards = [board('a', { supplyMillivolts: 1650 }), board('b', { supplyMillivolts: 2700 })];
    await pass(minute);
    expect(up()).toMatchObject([{ boardId: 'a', text: 'The supply of a is at 1.65 V.' }]);
  });

  test('that is snoozed is open again at its time where it holds still', async () => {
    await rules.save({ ruleId: 'usual voltage', on: true });
    boards = [board('a', { supplyMillivolts: 2700 })];
    await pass(0);
    await pass(10 * minute);
    const [{ id }] = up() as [Alert];
    expect(await alerts.snooze([id], 20, 'command line')).toBe(1);
    await pass(19 * minute);
    expect(up()).toMatchObject([{ state: 'snoozed', snoozedUntilMs: noonMs + 30 * minute }]);
    await pass(minute);
    expect(up()).toMatchObject([{ state: 'open', snoozedUntilMs: null }]);
    expect(whats().slice(-2)).toEqual(['a voltage snoozed', 'a voltage open again']);
  });

  test('is there again, with who did what, when the lab opens again; and what cleared cools down on', async () => {
    await rules.save({ ruleId: 'usual voltage', on: true, forMs: 0, coolDownMs: 60 * minute });
    boards = [board('a', { supplyMillivolts: 2700 }), board('b', { supplyMillivolts: 2700 })];
    await pass(minute);
    await alerts.acknowledge(
      up().map(({ id }) => id),
      'page',
    );
    boards = [board('a', { supplyMillivolts: 2700 }), board('b')];
    await pass(minute);
    const before = up();
    expect(before).toMatchObject([{ boardId: 'a', state: 'acknowledged' }]);
    await clock.run(alerts.close());
    await open();
    expect(up()).toEqual(before);
    boards = [board('a', { supplyMillivolts: 2700 }), board('b', { supplyMillivolts: 2700 })];
    await pass(59 * minute);
    expect(up()).toEqual(before);
    await pass(minute);
    expect(up().map(({ boardId }) => boardId)).toEqual(['b', 'a']);
  });

  test('tells what drift and the microphone say, and how often a board restarted by itself', async () => {
    boards = [board('a', { starts: { watchdog: 4, power: 1 } })];
    drifting = [
      {
        boardId: 'a',
        state: 'judged',
        drifting: true,
        p: 0.001,
        moved: 'class',
        stability: 0.3,
        neighbours: 4,
      },
    ];
    microphones = [
      {
        ...{ boardId: 'a', state: 'fell silent', hours: [noonMs - 3_600_000, noonMs], noiseFloorDb: -90 },
        ...{ levelDb: -88, clippedShare: 0, usualDb: -62, neighbours: 4 },
      },
    ];
    await pass(minute);
    boards = [board('a', { bootId: 2, starts: { watchdog: 6, 'brown-out': 1, power: 9 } })];
    await pass(minute);
    const texts = up().map(({ text }) => text);
    expect(texts.toSorted()).toEqual([
      expect.stringContaining('The microphone of a: It fell silent since'),
      expect.stringContaining('What a says has moved. Most moved: classes'),
      'a restarted 3 times within a day by watchdog, fault or brown-out.',
    ]);
    await pass(24 * 60 * minute);
    expect(up().map(({ kind }) => kind)).not.toContain('resets');
  });

  test('counts a restart once, whenever the lab opens again, and forgets none of the day', async () => {
    const again = async (): Promise<void> => {
      await clock.run(alerts.close());
      // As the lab knows it before it is met: what it ran last, and not its counts.
      boards = boards.map((one) => ({ ...one, state: 'connecting', starts: null }));
      await open();
      await pass(minute);
    };
    const resets = () => up().map(({ text }) => text);
    boards = [board('a', { starts: { watchdog: 4 } })];
    await pass(minute);
    boards = [board('a', { bootId: 2, cause: 'watchdog', starts: { watchdog: 6 }, lastSeenMs: nowMs })];
    await pass(minute);
    for (let i = 0; i < 3; i++) {
      await again();
      boards = [board('a', { bootId: 2, cause: 'watchdog', starts: { watchdog: 6 }, lastSeenMs: nowMs })];
      await pass(minute);
      expect(resets()).toEqual([]);
    }
    // While the lab was closed: the third of the day.
    await again();
    boards = [
      board('a', { bootId: 3, cause: 'fault', starts: { watchdog: 6, fault: 1 }, lastSeenMs: nowMs }),
    ];
    await pass(minute);
    expect(resets()).toEqual(['a restarted 3 times within a day by watchdog, fault or brown-out.']);
    await again();
    expect(resets()).toHaveLength(1);
    await pass(24 * 60 * minute);
    expect(resets()).toEqual([]);
  });

  test('says nothing of restarts within a day where a board was away for a month', async () => {
    boards = [board('a', { starts: { 'brown-out': 1 } })];
    await pass(minute);
    boards = [board('a', { state: 'absent', starts: { 'brown-out': 1 } })];
    await rules.save({ ruleId: 'usual silent', on: false });
    await pass(30 * 24 * 60 * minute);
    boards = [board('a', { bootId: 2, cause: 'brown-out', starts: { 'brown-out': 40 }, lastSeenMs: nowMs })];
    await pass(minute);
    expect(up()).toEqual([]);
  });

  test('of a rule that is switched off, or goes, clears', async () => {
    boards = [board('a', { supplyMillivolts: 2700 })];
    const own = await rules.save({ kind: 'voltage', target: { kind: 'board', boardId: 'a' }, forMs: 0 });
    await pass(minute);
    expect(up()).toMatchObject([{ ruleId: own.id }]);
    await rules.save({ ruleId: own.id, on: false });
    await pass(minute);
    expect(up()).toEqual([]);
    await rules.save({ ruleId: 'usual voltage', on: true });
    await pass(minute);
    expect(up()).toEqual([]);
    await rules.remove(own.id);
    await pass(minute);
    await pass(10 * minute);
    expect(up()).toMatchObject([{ ruleId: 'usual voltage' }]);
    await rules.save({ ruleId: 'usual voltage', threshold: 2000, hysteresis: 0 });
    await pass(minute);
    expect(up()).toEqual([]);
  });

  test('goes with a board that is forgotten, and pages are told', async () => {
    await rules.save({ ruleId: 'usual voltage', on: true });
    boards = [board('a', { supplyMillivolts: 2700 })];
    await pass(0);
    await pass(10 * minute);
    boards = [];
    await alerts.forget('a');
    expect(up()).toEqual([]);
    expect(whats().at(-1)).toBe('a voltage cleared');
    expect(await alertStore(store).cleared(null, 10)).toEqual([]);
  });

  test('of a thousand boards are told some at a time, and paged', async () => {
    boards = Array.from({ length: 1000 }, (_, i) => board(`b${i}`, { state: 'silent', lastSeenMs: 0 }));
    await pass(minute);
    expect(events.map(({ changed }) => changed.length)).toEqual([200, 200, 200, 200, 200]);
    const first = alerts.current(undefined, 600);
    const rest = alerts.current(first.at(-1)!.id, 600);
    expect([first.length, rest.length, new Set([...first, ...rest].map(({ id }) => id)).size]).toEqual([
      ...[600, 400, 1000],
    ]);
  });
});

describe('a class that is heard for the first time on a day', () => {
  const heard = (boardId: string, sequence: number, hours: number, topProbability = 0.9, classIndex = 1) => ({
    ...{
      boardId,
      bootId: 7,
      sequence,
      receivedMs: 0,
      uptimeMs: 0,
      errorMs: null,
      inferenceId: 1,
      entropy: 0,
    },
    ...{ expert: '0011223344556677', classIndex, topProbability, atMs: noonMs + hours * 60 * minute },
    ...{
      featuresUs: 0,
      encoderUs: 0,
      routerUs: 0,
      expertUs: 0,
      latencySource: 'none' as const,
      curiosity: 0,
    },
    ...{ energyNanojoule: 0, energySource: 'none' as const, supplyMillivolts: null, temperatureC: null },
    ...{ stackBytes: null, startCause: null, freeFlashBytes: null, wallMs: null, place: 0 },
    ...{ stages: null, score: null, skippedWindows: null },
    ...{ levelDb: null, noiseFloorDb: null, clippedShare: null },
  });

  test('goes up once for all boards of the rule, with the one that heard it first, and clears at the end of the day', async () => {
    const images = await knownImages(store);
    await images.keep([
      {
        ...{ sha256: '0011223344556677'.padEnd(64, '0'), kind: 'expert', name: 'e', version: 1 },
        ...{ labels: ['rain', 'curlew'], topK: null },
      },
    ]);
    const telemetry = telemetryStore(store);
    boards = [board('a'), board('b'), board('c')];
    groups.set('c', 'g');
    await rules.save({ kind: 'first today', className: 'curlew' });
    await rules.save({
      kind: 'first today',
      className: 'curlew',
      target: { kind: 'group', groupId: 'g' },
      on: false,
    });
    await telemetry.append([
      ...[
        heard('a', 1, -30),
        heard('a', 2, -2, 0.4),
        heard('b', 1, -1),
        heard('a', 3, -0.5),
        heard('b', 2, -3, 1, 0),
      ],
      heard('c', 1, -4),
    ]);
    await pass(minute);
    expect(up()).toMatchObject([
      { boardId: 'b', text: 'b heard curlew for the first time today, probability 90 %.' },
    ]);
    await telemetry.append([heard('a', 4, 0)]);
    await pass(5 * minute);
    expect(whats()).toEqual(['b first today raised']);
    await pass(12 * 60 * minute);
    expect(whats()).toEqual(['b first today raised', 'b first today cleared']);
    await telemetry.append([heard('a', 5, 12.1)]);
    await pass(minute);
    expect(up()).toMatchObject([{ boardId: 'a' }]);
  });
});

describe('rules', () => {
  const code = (promise: Promise<unknown>) =>
    promise.then(
      () => 'kept',
      (thrown: { code: string }) => thrown.code,
    );

  test('of the usual ones are changed and kept, and cannot be removed or made another kind', async () => {
    await rules.save({ ruleId: 'usual latency', threshold: 2, on: false });
    expect(await code(rules.remove('usual latency'))).toBe('REQUEST_INVALID');
    expect(await code(rules.save({ ruleId: 'usual latency', kind: 'energy' }))).toBe('REQUEST_INVALID');
    expect(await code(rules.save({ ruleId: 'usual latency', target: { kind: 'board', boardId: 'a' } }))).toBe(
      'REQUEST_INVALID',
    );
    await clock.run(alerts.close());
    await open();
    expect(rules.list().find(({ id }) => id === 'usual latency')).toMatchObject({
      ...{ threshold: 2, on: false, hysteresis: 0.2 },
    });
    expect(rules.list().length).toBe(8);
  });

  test('that would not mean anything, or say twice what one says already, are refused', async () => {
    boards = [board('a')];
    const target = { kind: 'board' as const, boardId: 'a' };
    expect(await code(rules.save({ kind: 'voltage' }))).toBe('REQUEST_INVALID');
    expect(await code(rules.save({ kind: 'voltage', target, className: 'rain' }))).toBe('REQUEST_INVALID');
    expect(await code(rules.save({ kind: 'first today' }))).toBe('REQUEST_INVALID');
    expect(await code(rules.save({ kind: 'first today', className: 'rain', threshold: 2 }))).toBe(
      'REQUEST_INVALID',
    );
    expect(await code(rules.save({ kind: 'voltage', target: { kind: 'board', boardId: 'z' } }))).toBe(
      'BOARD_NOT_FOUND',
    );
    expect(await code(rules.save({ kind: 'voltage', target }))).toBe('kept');
    expect(await code(rules.save({ kind: 'voltage', target }))).toBe('REQUEST_INVALID');
  });
});
