/**
 * Microphones that fell silent, are clipped or stuck, told apart from a quiet night. A board is judged by the last three
 * hours in which it told how loud it was, and is faulty where all three of them say so:
 *
 * - stuck: of all their windows the loudest and the quietest differ by 0.02 dB at most. Noise alone moves the level of a
 *   window of 15,600 samples by 0.05 dB (standard deviation 4.34 · √(2/N) dB): that twelve windows lie within 0.02 dB by
 *   chance has a probability below 1e-7.
 * - clipped: 1 % of the samples or more are at full scale, and four times as many as at the neighbour in the middle: wind
 *   and rain clip all of a site.
 * - fell silent: the noise floor lies 3 dB or more below the lowest hundredth of all its hours before, at whatever hour of
 *   day; and below what is usual at this hour of day, less what the neighbours' floors did meanwhile, by 6 dB and three
 *   times its own spread at that hour. A quiet night is no quieter than the quietest before, and all of a site have it.
 *
 * False alarms: where days are alike, however they are distributed, today is the quietest of n + 1 days with a chance of
 * 1/(n + 1), 36 in 1,000 board-days after four weeks; a board is told only where it is 3 dB quieter than nearly all of them
 * for three hours, and its neighbours are not. On eight simulated seasons of eight boards (judge.test.ts: nights, wind that
 * lasts for hours, three days of snow) none of 1,600 board-days was a false alarm, 4 in 1,000 where every board stood alone;
 * a microphone that heard its own noise alone was told within three hours in 168 of 168 tries.
 */
import type { HeardHour } from '../../store/heard-hours.ts';
import type { MicrophoneJudgement, MicrophoneState } from '../contract/microphone.ts';

/** Hours that must agree. */
const agreeing = 3;
const leastDays = 5;
/** Fewer that were heard in an hour are no neighbourhood. */
const leastNeighbours = 3;
const stuckDb = 0.02;
const clippedFrom = 0.01;
const clippedTimes = 4;
const belowLowestDb = 3;
const belowUsualDb = 6;
const spreads = 3;
/** Of a normal distribution: its standard deviation by the median distance from the median. */
const deviationOfMedianDistance = 1.4826;

/**
 * @param boardIds all boards of one neighbourhood, or one without neighbours
 * @param heard their last hours that tell enough, in order of time
 */
export function judgeMicrophones(
  boardIds: readonly string[],
  heard: readonly HeardHour[],
): MicrophoneJudgement[] {
  const ofBoard = new Map<string, HeardHour[]>();
  const ofHour = new Map<number, HeardHour[]>();
  for (const one of heard) {
    append(ofBoard, one.boardId, one);
    append(ofHour, one.hour, one);
  }
  const changes = new Map([...ofHour].map(([hour, all]) => [hour, risen(all.flatMap(changeOf))]));
  const clipping = new Map(
    [...ofHour].map(([hour, all]) => [hour, risen(all.flatMap((one) => one.clippedShare ?? []))]),
  );
  return boardIds.map((boardId) => {
    const hours = (ofBoard.get(boardId) ?? []).slice(-agreeing);
    return judge(
      boardId,
      hours.map((one) => ({
        ...one,
        beside: without(changes.get(one.hour)!, changeOf(one)[0]),
        besideClipped: without(clipping.get(one.hour)!, one.clippedShare ?? undefined),
      })),
    );
  });
}

interface Beside {
  middle: number;
  neighbours: number;
}
type Judged = HeardHour & { beside: Beside; besideClipped: Beside };

function judge(boardId: string, hours: readonly Judged[]): MicrophoneJudgement {
  const [first] = hours;
  const last = hours.at(-1);
  if (!first || !last || hours.length < agreeing) return { ...untold, boardId };
  const told = hours.flatMap(({ noiseFloorDb }) => noiseFloorDb ?? []);
  const usual = hours.flatMap(({ usualDb, beside, days }) =>
    usualDb === null || days < leastDays ? [] : [usualDb + beside.middle],
  );
  return {
    boardId,
    state: stateOf(hours),
    hours: [first.hour * hourMs, last.hour * hourMs],
    noiseFloorDb: mean(told),
    levelDb: mean(hours.map(({ levelDb }) => levelDb)),
    clippedShare: mean(hours.flatMap(({ clippedShare }) => clippedShare ?? [])),
    usualDb: usual.length === hours.length ? mean(usual) : null,
    neighbours: Math.min(...hours.map(({ beside }) => beside.neighbours)),
  };
}

function stateOf(hours: readonly Judged[]): MicrophoneState {
  const quietest = Math.min(...hours.map(({ quietestDb }) => quietestDb));
  const loudest = Math.max(...hours.map(({ loudestDb }) => loudestDb));
  if (loudest - quietest <= stuckDb) return 'stuck';
  if (hours.every(isClipped)) return 'clipped';
  if (hours.some(({ days, lowestDb }) => days < leastDays || lowestDb === null)) return 'new';
  return hours.every(fellSilent) ? 'fell silent' : 'well';
}

const isClipped = ({ clippedShare, besideClipped }: Judged): boolean =>
  clippedShare !== null && clippedShare >= clippedFrom && clippedShare >= clippedTimes * besideClipped.middle;

function fellSilent({ noiseFloorDb, usualDb, spreadDb, lowestDb, beside }: Judged): boolean {
  if (noiseFloorDb === null || usualDb === null || lowestDb === null) return false;
  const fallen = usualDb + beside.middle - noiseFloorDb;
  const spread = deviationOfMedianDistance * (spreadDb ?? 0);
  return noiseFloorDb <= lowestDb - belowLowestDb && fallen >= Math.max(belowUsualDb, spreads * spread);
}

/** By how much the noise floor of an hour is above the usual one of that hour; empty where that is not known. */
const changeOf = ({ noiseFloorDb, usualDb, days }: HeardHour): number[] =>
  noiseFloorDb === null || usualDb === null || days < leastDays ? [] : [noiseFloorDb - usualDb];

/** The middle of the others. @param all in rising order @param own one of them, if it is there */
function without(all: readonly number[], own: number | undefined): Beside {
  const neighbours = all.length - (own === undefined ? 0 : 1);
  if (neighbours < leastNeighbours) return { middle: 0, neighbours: 0 };
  const skipped = own === undefined ? Infinity : placeOf(own, all);
  const at = (place: number): number => all[place < skipped ? place : place + 1]!;
  const half = neighbours >> 1;
  return { middle: neighbours % 2 === 1 ? at(half) : (at(half - 1) + at(half)) / 2, neighbours };
}

/** Where a value stands: a site of a thousand is asked for each of them. @param all in rising order, with the value */
function placeOf(value: number, all: readonly number[]): number {
  let [from, to] = [0, all.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (all[middle]! < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

const hourMs = 3_600_000;
const untold: Omit<MicrophoneJudgement, 'boardId'> = {
  ...{ state: 'untold', hours: null, noiseFloorDb: null, levelDb: null, clippedShare: null },
  ...{ usualDb: null, neighbours: 0 },
};
const risen = (values: number[]): number[] => values.sort((a, b) => a - b);
const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
function append<K>(lists: Map<K, HeardHour[]>, key: K, one: HeardHour): void {
  const list = lists.get(key);
  if (list) list.push(one);
  else lists.set(key, [one]);
}
