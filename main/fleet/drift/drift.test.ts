/** Drift of what boards say, from their records in a store to what is told of the fleet. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Random } from '../../../models/training/random.ts';
import type { Background } from '../../background/background.ts';
import { openStore, type Store } from '../../store/open-store.ts';
import { dayMs } from '../../store/rollups/features.ts';
import type { Details } from '../details/details.ts';
import { Drift } from './drift.ts';
import { judgeNeighbours, tell, type BoardDay, type BoardPast } from './fleet-drift.ts';
import { judgeCounts } from './judge-counts.ts';

const random = new Random(3);
/** Answers of a day among four classes, by these weights. */
function answers(weights: readonly number[], records = 400): Map<number, number> {
  const counts = new Map<number, number>();
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (let i = 0; i < records; i++) {
    let left = random.uniform() * total;
    const at = weights.findIndex((weight) => (left -= weight) < 0);
    counts.set(at, (counts.get(at) ?? 0) + 1);
  }
  return counts;
}
const usual = [4, 3, 2, 1];
const past = (boardId: string, days: number, weights: (day: number) => readonly number[]): BoardPast => ({
  boardId,
  days: Array.from({ length: days }, (_, day): BoardDay => ({
    day,
    counts: { class: answers(weights(day)) },
  })),
});
/** The same day again and again. */
const everyDay = ({ counts }: BoardDay, days: number): BoardDay[] =>
  Array.from({ length: days }, (_, day) => ({ day, counts }));
const names = (fleet: ReturnType<typeof judgeNeighbours>): string[] =>
  tell(fleet, 0.05).flatMap(({ boardId, drifting }) => (drifting ? [boardId] : []));

describe('drift among neighbours', () => {
  const today = 39;
  const others = ['a', 'b', 'c', 'd'];

  test('a board whose classes move is told of, with what moved and both distributions', () => {
    const fleet = [
      ...others.map((boardId) => past(boardId, 40, () => usual)),
      past('moved', 40, (day) => (day > 35 ? [1, 3, 2, 4] : usual)),
    ];
    const judged = judgeNeighbours(fleet, today, fleet.length, 0.05);
    expect(names(judged)).toEqual(['moved']);
    const moved = judged.at(-1)!;
    expect(moved).toMatchObject({ state: 'judged', moved: 'class', neighbours: 4 });
    expect(moved.stability!).toBeGreaterThan(0.25);
    expect(moved.shares!.bins).toEqual([0, 1, 2, 3]);
    expect(moved.shares!.before[0]!).toBeCloseTo(0.4, 1);
    expect(moved.shares!.now[3]!).toBeCloseTo(0.4, 1);
    expect(moved.now).toEqual([36 * dayMs, 39 * dayMs]);
  });

  test('what all of them hear differently at once is no drift of a board; without neighbours it would be', () => {
    const season = (day: number): readonly number[] => (day > 35 ? [1, 3, 2, 4] : usual);
    const fleet = others.map((boardId) => past(boardId, 40, season));
    expect(names(judgeNeighbours(fleet, today, 4, 0.05))).toEqual([]);
    expect(names(judgeNeighbours([fleet[0]!], today, 1, 0.05))).toEqual(['a']);
  });

  test('boards that are new, or have been quiet, are not judged, and say so', () => {
    const fleet = [
      past('new', 13, () => usual),
      { boardId: 'quiet', days: past('quiet', 40, () => usual).days.filter(({ day }) => day < 36) },
      {
        boardId: 'few',
        days: past('few', 40, () => usual).days.map((day) => ({
          ...day,
          counts: { class: answers(usual, 49) },
        })),
      },
      { boardId: 'none', days: [] },
    ];
    const judged = judgeNeighbours(fleet, today, 4, 0.05);
    expect(judged.map(({ state, p }) => [state, p])).toEqual([
      ['new', null],
      ['quiet', null],
      ['new', null],
      ['new', null],
    ]);
    expect(tell(judged, 0.05).some(({ drifting }) => drifting)).toBe(false);
  });

  test('is judged the same each time', () => {
    const fleet = others.map((boardId) => past(boardId, 40, () => usual));
    expect(judgeNeighbours(fleet, today, 4, 0.05)).toEqual(judgeNeighbours(fleet, today, 4, 0.05));
  });
});

