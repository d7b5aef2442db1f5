import { mean } from './moments.ts';

/** When the most certain `coverage` of the clips is answered. */
export interface RiskPoint {
  readonly coverage: number;
  /** Share of errors among the answered. */
  readonly risk: number;
  /** Share of errors among all clips: risk times coverage. */
  readonly generalizedRisk: number;
}

/** Counts between neighbouring edges, the last bin with its upper edge; one edge more than counts. */
export interface Histogram {
  readonly edges: readonly number[];
  readonly right: readonly number[];
  readonly wrong: readonly number[];
}

/** How well an uncertainty tells wrong answers from right ones. */
export interface ErrorDetection {
  /** Probability that a wrong answer is more uncertain than a right one; null where all are right or all wrong. */
  readonly auroc: number | null;
  /** Area under the risk–coverage curve. */
  readonly aurc: number;
  /** Area under the generalized risk–coverage curve. */
  readonly augrc: number;
  readonly curve: readonly RiskPoint[];
  readonly histogram: Histogram;
}

/** Points that a curve is thinned to: more cannot be seen. */
const mostPoints = 200;

/**
 * @param uncertainty of each clip, higher is less certain; any scale
 * @param wrong whether the answer is wrong
 * @throws RangeError if the lists differ in length or are empty
 */
export function errorDetection(uncertainty: ArrayLike<number>, wrong: readonly boolean[]): ErrorDetection {
  if (uncertainty.length !== wrong.length || wrong.length === 0) {
    throw new RangeError(`${uncertainty.length} uncertainties do not belong to ${wrong.length} answers`);
  }
  const ranking = new ErrorRanking(uncertainty, wrong);
  const runs = ranking.runs();
  return {
    ...ranking.areas(),
    curve: thinned(curveOf(runs, wrong.length)),
    histogram: histogramOf(uncertainty, wrong),
  };
}

/**
 * The same of a model that was trained several times: the areas and the curve are means over its trainings, the curve at
 * equal coverages; the histogram counts every answer.
 * @throws RangeError as errorDetection
 */
export function meanErrorDetection(
  trainings: readonly { readonly uncertainty: readonly number[]; readonly wrong: readonly boolean[] }[],
): ErrorDetection {
  const each = trainings.map(({ uncertainty, wrong }) => errorDetection(uncertainty, wrong));
  if (each.length === 1) return each[0]!;
  const aurocs = each.flatMap(({ auroc }) => auroc ?? []);
  return {
    auroc: aurocs.length === each.length ? mean(aurocs) : null,
    aurc: mean(each.map((one) => one.aurc)),
    augrc: mean(each.map((one) => one.augrc)),
    curve: coverages.map((coverage) => {
      const generalizedRisk = mean(each.map(({ curve }) => generalizedAt(curve, coverage)));
      return { coverage, risk: generalizedRisk / coverage, generalizedRisk };
    }),
    histogram: histogramOf(
      trainings.flatMap(({ uncertainty }) => uncertainty),
      trainings.flatMap(({ wrong }) => wrong),
    ),
  };
}

/** At which curves of several trainings are averaged. */
const coverages = Array.from({ length: 100 }, (_, i) => (i + 1) / 100);

/** Straight between the curve's points, from 0 where nothing is answered. */
function generalizedAt(curve: readonly RiskPoint[], coverage: number): number {
  const at = curve.findIndex((point) => point.coverage >= coverage);
  const after = curve[at] ?? curve.at(-1)!;
  const before = curve[at - 1] ?? { coverage: 0, generalizedRisk: 0 };
  const share = (coverage - before.coverage) / (after.coverage - before.coverage);
  return before.generalizedRisk + Math.min(1, share) * (after.generalizedRisk - before.generalizedRisk);
}

/** The areas alone. */
export type ErrorAreas = Pick<ErrorDetection, 'auroc' | 'aurc' | 'augrc'>;

/** Clips that are equally uncertain: answered together or not at all. */
interface Run {
  readonly clips: number;
  readonly errors: number;
}

/** Clips in order of their uncertainty, ordered once: a bootstrap asks for the areas of thousands of draws from them. */
export class ErrorRanking {
  /** Run of each clip, the most certain first. */
  readonly #runOf: Int32Array;
  readonly #runs: number;

