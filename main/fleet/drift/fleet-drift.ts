/**
 * Drift of what boards say: the last days of each against the weeks before, day by day, with what its neighbours did on the same days taken off, so that seasons and weather are no drift of a board. One test a
 * board for all that is watched (models/evaluation/day-test.ts); which of them are told is decided over the whole fleet
 * (Benjamini and Hochberg), not board by board.
 *
 * Shares are taken as their square roots: the distance between days is Hellinger's, which rare classes do not dominate
 * (Legendre and Gallagher 2001, Oecologia 129, p. 271).
 */
import { dayTest, type DayFeature } from '../../../models/evaluation/day-test.ts';
import { falseDiscovery } from '../../../models/evaluation/false-discovery.ts';
import { populationStability } from '../../../models/evaluation/population-stability.ts';
import { watched, type BoardDrift, type Shares, type Watched } from '../contract/drift.ts';

const dayMs = 86_400_000;

/** Counts by bin. */
export type Counts = ReadonlyMap<number, number>;

export interface BoardDay {
  /** Days since 1970 (UTC). */
  day: number;
  counts: Readonly<Partial<Record<Watched, Counts>>>;
}

export interface BoardPast {
  boardId: string;
  /** Since its bank was deployed, in order of time. */
  days: readonly BoardDay[];
}

/** Days that are compared, and how many there must be. */
export const recentDays = 4;
const recentWithin = 7;
const pastDays = 28;
const leastPastDays = 14;
/** A day with fewer records says nothing. */
const leastRecords = 50;
/** Fewer that recorded on a day are no neighbourhood. */
const leastNeighbours = 3;
/** Splits drawn of each board's days, and of those of a board that may be told. */
const fewDraws = 499;
const mostDraws = 50_000;
const worthMoreDraws = 0.02;

/**
 * @param neighbours all boards of one neighbourhood, or one without neighbours
 * @param today the last day that counts, which is over (days since 1970)
 * @param fleetSize boards of the whole fleet: the more are judged, the smaller a p-value must be told apart
 * @returns none drifting yet: see `tell`
 */
export function judgeNeighbours(
  neighbours: readonly BoardPast[],
  today: number,
  fleetSize: number,
  falseShare: number,
): BoardDrift[] {
  const days = new Map(neighbours.map((board) => [board.boardId, usable(board, today)]));
  return neighbours.map((board) => judge(board, days, today, fleetSize / falseShare));
}

/** @param judged all boards of the fleet @param falseShare of what is told that may be false */
export function tell(judged: readonly BoardDrift[], falseShare: number): BoardDrift[] {
  const ps = judged.flatMap(({ p }) => (p === null ? [] : [p]));
  const told = falseDiscovery(ps, falseShare);
  let at = 0;
  return judged.map((board) => (board.p === null ? board : { ...board, drifting: told[at++]! }));
}

/** Square roots of shares, by what is watched and bin. */
type Roots = Readonly<Partial<Record<Watched, Counts>>>;

/** Each day is taken apart once: it is compared with again, day after day, and by every neighbour. */
const known = new WeakMap<BoardDay, Roots>();

function rootsOf(day: BoardDay): Roots {
  let roots = known.get(day);
  if (!roots) {
    roots = Object.fromEntries(
      Object.entries(day.counts).map(([name, bins]) => {
        const total = sum(bins);
        return [name, new Map([...bins].map(([bin, count]) => [bin, Math.sqrt(count / total)]))];
      }),
    );
    known.set(day, roots);
  }
  return roots;
}

/** Days that say something, by their number. */
function usable({ days }: BoardPast, today: number): Map<number, BoardDay> {
  return new Map(
    days.filter((one) => one.day <= today && recordsOf(one) >= leastRecords).map((one) => [one.day, one]),
  );
}