describe('drift of the fleet', () => {
  let folder: string;
  let store: Store;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'curlew-drift-'));
    store = await openStore(join(folder, 'lab.duckdb'));
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });

  const first = 20_000;
  const background = {
    run: (_name: string, ...given: Parameters<typeof judgeCounts>) => Promise.resolve(judgeCounts(...given)),
  } as unknown as Background;
  const details = (sites: Readonly<Record<string, string>>): Details =>
    ({
      known: () => Object.keys(sites).map((id) => ({ id })),
      of: (boardId: string) => ({ site: sites[boardId], groupId: null }),
    }) as unknown as Details;

  async function record(fleet: readonly BoardPast[]): Promise<void> {
    const rows = fleet.flatMap(({ boardId, days }) =>
      days.flatMap(({ day, counts }) =>
        [...counts.class!].map(
          ([bin, records]) => `('${boardId}', ${(first + day) * dayMs}, 'e', 'class', ${bin}, ${records})`,
        ),
      ),
    );
    await store.transaction((connection) =>
      connection.run(`INSERT INTO telemetry_bins VALUES ${rows.join(', ')}`),
    );
  }
  const driftOn = (day: number, sites: Readonly<Record<string, string>>): Drift =>
    new Drift({ store, background, details: details(sites), wallMs: () => (first + day) * dayMs + 7 });

  test('holds boards of a site against each other, as of the last day that is over', async () => {
    const moving = (day: number): readonly number[] => (day > 35 ? [1, 3, 2, 4] : usual);
    await record([
      ...['a', 'b', 'c', 'd'].map((boardId) => past(boardId, 40, () => usual)),
      past('moved', 40, moving),
      {
        boardId: 'elsewhere',
        days: past('elsewhere', 1, () => usual).days.flatMap((day) => everyDay(day, 40)),
      },
    ]);
    const sites = {
      a: 'marsh',
      b: 'marsh',
      c: 'marsh',
      d: 'marsh',
      moved: 'marsh',
      elsewhere: '',
      never: 'marsh',
    };
    const found = await driftOn(40, sites).ofFleet();
    expect(found.atMs).toBe((first + 40) * dayMs);
    expect(found.boards.filter(({ drifting }) => drifting).map(({ boardId }) => boardId)).toEqual(['moved']);
    const neighbours = Object.fromEntries(found.boards.map((one) => [one.boardId, one.neighbours]));
    expect(neighbours).toMatchObject({ moved: 4, elsewhere: 0 });
    expect(found.boards.find(({ boardId }) => boardId === 'never')!.state).toBe('new');
  });

  test('tells nothing of a board that was forgotten since, though the day is judged once', async () => {
    await record([past('a', 40, () => usual), past('b', 40, () => usual)]);
    const sites: Record<string, string> = { a: '', b: '' };
    const drift = driftOn(40, sites);
    const ids = async () => (await drift.ofFleet()).boards.map(({ boardId }) => boardId);
    expect(await ids()).toEqual(['a', 'b']);
    delete sites['b'];
    expect(await ids()).toEqual(['a']);
  });

  test('begins anew where another bank was deployed', async () => {
    await record([past('a', 40, () => usual)]);
    const judgedOn40 = async () => (await driftOn(40, { a: '' }).ofFleet()).boards[0]!.state;
    expect(await judgedOn40()).toBe('judged');
    await store.transaction((connection) =>
      connection.run(
        `INSERT INTO deployments (at_ms, board_id, slot, expert, sha256, bytes, upload_ms, activated)
         VALUES ($1, 'a', 0, 'e', 'e', 1, 1, true)`,
        [(first + 30) * dayMs],
      ),
    );
    expect(await judgedOn40()).toBe('new');
  });
});

describe('drift of the noise floor', () => {
  const today = 39;
  const others = ['a', 'b', 'c', 'd'];
  const spread = (bin: number): Map<number, number> =>
    new Map([...answers(usual)].map(([off, records]) => [bin + off, records]));
  const withFloor = (board: BoardPast, floor: (day: number) => number | null): BoardPast => ({
    ...board,
    days: board.days.map(({ day, counts }): BoardDay => {
      const bin = floor(day);
      return bin === null ? { day, counts } : { day, counts: { ...counts, noise_floor: spread(bin) } };
    }),
  });

  test('a noise floor that falls at one board alone is told of; where all become quiet it is not', () => {
    const falls = (day: number): number => (day > 35 ? -44 : -20);
    const still = others.map((boardId) =>
      withFloor(
        past(boardId, 40, () => usual),
        () => -20,
      ),
    );
    const fell = withFloor(
      past('fell', 40, () => usual),
      falls,
    );
    const judged = judgeNeighbours([...still, fell], today, 5, 0.05);
    expect(names(judged)).toEqual(['fell']);
    expect(judged.at(-1)).toMatchObject({ moved: 'noise_floor' });
    const night = others.map((boardId) =>
      withFloor(
        past(boardId, 40, () => usual),
        falls,
      ),
    );
    expect(names(judgeNeighbours(night, today, 4, 0.05))).toEqual([]);
  });

  test('a board that begins to tell its noise floor has not drifted by that', () => {
    const begins = withFloor(
      past('begins', 40, () => usual),
      (day) => (day > 35 ? -20 : null),
    );
    expect(names(judgeNeighbours([begins], today, 1, 0.05))).toEqual([]);
  });
});