  constructor(
    uncertainty: ArrayLike<number>,
    private readonly wrong: readonly boolean[],
  ) {
    const values = Float64Array.from(new Set(Array.from(uncertainty))).sort();
    const places = new Map([...values].map((value, place) => [value, place]));
    this.#runOf = Int32Array.from(uncertainty, (value) => places.get(value)!);
    this.#runs = values.length;
  }

  /** @param indices of clips, each as often as it was drawn; without them every clip once */
  runs(indices?: readonly number[]): Run[] {
    const runs = Array.from({ length: this.#runs }, () => ({ clips: 0, errors: 0 }));
    const count = (i: number) => {
      const run = runs[this.#runOf[i]!]!;
      run.clips++;
      if (this.wrong[i]) run.errors++;
    };
    if (indices) indices.forEach(count);
    else this.wrong.forEach((_, i) => count(i));
    return runs.filter(({ clips }) => clips > 0);
  }

  /** @param indices as of `runs` */
  areas(indices?: readonly number[]): ErrorAreas {
    const runs = this.runs(indices);
    const n = indices?.length ?? this.wrong.length;
    return { auroc: aurocOf(runs), aurc: aurc(runs, n), augrc: augrc(runs, n) };
  }
}

/** Mann–Whitney: the share of pairs of a wrong and a right clip of which the wrong one is less certain, ties half. */
function aurocOf(runs: readonly Run[]): number | null {
  let [right, wrong, won] = [0, 0, 0];
  for (const { clips, errors } of runs) {
    won += errors * (right + (clips - errors) / 2);
    right += clips - errors;
    wrong += errors;
  }
  return right === 0 || wrong === 0 ? null : won / (right * wrong);
}

/**
 * Mean over k = 1 … n of the risk among the k most certain clips (Geifman et al. 2019). Within a run of equals the
 * k-th clip is any of them: the errors expected over all their orders count.
 */
function aurc(runs: readonly Run[], n: number): number {
  let [answered, errors, sum] = [0, 0, 0];
  for (const run of runs) {
    for (let k = 1; k <= run.clips; k++) {
      sum += (errors + (run.errors * k) / run.clips) / (answered + k);
    }
    answered += run.clips;
    errors += run.errors;
  }
  return sum / n;
}

/**
 * Area under errors / n against coverage, straight between the ends of runs (Traub et al. 2024):
 * the mean risk of an error that passes unnoticed. Equals (1 − AUROC) · a · (1 − a) + (1 − a)² / 2 with accuracy a.
 */
function augrc(runs: readonly Run[], n: number): number {
  let [errors, area] = [0, 0];
  for (const run of runs) {
    area += (run.clips * (2 * errors + run.errors)) / 2;
    errors += run.errors;
  }
  return area / (n * n);
}

function curveOf(runs: readonly Run[], n: number): RiskPoint[] {
  let [answered, errors] = [0, 0];
  return runs.map((run) => {
    answered += run.clips;
    errors += run.errors;
    return { coverage: answered / n, risk: errors / answered, generalizedRisk: errors / n };
  });
}

/** Evenly spaced points, the first and the last among them. */
function thinned(points: readonly RiskPoint[]): RiskPoint[] {
  if (points.length <= mostPoints) return [...points];
  const step = (points.length - 1) / (mostPoints - 1);
  return Array.from({ length: mostPoints }, (_, i) => points[Math.round(i * step)]!);
}

const histogramBins = 20;

/** From the smallest to the largest; one bin where all are equal. */
function histogramOf(uncertainty: ArrayLike<number>, wrong: readonly boolean[]): Histogram {
  const values = Array.from(uncertainty);
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const count = low === high ? 1 : histogramBins;
  const right = new Array<number>(count).fill(0);
  const wrongs = new Array<number>(count).fill(0);
  values.forEach((value, i) => {
    const bin = low === high ? 0 : Math.min(count - 1, Math.floor(((value - low) / (high - low)) * count));
    (wrong[i] ? wrongs : right)[bin]!++;
  });
  const edges = Array.from({ length: count + 1 }, (_, i) => low + ((high - low) * i) / count);
  return { edges, right, wrong: wrongs };
}
