import type { Claim, Verdict } from './claim.ts';
import { costOf, type CostFigures, type Model, type Priced } from '../cost.ts';
import { decides } from '../../evaluation/test-result.ts';
import { notRunReadings, outcomeOf, readings } from '../reading.ts';
import type {
  BareScores,
  ExpertResult,
  Measure,
  MixtureResult,
  NotRunOf,
  Results,
  TestResult,
} from '../results.ts';

/** What is judged: results of sounds as they were recorded, or of harder ones. */
export interface Judged extends Pick<Results, 'protocol' | 'bank' | 'carbon' | 'tests' | 'notRun'> {
  readonly experts: readonly Bare<ExpertResult>[];
  readonly mixtures: readonly Bare<MixtureResult>[];
}

/** Without what is drawn of its scores. */
export type Bare<M extends Model> = Omit<M, 'scores'> & { readonly scores: BareScores };

export type Rule = (results: Judged) => Omit<Claim, 'origin' | 'hard'>;

export interface AskedRule {
  readonly rule: Rule;
  /** About answers, which harder sounds change; else about what a model takes. */
  readonly ofSounds: boolean;
}

/** 0.05 for a level of 0.95, without the rounding of binary fractions. */
export const significance = ({ protocol }: Pick<Results, 'protocol'>): number =>
  Number((1 - protocol.level).toPrecision(6));

/** Share of the paper's figure from which on a ratio counts as the same. */
export const closeEnough = 0.9;

export const bitLinear = ({ experts }: Judged, bits: number): Bare<ExpertResult> | undefined =>
  experts.find((expert) => expert.family === 'bitlinear' && expert.bits === bits);

type Kinds = Pick<MixtureResult, 'kind' | 'alpha' | 'passes'>;

export const plainRouter = <M extends Kinds>({
  mixtures,
}: {
  readonly mixtures: readonly M[];
}): M | undefined => mixtures.find(({ kind }) => kind === 'plain');

/** Rising alpha. Without passes there is no curiosity, whatever alpha. */
export const curious = <M extends Kinds>({ mixtures }: { readonly mixtures: readonly M[] }): M[] =>
  mixtures
    .filter(({ kind, alpha, passes }) => kind === 'curiosity' && passes > 0 && alpha !== null && alpha > 0)
    .sort((a, b) => a.alpha! - b.alpha!);

export const costIn = (results: Judged, model: Priced | undefined): CostFigures | null =>
  model ? costOf(model, results.carbon) : null;

export interface Wanted {
  readonly measures: readonly Measure[];
  /** Of spread: tests of variance alone; else those of size alone. */
  readonly spread?: boolean;
}

/** Tests of these measures between two models that decide, whichever of them is called a. */
export const testsBetween = ({ tests }: Judged, one: string, other: string, wanted: Wanted): TestResult[] =>
  tests.filter((test) => isBetween(test, one, other, wanted));

/** Those that could have decided, had they been able to show anything. */
export const notRunBetween = ({ notRun }: Judged, one: string, other: string, wanted: Wanted): NotRunOf[] =>
  (notRun ?? []).filter((test) => isBetween(test, one, other, wanted));

const isBetween = (
  test: Pick<TestResult, 'test' | 'a' | 'b' | 'measure'>,
  one: string,
  other: string,
  { measures, spread = false }: Wanted,
): boolean =>
  measures.includes(test.measure) &&
  decides(test) &&
  (test.test === 'brown-forsythe') === spread &&
  ((test.a === one && test.b === other) || (test.a === other && test.b === one));

/** What tests say of "`model` has more": of its measure, or of its spread. */
function sideOf(test: TestResult, model: string, level: number): 'more' | 'less' | 'neither' {
  const outcome = outcomeOf(test, level);
  if (outcome === 'undecided' || outcome === 'equivalent') return 'neither';
  return (outcome === 'a more') === (test.a === model) ? 'more' : 'less';
}

/**
 * A claim that models have more (or less) than another, by tests against it; equivalence decides nothing here.
 * @param side the side of the models in `models` that the claim is about
 */
export function judged(
  results: Judged,
  models: readonly { readonly name: string }[],
  other: { readonly name: string } | undefined,
  wanted: Wanted,
  side: 'more' | 'less',
): Pick<Claim, 'verdict' | 'finding'> {
  const level = significance(results);
  const found = models.flatMap(({ name }) =>
    testsBetween(results, name, other?.name ?? '', wanted)
      .filter(({ test }) => test !== 'tost')
      .map((test) => ({ test, side: sideOf(test, name, level) })),
  );
  const silent = models.flatMap(({ name }) => notRunBetween(results, name, other?.name ?? '', wanted));
  if (found.length + silent.length === 0) {
    return notExamined('No test between the models that it is about was made.');
  }
  const sides = found.map((entry) => entry.side).filter((decided) => decided !== 'neither');
  return {
    verdict: verdictOf(sides, side),
    finding: `${readings(found.map(({ test }) => test), level)} ${notRunReadings(silent)}`.trim(), // prettier-ignore
  };
}

function verdictOf(decided: readonly ('more' | 'less')[], wanted: 'more' | 'less'): Verdict {
  const wins = decided.filter((side) => side === wanted).length;
  if (decided.length === 0) return 'not shown';
  if (wins === decided.length) return 'holds';
  return wins === 0 ? 'does not hold' : 'holds in part';
}

export const notExamined = (finding: string): { verdict: Verdict; finding: string } => ({
  verdict: 'not examined',
  finding,
});

/** Less than this share of the published effect is none. */
const leastEffect = 0.1;

/** A claim that something is larger by a factor, or at least noticeably larger than `neutral`. */
export function ratioVerdict(found: number, published: number, neutral: number): Verdict {
  if (found >= closeEnough * published) return 'holds';
  const noticeable = found - neutral >= leastEffect * (published - neutral);
  return noticeable ? 'holds in part' : 'does not hold';
}
