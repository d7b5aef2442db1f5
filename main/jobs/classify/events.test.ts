import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClassifySettings } from '../../contract/types.ts';
import { usualSettings } from './contract/settings.ts';
import { eventsOf } from './events.ts';
import { expertGrid, windowEnd, windowStart } from './grid.ts';
import type { Windows } from './windows.ts';

const labels = ['curlew', 'rain', 'saw'];

/** Windows given as [top class, its probability]; the rest is shared out evenly. Null: digital silence. */
function windowsOf(rows: readonly ([top: number, probability: number] | null)[]): Windows {
  const count = rows.length;
  return {
    count,
    probabilities: Float32Array.from(
      rows.flatMap((row) => labels.map((_, c) => (row && c === row[0] ? row[1] : (1 - (row?.[1] ?? 0)) / 2))),
    ),
    place: new Uint8Array(count),
    curiosity: new Float32Array(count),
    entropy: new Float32Array(count),
    heard: Uint8Array.from(rows, (row) => (row ? 1 : 0)),
  };
}

const found = (rows: Parameters<typeof windowsOf>[0], settings: Partial<ClassifySettings> = {}) =>
  eventsOf(
    windowsOf(rows),
    expertGrid(settings.hopFrames ?? usualSettings.hopFrames),
    { ...usualSettings, ...settings },
    labels,
  ).map((event) => [event.label, event.startS, event.endS, event.windows, event.calls]);

describe('detections', () => {
  it('are windows of one class that touch, with their mean and their peak', () => {
    const [event] = eventsOf(
      windowsOf([
        [0, 0.75],
        [0, 0.9375],
        [0, 0.625],
      ]),
      expertGrid(usualSettings.hopFrames),
      usualSettings,
      labels,
    );
    expect(event).toMatchObject({ startS: 0, endS: 0.96 + 0.975, peak: 0.9375, peakS: 0.48, calls: 1 });
    expect(event!.confidence).toBeCloseTo((0.75 + 0.9375 + 0.625) / 3, 12);
  });

  it('are one where a weak window lies between, since the strong ones overlap: two calls', () => {
    const rows: Parameters<typeof windowsOf>[0] = [
      [2, 0.9],
      [2, 0.4],
      [2, 0.9],
    ];
    expect(found(rows)).toEqual([['saw', 0, 1.935, 2, 2]]);
    // With windows that do not overlap they are two.
    expect(found(rows, { hopFrames: 96 }).map(([, startS]) => startS)).toEqual([0, 1.92]);
  });

  it('are joined over the gap of their class, and left out below its least length', () => {
    const rows: Parameters<typeof windowsOf>[0] = [[0, 0.9], null, null, null, null, [0, 0.9], [1, 0.9]];
    expect(found(rows)).toHaveLength(3);
    expect(found(rows, { gaps: { curlew: 1.5 } })).toEqual([
      ['curlew', 0, 2.4 + 0.975, 2, 2],
      ['rain', 2.88, 2.88 + 0.975, 1, 1],
    ]);
    expect(found(rows, { gapS: 1.4 })).toHaveLength(3);
    expect(found(rows, { gapS: 1.5, leasts: { rain: 1 } })).toHaveLength(1);
  });

  it('take the least probability of their class, and as many classes of a window as may be', () => {
    const rows: Parameters<typeof windowsOf>[0] = [[0, 0.6]];
    expect(found(rows, { thresholds: { curlew: 0.7 } })).toEqual([]);
    expect(found(rows, { thresholds: { curlew: 0.6 } })).toHaveLength(1);
    expect(found(rows, { threshold: 0.2, topK: 2 }).map(([label]) => label)).toEqual(['curlew', 'rain']);
  });

  it('of a class never overlap, hold every window that counts, and no other', () => {
    const row = fc.option(
      fc.tuple(fc.integer({ min: 0, max: 2 }), fc.float({ min: 0.25, max: 1, noNaN: true })),
    );
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 60 }),
        fc.integer({ min: 1, max: 96 }),
        fc.constantFrom(0, 0.3, 2),
        (rows, hopFrames, gapS) => {
          const windows = windowsOf(rows);
          const events = eventsOf(
            windows,
            expertGrid(hopFrames),
            { ...usualSettings, hopFrames, gapS },
            labels,
          );
          let counted = 0;
          for (const label of labels) {
            const own = events.filter((event) => event.label === label);
            own
              .slice(1)
              .forEach((event, i) => expect(event.startS).toBeGreaterThan(own[i]!.endS + gapS - 1e-9));
            counted += own.reduce((sum, event) => sum + event.windows, 0);
          }
          const counting = rows.flatMap((one, i) =>
            one && Math.fround(one[1]) >= 0.5 ? [{ i, top: one[0] }] : [],
          );
          expect(counted).toBe(counting.length);
          for (const { i, top } of counting) {
            const holds = events.filter(
              ({ classIndex, startS, endS }) =>
                classIndex === top &&
                startS <= windowStart(i, expertGrid(hopFrames)) &&
                endS >= windowEnd(i, expertGrid(hopFrames)),
            );
            expect(holds).toHaveLength(1);
          }
        },
      ),
    );
  });
});
