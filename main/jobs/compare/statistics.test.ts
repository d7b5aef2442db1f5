import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../../../test/fixtures/random-expert.ts';
import type { FigureRecord } from './contract/statistics.ts';
import { mostPairs, statisticsOf, type RunFigures } from './statistics.ts';

/** @param us total of a window, spread over two stages */
function run(
  board: number,
  model: number,
  us: readonly number[],
  about: Partial<RunFigures> = {},
): RunFigures {
  const part = (share: number) => Float64Array.from(us, (value) => share * value);
  return {
    ...{ board, model, conditions: 'a chip' },
    at: Float64Array.from(us, (_, i) => i),
    ordinal: Float64Array.from(us, (_, i) => i),
    stages: { features: part(0.25), encoder: part(0.75), router: part(0), expert: part(0) },
    ...{ latencySource: 'measured', energySource: 'none', nanojoule: part(0), ...about },
  };
}
const next = randomNumbers(5);
const around = (centre: number, width: number, n = 200) =>
  Array.from({ length: n }, () => centre + width * (next() - 0.5));
const of = (figures: readonly FigureRecord[], stage: string, board = 0) =>
  figures.find((one) => one.stage === stage && one.board === board);

describe('the figures of a run', () => {
  it('are told by stage with their source, warm-up apart, and not where there are none', () => {
    const { figures } = statisticsOf([run(0, 0, [900, 800, ...around(100, 10)])], 2);
    expect(figures.map(({ metric, stage }) => `${metric} ${stage}`)).toEqual([
      ...['latency total', 'latency features', 'latency encoder'],
    ]);
    const total = of(figures, 'total')!;
    expect(total).toMatchObject({ source: 'measured', unit: 'µs', warmUp: { n: 2, mean: 850 } });
    expect(total.spread).toMatchObject({ n: 200, outliers: { count: 0 } });
    expect(total.spread.most).toBeLessThan(106);
  });
});

describe('two configurations', () => {
  const named = (tests: ReturnType<typeof statisticsOf>['tests']) =>
    Object.fromEntries(tests.map((test) => [test.test, test]));

  it('are told apart by size and by spread, each corrected for how many were compared', () => {
    const { tests } = statisticsOf([run(0, 0, around(100, 2)), run(0, 1, around(150, 40))], 0);
    const { wilcoxon, 'brown-forsythe': spread, tost } = named(tests);
    expect(wilcoxon!.effect).toBeGreaterThan(-53);
    expect(wilcoxon!.effect).toBeLessThan(-47);
    expect(wilcoxon!.adjusted).toBeLessThan(1e-6);
    expect([spread!.adjusted < 1e-6, spread!.effect! < 0.2]).toEqual([true, true]);
    expect(tost!.adjusted).toBeGreaterThan(0.9);
    expect(wilcoxon!.size).toBeLessThan(-3);
  });

  it('are equivalent where they differ by less than a twentieth, though a test tells them apart', () => {
    const base = around(100, 2);
    const { tests } = statisticsOf(
      [
        run(0, 0, base),
        run(
          0,
          1,
          base.map((x) => x + 1 + 0.1 * next()),
        ),
      ],
      0,
    );
    const { wilcoxon, tost } = named(tests);
    expect([wilcoxon!.adjusted < 0.001, tost!.adjusted < 0.001]).toEqual([true, true]);
  });

  it('are compared on the windows that both answered, so many at most, and only where one thing differs', () => {
    const runs = [run(0, 0, around(5, 1, 3000)), run(1, 0, around(5, 1, 2500)), run(1, 1, around(5, 1))];
    const { tests } = statisticsOf(runs, 0);
    const pairs = tests.filter(({ test }) => test === 'wilcoxon');
    expect(pairs.map(({ a, b, n }) => [a, b, n])).toEqual([
      [{ board: 0, model: 0 }, { board: 1, model: 0 }, mostPairs],
      [{ board: 1, model: 0 }, { board: 1, model: 1 }, 200],
    ]);
  });
});

describe('a residual', () => {
  it('is told of another source for the same chip and model, against what is nearer to the truth', () => {
    const modelled = run(1, 0, around(110, 0), { latencySource: 'modelled' });
    const other = run(2, 0, around(70, 0), { latencySource: 'counted', conditions: 'another chip' });
    const { residuals } = statisticsOf([modelled, other, run(0, 0, around(100, 0))], 0);
    expect(residuals.map(({ stage }) => stage)).toEqual(['total', 'features', 'encoder']);
    expect(residuals[0]).toMatchObject({
      reference: { board: 0, source: 'measured', mean: 100 },
      other: { board: 1, source: 'modelled', mean: 110 },
    });
    expect(residuals[0]!.residual).toBeCloseTo(0.1, 9);
  });
});
