import { describe, expect, it } from 'vitest';
import { Random } from '../../../models/training/random.ts';
import type { HeardHour } from '../../store/heard-hours.ts';
import { judgeMicrophones } from './judge.ts';

const hour0 = 480_000;
/** An hour that was as usual. */
const usual = (boardId: string, hour: number, changes: Partial<HeardHour> = {}): HeardHour => ({
  ...{ boardId, hour, noiseFloorDb: -62, levelDb: -50, quietestDb: -61, loudestDb: -22, clippedShare: 0 },
  ...{ usualDb: -62, spreadDb: 1, days: 20, lowestDb: -70 },
  ...changes,
});
const hours = (boardId: string, changes: Partial<HeardHour> = {}, n = 3): HeardHour[] =>
  Array.from({ length: n }, (_, i) => usual(boardId, hour0 + i, changes));
const ids = ['a', 'b', 'c', 'd', 'e'];
const stateOf = (heard: readonly HeardHour[], boards: readonly string[] = ids): string =>
  judgeMicrophones(boards, heard)[0]!.state;

describe('a microphone', () => {
  it('that is as its past is well, and tells what it was held against', () => {
    const [judged] = judgeMicrophones(
      ids,
      ids.flatMap((id) => hours(id, id === 'a' ? {} : { noiseFloorDb: -60 })),
    );
    expect(judged).toEqual({
      ...{ boardId: 'a', state: 'well', hours: [hour0 * 3_600_000, (hour0 + 2) * 3_600_000] },
      ...{ noiseFloorDb: -62, levelDb: -50, clippedShare: 0, usualDb: -60, neighbours: 4 },
    });
  });

  it('fell silent where its floor is lower than ever, and its neighbours’ is not', () => {
    expect(stateOf(ids.flatMap((id) => hours(id, id === 'a' ? { noiseFloorDb: -90 } : {})))).toBe(
      'fell silent',
    );
    expect(stateOf(hours('a', { noiseFloorDb: -90 }), ['a'])).toBe('fell silent');
  });

  it('is well in a quiet night: all of the site have it, or it was as quiet before', () => {
    expect(stateOf(ids.flatMap((id) => hours(id, { noiseFloorDb: -90 })))).toBe('well');
    expect(stateOf(hours('a', { noiseFloorDb: -72.9 }), ['a'])).toBe('well');
    // Lower than ever, by no more than its floor moves from night to night.
    expect(stateOf(hours('a', { noiseFloorDb: -90, spreadDb: 8 }), ['a'])).toBe('well');
  });

  it('is held against its own past alone where fewer than three others were heard', () => {
    const two = ['b', 'c'].flatMap((id) => hours(id, { noiseFloorDb: -90 }));
    const [judged] = judgeMicrophones(ids, [...hours('a', { noiseFloorDb: -90 }), ...two]);
    expect(judged).toMatchObject({ state: 'fell silent', neighbours: 0 });
  });

  it('that was off for an hour is not faulty, and one that tells too little is not judged', () => {
    const heard = hours('a', { noiseFloorDb: -90 });
    expect(stateOf([...heard.slice(0, 2), usual('a', hour0 + 2)])).toBe('well');
    expect(judgeMicrophones(['a'], heard.slice(0, 2))).toMatchObject([{ state: 'untold', hours: null }]);
    expect(stateOf(hours('a', { noiseFloorDb: null }), ['a'])).toBe('well');
  });

  it('is clipped where its neighbours are not', () => {
    const clipped = { clippedShare: 0.04 };
    expect(stateOf(ids.flatMap((id) => hours(id, id === 'a' ? clipped : {})))).toBe('clipped');
    expect(stateOf(ids.flatMap((id) => hours(id, id === 'a' ? clipped : { clippedShare: 0.02 })))).toBe(
      'well',
    );
    expect(stateOf(hours('a', { clippedShare: 0.009 }), ['a'])).toBe('well');
  });

  it('is stuck where every window is as loud as the next, whether that is no sound at all or some', () => {
    expect(stateOf(hours('a', { levelDb: -200, quietestDb: -200, loudestDb: -200 }), ['a'])).toBe('stuck');
    expect(stateOf(hours('a', { quietestDb: -34.51, loudestDb: -34.5 }), ['a'])).toBe('stuck');
    expect(stateOf(hours('a', { quietestDb: -34.55, loudestDb: -34.5 }), ['a'])).toBe('well');
  });

  it('of a new board is clipped or stuck all the same, and not silent', () => {
    const fresh = { usualDb: null, spreadDb: null, days: 0, lowestDb: null };
    expect(stateOf(hours('a', { ...fresh, noiseFloorDb: -120 }), ['a'])).toBe('new');
    expect(stateOf(hours('a', { ...fresh, clippedShare: 0.5 }), ['a'])).toBe('clipped');
    expect(stateOf(hours('a', { ...fresh, quietestDb: -200, loudestDb: -200 }), ['a'])).toBe('stuck');
  });
});

