/** What runs’ times and energies say; takes a processor a while, so background threads compute it. */
import { levene } from '../../../models/evaluation/levene.ts';
import { holm } from '../../../models/evaluation/holm.ts';
import { deviation, mean } from '../../../models/evaluation/moments.ts';
import { studentUpper } from '../../../models/evaluation/distributions.ts';
import { spreadOf } from '../../../models/evaluation/spread.ts';
import { wilcoxon } from '../../../models/evaluation/wilcoxon.ts';
import type { Source } from '../../contract/lab.ts';
import type { ConfigurationTest, FigureRecord, Residual, TimedStage } from './contract/statistics.ts';

/** Of a run, a number a window, in the order of clips and windows. */
export interface RunFigures {
  board: number;
  model: number;
  conditions: string;
  /** Which window of which clip, in one number. */
  at: Float64Array;
  /** Answers since the model was deployed. */
  ordinal: Float64Array;
  /** Microseconds. */
  stages: Record<Exclude<TimedStage, 'total'>, Float64Array>;
  latencySource: Source;
  nanojoule: Float64Array;
  energySource: Source;
}

/** Pairs of windows that a test is made of at most: estimates of all pairs of pairs take their square. */
export const mostPairs = 1000;
/** Of the larger mean: times and energies this near count as equal. */
const margin = 0.05;
const stages = ['features', 'encoder', 'router', 'expert'] as const;

export interface Computed {
  figures: FigureRecord[];
  tests: ConfigurationTest[];
  residuals: Residual[];
}

/** @param warmUp first answers after each deployment */
export function statisticsOf(runs: readonly RunFigures[], warmUp: number): Computed {
  const figures = runs.flatMap((run) => figuresOf(run, warmUp));
  return { figures, tests: testsOf(runs, warmUp), residuals: residualsOf(figures) };
}

const totalOf = ({ stages: of }: RunFigures): Float64Array =>
  of.features.map((us, i) => us + of.encoder[i]! + of.router[i]! + of.expert[i]!);

function figuresOf(run: RunFigures, warmUp: number): FigureRecord[] {
  const record = (
    stage: TimedStage,
    metric: FigureRecord['metric'],
    values: Float64Array,
  ): FigureRecord[] => {
    const warm = values.filter((_, i) => run.ordinal[i]! < warmUp);
    const settled = values.filter((_, i) => run.ordinal[i]! >= warmUp);
    const source = metric === 'latency' ? run.latencySource : run.energySource;
    // A stage that is not there takes no time; a source that is none tells nothing.
    if (source === 'none' || settled.length === 0 || settled.every((x) => x === 0)) return [];
    const { quantiles, ecdf, histogram, ...spread } = spreadOf(settled);
    return [
      {
        ...{ board: run.board, model: run.model, metric, stage, source, conditions: run.conditions },
        unit: metric === 'latency' ? 'µs' : 'mJ',
        spread: {
          ...spread,
          quantiles: [...quantiles],
          histogram: { ...histogram, counts: [...histogram.counts] },
          ecdf: ecdf.map(([x, y]) => [x, y]),
        },
        warmUp: warm.length > 0 ? { n: warm.length, mean: mean(warm) } : null,
      },
    ];
  };
  return [
    ...record('total', 'latency', totalOf(run)),
    ...stages.flatMap((stage) => record(stage, 'latency', run.stages[stage])),
    ...record(
      'total',
      'energy',
      run.nanojoule.map((nj) => nj / 1e6),
    ),
  ];
}

type Metric = ConfigurationTest['metric'];
const valuesOf = (run: RunFigures, metric: Metric): Float64Array =>
  metric === 'latency' ? totalOf(run) : run.nanojoule.map((nj) => nj / 1e6);