function judge(
  board: BoardPast,
  usableDays: ReadonlyMap<string, ReadonlyMap<number, BoardDay>>,
  today: number,
  drawsToTell: number,
): BoardDrift {
  const { boardId } = board;
  const mine = usableDays.get(boardId)!;
  const all = [...mine.keys()];
  const recent = all.filter((day) => day > today - recentWithin).slice(-recentDays);
  const past = all.filter((day) => day <= today - recentWithin).slice(-pastDays);
  const unjudged = {
    ...{ boardId, p: null, drifting: false, neighbours: 0, moved: null, stability: null, shares: null },
    ...{ before: null, now: null },
  };
  if (past.length < leastPastDays) return { ...unjudged, state: 'new' };
  if (recent.length < recentDays) return { ...unjudged, state: 'quiet' };
  const days = [...past, ...recent];
  const neighbours = [...usableDays].flatMap(([id, days]) => (id === boardId ? [] : [days]));
  const fewest = Math.min(...days.map((day) => neighbours.filter((other) => other.has(day)).length));
  const beside = fewest >= leastNeighbours ? neighbours : [];
  const features = watched
    .filter((name) => isTold(name, days, mine, beside))
    .map((name) => featureOf(name, days, mine, beside));
  // Boards draw apart, and the same each time.
  const seed = [...boardId].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) >>> 0, today);
  let test = dayTest(features, recentDays, fewDraws, seed);
  const draws = Math.min(mostDraws, Math.ceil(2 * drawsToTell));
  if (test && test.p <= worthMoreDraws && draws > fewDraws) test = dayTest(features, recentDays, draws, seed);
  const moved = (test?.feature ?? watched[0]) as Watched;
  const shares = sharesOf(moved, board, new Set(past), new Set(recent));
  return {
    ...{ boardId, state: 'judged', p: test?.p ?? 1, drifting: false, moved, shares: shares.shares },
    ...{ neighbours: beside.length === 0 ? 0 : fewest, stability: shares.stability },
    before: [past[0]! * dayMs, past.at(-1)! * dayMs],
    now: [recent[0]! * dayMs, recent.at(-1)! * dayMs],
  };
}

/** Firmware from before the noise floor tells none, and a day without one is no change: by the board, and by neighbours enough. */
function isTold(
  name: Watched,
  days: readonly number[],
  mine: ReadonlyMap<number, BoardDay>,
  beside: readonly ReadonlyMap<number, BoardDay>[],
): boolean {
  const tells = (board: ReadonlyMap<number, BoardDay>, day: number): boolean =>
    board.get(day)?.counts[name] !== undefined;
  return days.every(
    (day) =>
      tells(mine, day) &&
      (beside.length === 0 || beside.filter((one) => tells(one, day)).length >= leastNeighbours),
  );
}

/** A point for each day: less the middle of those that recorded beside it on that day, which one that drifts moves little. */
function featureOf(
  name: Watched,
  days: readonly number[],
  mine: ReadonlyMap<number, BoardDay>,
  beside: readonly ReadonlyMap<number, BoardDay>[],
): DayFeature {
  const own = days.map((day) => rootsOf(mine.get(day)!)[name]);
  const bins = [...new Set(own.flatMap((roots) => [...(roots?.keys() ?? [])]))].sort((a, b) => a - b);
  const points = days.map((day, i) => {
    const there = beside.flatMap((other) => {
      const one = other.get(day);
      const roots = one && rootsOf(one)[name];
      return roots ? [roots] : [];
    });
    const middles = new Float64Array(there.length);
    return Float64Array.from(bins, (bin) => {
      there.forEach((roots, at) => (middles[at] = roots.get(bin) ?? 0));
      return (own[i]?.get(bin) ?? 0) - (there.length === 0 ? 0 : median(middles.sort()));
    });
  });
  return { name, points };
}

/** @param sorted at least one value, in rising order */
function median(sorted: Float64Array): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

function sharesOf(
  name: Watched,
  board: BoardPast,
  past: ReadonlySet<number>,
  recent: ReadonlySet<number>,
): { shares: Shares; stability: number | null } {
  const pooled = (days: ReadonlySet<number>): Map<number, number> => {
    const counts = new Map<number, number>();
    for (const one of board.days) {
      if (!days.has(one.day)) continue;
      for (const [bin, count] of one.counts[name] ?? []) counts.set(bin, (counts.get(bin) ?? 0) + count);
    }
    return counts;
  };
  const [then, now] = [pooled(past), pooled(recent)];
  const bins = [...new Set([...then.keys(), ...now.keys()])].sort((a, b) => a - b);
  const of = (counts: Counts): number[] => bins.map((bin) => counts.get(bin) ?? 0);
  const shares = (counts: Counts): number[] => of(counts).map((count) => count / (sum(counts) || 1));
  return {
    shares: { bins, before: shares(then), now: shares(now) },
    stability: populationStability(of(then), of(now)),
  };
}

const sum = (counts: Counts): number => [...counts.values()].reduce((total, count) => total + count, 0);
const recordsOf = ({ counts }: BoardDay): number => sum(counts.class ?? new Map<number, number>());