/** Box and Muller. */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());

const days = 60;
const boardsOfSite = 8;
const pastDays = 28;
const gapDays = 7;

/**
 * Noise floors of a site by board and hour: nights are quieter than days, wind comes and goes for hours and lifts all of
 * the site, a few days of snow damp all of it by 9 dB; each board has its own place and its own noise.
 */
function season(seed: number): Float64Array[] {
  const random = new Random(seed);
  const floors = Array.from({ length: boardsOfSite }, () => new Float64Array(24 * days));
  const places = floors.map(() => -64 + 4 * normal(random));
  const snowFrom = Math.floor(days * random.uniform());
  let wind = 0;
  for (let hour = 0; hour < 24 * days; hour++) {
    wind = 0.95 * wind + normal(random);
    const ofDay = hour % 24;
    const sun = 5 * Math.sin(((ofDay - 6) / 24) * 2 * Math.PI);
    const day = Math.floor(hour / 24);
    const snow = day >= snowFrom && day < snowFrom + 3 ? -9 : 0;
    floors.forEach((floor, i) => {
      floor[hour] = places[i]! + sun + snow + 4 * Math.max(0, wind) + 1.5 * normal(random);
    });
  }
  return floors;
}

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const median = (values: readonly number[]): number => sorted(values)[values.length >> 1]!;

/** As the store tells it (heard-hours.test.ts). */
function heardAt(floors: readonly Float64Array[], at: number): HeardHour[] {
  return floors.flatMap((floor, i) => {
    const past = [...floor.subarray(at - 24 * (pastDays + gapDays), at - 24 * gapDays)];
    const lowestDb = sorted(past)[Math.floor(past.length / 100)]!;
    return [at - 2, at - 1, at].map((hour) => {
      const same = Array.from({ length: pastDays }, (_, day) => floor[hour - 24 * (day + gapDays)]!);
      const usualDb = median(same);
      const spreadDb = median(same.map((value) => Math.abs(value - usualDb)));
      const noiseFloorDb = floor[hour]!;
      return usual(String(i), hour, { ...{ noiseFloorDb, usualDb, spreadDb, lowestDb }, days: pastDays });
    });
  });
}

describe('over simulated seasons', () => {
  const boards = Array.from({ length: boardsOfSite }, (_, i) => String(i));
  const from = 24 * (pastDays + gapDays) + 2;
  const seasons = Array.from({ length: 8 }, (_, seed) => season(seed + 1));

  /** Of board-days the share on which a sound microphone is told, judged every six hours. */
  function falseAlarms(together: boolean): number {
    const told = new Set<string>();
    let boardDays = 0;
    seasons.forEach((floors, seed) => {
      for (let at = from; at < 24 * days; at += 6) {
        const heard = heardAt(floors, at);
        const judged = together
          ? judgeMicrophones(boards, heard)
          : boards.flatMap((id) =>
              judgeMicrophones(
                [id],
                heard.filter(({ boardId }) => boardId === id),
              ),
            );
        for (const { boardId, state } of judged)
          if (state !== 'well') told.add(`${seed}/${boardId}/${Math.floor(at / 24)}`);
      }
      boardDays += boardsOfSite * (days - pastDays - gapDays);
    });
    expect(boardDays).toBeGreaterThan(1500);
    return told.size / boardDays;
  }

  it('no more than one board-day in 1,000 is a false alarm, snow on all of a site included', () => {
    expect(falseAlarms(true)).toBeLessThan(0.001);
  });

  it('where every board stands alone, snow that damps all is told now and then: one board-day in 100 at most', () => {
    expect(falseAlarms(false)).toBeLessThan(0.01);
  });

  it('a microphone that hears nothing but its own noise is found within three hours, by night as by day', () => {
    let found = 0;
    let tried = 0;
    seasons.forEach((floors) => {
      for (let at = from; at < 24 * days; at += 29) {
        const dead = floors.map((floor, i) =>
          i === 0 ? floor.map((value, hour) => (hour > at - 3 ? -96 : value)) : floor,
        );
        found += Number(judgeMicrophones(boards, heardAt(dead, at))[0]!.state === 'fell silent');
        tried++;
      }
    });
    expect(found / tried).toBeGreaterThan(0.95);
  });
});
