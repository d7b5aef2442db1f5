import { count } from '../../main/contract/figures.ts';
import { mean } from '../evaluation/moments.ts';
import { plainRouter, significance } from './claims/rules.ts';
import type { Model } from './cost.ts';
import { digits, share } from './format.ts';
import type { Results } from './results.ts';

/** Fewer wrong answers than this say little of how errors can be told. */
const fewErrors = 30;

/** What a reader must know before trusting the figures: what the results tell of themselves, then what they say. */
export function limitsOf(results: Results): string[] {
  return [...boardLimits(results), ...protocolLimits(results), ...testLimits(results), ...results.limits];
}

function boardLimits({ board, experts, mixtures }: Results): string[] {
  if (board === null) {
    return ['Nothing ran on a board: latency, energy and carbon are missing, and nothing is said of them.'];
  }
  const energy = [...experts, ...mixtures].flatMap(({ cost }) => cost?.millijoule?.source ?? []);
  return [
    ...(board.simulated
      ? [`${board.name} is simulated (${board.kind}, profile ${board.profile}): no hardware was measured.`]
      : []),
    ...(energy.length === 0 ? ['The board told no energy: energy, F1 per mJ and carbon are missing.'] : []),
    ...(energy.includes('modelled') ? ['Energy is modelled from a table, not metered.'] : []),
    ...stageLimits([...experts, ...mixtures]),
  ];
}

/** What every inference takes alike, so that no choice among experts can save it. */
function stageLimits(models: readonly Model[]): string[] {
  const costs = models.flatMap(({ cost }) => (cost !== null && cost.latencyUs.length > 0 ? [cost] : []));
  const shared = costs.flatMap(({ stagesUs, latencyUs }) =>
    stagesUs === null ? [] : [(stagesUs.features + stagesUs.encoder) / mean(latencyUs)],
  );
  const ratios = costs.flatMap(({ millijoule, latencyUs }) =>
    millijoule === null ? [] : [millijoule.value / mean(latencyUs)],
  );
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  return [
    ...(shared.length > 0
      ? [
          `Front end and encoder take ${share(Math.min(...shared))} to ${share(Math.max(...shared))} of an inference, whichever expert answers: routing among experts can save no more than the rest.`,
        ]
      : []),
    ...(ratios.length > 1 && most < 1.01 * least
      ? ['Energy is latency times a constant here: it shows nothing that latency does not.']
      : []),
  ];
}

function protocolLimits({ protocol, encoder, dataSet, tested, robustness }: Results): string[] {
  const leftOut = dataSet.problems.filter((problem) => problem.leftOut);
  return [
    ...(protocol.officialFolds ? [] : ['The folds are not the data set’s own.']),
    ...(protocol.sourcesApart
      ? []
      : ['Clips of one source stand on both sides of a split: the scores are too high.']),
    ...(encoder.heldOut === null
      ? [
          'What the encoder was trained on is not known: where it heard these recordings, the scores are too high.',
        ]
      : []),
    ...(encoder.heldOut !== false
      ? []
      : ['The encoder was trained on the folds it is tested on: the scores are too high.']),
    ...(protocol.nested === false
      ? [
          'The encoder heard the clips that stop training and set temperatures and scales: they look easier than others, and temperatures err towards certainty.',
        ]
      : []),
    ...(protocol.answers === 'reference'
      ? ['The answers that are scored come from the reference, not from a board.']
      : []),
    ...(tested ? [] : [seedLimit(protocol)]),
    ...(robustness
      ? []
      : [
          'Clips were answered as they were recorded alone: nothing is said of noise, of overlapping sounds or of poorer microphones.',
        ]),
    ...leftOut.map(({ what, count: n }) => `Left out: ${count(n, 'clip')} (${what}).`),
  ];
}

function seedLimit({ seed, seeds = [seed] }: Results['protocol']): string {
  return seeds.length < 2
    ? `Every network was trained once, with seed ${seed}: differences between seeds are not among the intervals.`
    : `Every network but the encoder was trained with ${count(seeds.length, 'seed')}: intervals are of their mean, and what another seed makes of it is told apart.`;
}

function testLimits(results: Results): string[] {
  const { tests, notRun, dataSet, protocol } = results;
  const leastP = 2 / (protocol.resamples + 1);
  const drawn = tests.filter(({ test }) => test === 'clustered-bootstrap');
  const largest = drawn.reduce((most, test) => Math.max(most, tests.filter(({ family }) => family === test.family).length), 0); // prettier-ignore
  const wrong = plainRouter(results)?.scores.uncertainty[0]?.histogram.wrong;
  const errors = wrong?.reduce((sum, clips) => sum + clips, 0);
  return [
    ...(notRun?.length
      ? [`${count(notRun.length, 'test')} could not have shown anything with these answers and were not made; they are named beside the others.`]
      : []), // prettier-ignore
    ...(tests.some(({ test }) => test === 'mcnemar') && dataSet.clips > dataSet.sources
      ? ['McNemar’s test takes clips of one source as independent; the clustered bootstrap does not.']
      : []),
    ...(drawn.length > 0 ? [`No bootstrap p can be below ${digits(leastP)}.`] : []),
    ...(largest * leastP >= significance(results)
      ? [`With ${count(protocol.resamples, 'resample')} no test of a family of ${largest} can be shown alone: draw more.`]
      : []), // prettier-ignore
    ...(errors !== undefined && errors < fewErrors
      ? [`The plain router errs on ${count(errors, 'clip')} only: error detection rests on few.`]
      : []),
  ];
}