/** Models on the same board, and boards with the same model: by the windows that both have answered. */
function testsOf(runs: readonly RunFigures[], warmUp: number): ConfigurationTest[] {
  const tests: ConfigurationTest[] = [];
  for (const [i, a] of runs.entries())
    for (const b of runs.slice(i + 1)) {
      if ((a.board === b.board) === (a.model === b.model)) continue;
      for (const metric of ['latency', 'energy'] as const) {
        const [from, to] = metric === 'latency' ? [a.latencySource, b.latencySource] : [a.energySource, b.energySource]; // prettier-ignore
        if (from === 'none' || to === 'none') continue;
        tests.push(...between(a, b, metric, pairsOf(a, b, metric, warmUp)));
      }
    }
  for (const kind of ['wilcoxon', 'brown-forsythe', 'tost'] as const) {
    const mine = tests.filter(({ test }) => test === kind);
    holm(mine.map(({ p }) => p)).forEach((adjusted, i) => (mine[i]!.adjusted = adjusted));
  }
  return tests;
}

function pairsOf(a: RunFigures, b: RunFigures, metric: Metric, warmUp: number): [number, number][] {
  const [of, other] = [valuesOf(a, metric), valuesOf(b, metric)];
  const places = new Map<number, number>();
  b.at.forEach((at, i) => b.ordinal[i]! >= warmUp && places.set(at, i));
  const pairs: [number, number][] = [];
  a.at.forEach((at, i) => {
    const place = places.get(at);
    if (place !== undefined && a.ordinal[i]! >= warmUp) pairs.push([of[i]!, other[place]!]);
  });
  if (pairs.length <= mostPairs) return pairs;
  return Array.from({ length: mostPairs }, (_, i) => pairs[Math.floor((i * pairs.length) / mostPairs)]!);
}

function between(
  { board, model }: RunFigures,
  other: RunFigures,
  metric: Metric,
  pairs: readonly (readonly [number, number])[],
): ConfigurationTest[] {
  // Of fewer nothing could be shown.
  if (pairs.length < 6) return [];
  const differences = pairs.map(([x, y]) => x - y);
  const [left, right] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
  const spread = deviation(differences)!;
  const size = spread === 0 ? null : mean(differences) / spread;
  const names = {
    ...{ a: { board, model }, b: { board: other.board, model: other.model }, metric },
    ...{ n: pairs.length, adjusted: 1 },
  };
  const signs = wilcoxon(differences);
  const tests: ConfigurationTest[] = [
    { ...names, test: 'wilcoxon', effect: signs.effect, size, margin: null, p: signs.p },
  ];
  // Times that a model computes hardly vary: of two that do not at all there is no ratio.
  const [mine, theirs] = [deviation(left)!, deviation(right)!];
  if (mine > 0 && theirs > 0)
    tests.push({
      ...{ ...names, test: 'brown-forsythe', size: null, margin: null },
      ...{ effect: mine / theirs, p: levene([left, right]).p },
    });
  const within = margin * Math.max(mean(left), mean(right));
  tests.push({
    ...{ ...names, test: 'tost', effect: mean(differences), size, margin: within },
    p: equivalence(differences, within),
  });
  return tests;
}

/** Two one-sided t-tests (Schuirmann 1987), of differences in any unit. @returns the larger p */
function equivalence(differences: readonly number[], within: number): number {
  const n = differences.length;
  const effect = mean(differences);
  const error = deviation(differences)! / Math.sqrt(n);
  if (error === 0) return Math.abs(effect) < within ? 0 : 1;
  return Math.max(
    studentUpper((effect + within) / error, n - 1),
    studentUpper((within - effect) / error, n - 1),
  );
}

const truth: readonly Source[] = ['measured', 'counted', 'modelled'];

/** Of boards of the same chip, with the same model: what one source says beside another. */
function residualsOf(figures: readonly FigureRecord[]): Residual[] {
  const residuals: Residual[] = [];
  for (const [i, one] of figures.entries())
    for (const two of figures.slice(i + 1)) {
      const same = (['model', 'metric', 'stage', 'conditions'] as const).every(
        (key) => one[key] === two[key],
      );
      if (!same || one.source === two.source || one.board === two.board) continue;
      const [reference, other] =
        truth.indexOf(one.source) <= truth.indexOf(two.source) ? [one, two] : [two, one];
      const of = ({ board, source, spread }: FigureRecord) => ({ board, source, mean: spread.mean });
      residuals.push({
        ...{ model: one.model, metric: one.metric, stage: one.stage },
        ...{ reference: of(reference), other: of(other) },
        residual: other.spread.mean / reference.spread.mean - 1,
      });
    }
  return residuals;
}
