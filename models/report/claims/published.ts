import { grouped } from '../../../main/contract/figures.ts';
import { digits, list, milliseconds, score, share } from '../format.ts';
import { notRunReadings, outcomeOf, readings } from '../reading.ts';
import type { MixtureResult } from '../results.ts';
import {
  bitLinear,
  closeEnough,
  costIn,
  curious,
  judged,
  notExamined,
  notRunBetween,
  plainRouter,
  ratioVerdict,
  significance,
  testsBetween,
  type AskedRule,
  type Bare,
  type Judged,
  type Wanted,
} from './rules.ts';

const answers: Wanted = { measures: ['accuracy', 'weighted-f1'] };

const latencySpread: Wanted = { measures: ['latency'], spread: true };

/** Claims of "Uncertainty Makes It Stable" (arXiv 2511.11743) with its own figures. */
export const published: readonly AskedRule[] = [
  { rule: fourBitsAreEnough, ofSounds: true },
  { rule: fourBitsAreSmall, ofSounds: false },
  { rule: fourBitsSaveEnergy, ofSounds: false },
  { rule: curiosityAnswersBetter, ofSounds: true },
  { rule: curiositySteadiesScores, ofSounds: true },
  { rule: curiositySteadiesLatency, ofSounds: false },
  { rule: mixtureIsSlower, ofSounds: false },
];

function fourBitsAreEnough(results: Judged) {
  const claim = '4-bit experts answer as well as 16-bit ones (weighted F1 0.858 against 0.859).';
  const [four, sixteen] = [bitLinear(results, 4), bitLinear(results, 16)];
  if (!four || !sixteen) return { claim, ...notExamined('There is no 4-bit or no 16-bit BitLinear expert.') };
  const level = significance(results);
  const tests = testsBetween(results, four.name, sixteen.name, answers);
  const outcomes = tests.map((test) => ({ outcome: outcomeOf(test, level), a: test.a }));
  const equal = outcomes.some(({ outcome }) => outcome === 'equivalent');
  const worse = outcomes.some(({ outcome, a }) => outcome === (a === four.name ? 'b more' : 'a more'));
  const [f4, f16] = [four, sixteen].map(({ scores }) => score(scores.weightedF1.pooled.value));
  const silent = notRunReadings(notRunBetween(results, four.name, sixteen.name, answers));
  const told = readings(tests, level);
  const finding = [`Weighted F1 ${f4} against ${f16} over all clips.`, told, silent].join(' ').trim();
  if (tests.length === 0) return { claim, ...notExamined(`${finding} No test was made.`) };
  return { claim, verdict: verdictOfEquality(equal, worse), finding } as const;
}

function verdictOfEquality(equal: boolean, worse: boolean) {
  if (equal) return worse ? 'holds in part' : 'holds';
  return worse ? 'does not hold' : 'not shown';
}

/** The paper's table: 2469 KB at 16 bits, 687 KB at 4. */
const compression = 2469 / 687;

function fourBitsAreSmall(results: Judged) {
  const claim = `A 4-bit expert is ${digits(compression)} times smaller than a 16-bit one.`;
  const [four, sixteen] = [4, 16].map((bits) => bitLinear(results, bits)?.imageBytes ?? null);
  if (!four || !sixteen) return { claim, ...notExamined('There is no image of both.') };
  const times = sixteen.value / four.value;
  return {
    claim,
    verdict: ratioVerdict(times, compression, 1),
    finding: `${grouped(four.value)} against ${grouped(sixteen.value)} bytes: ${digits(times)} times.`,
  };
}

function fourBitsSaveEnergy(results: Judged) {
  const claim = 'A 4-bit expert takes 41 % less energy than an 8-bit one.';
  const costs = [4, 8].map((bits) => costIn(results, bitLinear(results, bits)));
  const [four, eight] = costs.map((cost) => cost?.millijoule ?? null);
  if (!four || !eight) return { claim, ...notExamined('The energy of both is not known.') };
  const saved = 1 - four.value / eight.value;
  return {
    claim,
    verdict: ratioVerdict(saved, 0.41, 0),
    finding: `${digits(four.value)} mJ (${four.source}) against ${digits(eight.value)} mJ (${eight.source}) an inference, front end and encoder included: ${share(Math.abs(saved))} ${saved >= 0 ? 'less' : 'more'}. The paper leaves the encoder out.`,
  };
}

function curiosityAnswersBetter(results: Judged) {
  return {
    claim:
      'Routing by curiosity raises weighted F1 over the plain router (ESC-50 0.777 to 0.782, ABGQI 0.802 to 0.809, UrbanSound8K 0.938 to 0.940).',
    ...judged(results, curious(results), plainRouter(results), answers, 'more'),
  };
}

function curiositySteadiesScores(results: Judged) {
  const claim =
    'Routing by curiosity makes weighted F1 steadier from fold to fold (ESC-50 ±0.032 to ±0.015, ABGQI ±0.011 to ±0.004; UrbanSound8K ±0.007 to ±0.011 is the other way).';
  const plain = plainRouter(results)?.scores.weightedF1;
  const known = curious(results).filter(({ scores }) => scores.weightedF1.deviation !== null);
  if (!plain || plain.deviation === null || known.length === 0) {
    return { claim, ...notExamined('There are no two folds of both routers.') };
  }
  const deviations = known.map(({ name, scores }) => `±${score(scores.weightedF1.deviation!)} with ${name}`);
  return {
    claim,
    verdict: 'not shown',
    finding: `±${score(plain.deviation)} with the plain router, ${list(deviations)}. No test is made: so few folds (${plain.folds.length}) show no difference in spread.`,
  } as const;
}

function curiositySteadiesLatency(results: Judged) {
  const routers = curious(results);
  const plain = plainRouter(results);
  const deviations = [plain, ...routers].flatMap((mixture) => deviationText(results, mixture) ?? []);
  const { verdict, finding } = judged(results, routers, plain, latencySpread, 'less');
  return {
    claim: 'Routing by curiosity lowers the spread of latency (standard deviation 230 to 29 ms).',
    verdict,
    finding:
      deviations.length === 0
        ? finding
        : `Standard deviation of one inference: ${list(deviations)}. ${finding} The paper timed whole validation folds.`,
  };
}

function deviationText(results: Judged, mixture: Bare<MixtureResult> | undefined): string | null {
  const cost = costIn(results, mixture);
  if (!mixture || cost === null || cost.deviation === null) return null;
  return `${milliseconds(cost.deviation)} ms with ${mixture.name} (${cost.latencySource})`;
}

/** The paper's overhead of a mixture over a single expert. */
const overhead = 0.11;

function mixtureIsSlower(results: Judged) {
  const claim = 'A mixture is 11 % slower than a single expert.';
  const plain = plainRouter(results);
  const mixture = costIn(results, plain);
  const singles = results.experts
    .filter(({ name }) => results.bank.includes(name))
    .flatMap((expert) => costIn(results, expert) ?? []);
  if (!plain || !mixture || singles.length === 0) {
    return { claim, ...notExamined('The latency of both is not known.') };
  }
  const slowest = Math.max(...singles.map((cost) => cost.mean));
  const slower = mixture.mean / slowest - 1;
  return {
    claim,
    verdict: slower > overhead / closeEnough ? 'holds in part' : ratioVerdict(slower, overhead, 0),
    finding: `${milliseconds(mixture.mean)} ms with ${plain.name} against ${milliseconds(slowest)} ms of the bank’s slowest expert alone (means, ${mixture.latencySource}), front end and encoder included: ${share(Math.abs(slower))} ${slower > 0 ? 'slower' : 'faster'}.`,
  } as const;
}
