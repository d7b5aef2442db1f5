import { count } from '../../main/contract/figures.ts';
import { leastWilcoxonP } from '../evaluation/least-p.ts';
import { plainRouter } from './claims/rules.ts';
import { digits } from './format.ts';
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
  ];
}

function protocolLimits({ protocol, encoder, dataSet }: Results): string[] {
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
    ...(protocol.answers === 'reference'
      ? ['The answers that are scored come from the reference, not from a board.']
      : []),
    ...leftOut.map(({ what, count: n }) => `Left out: ${count(n, 'clip')} (${what}).`),
  ];
}

function testLimits(results: Results): string[] {
  const { tests, dataSet, protocol } = results;
  const folds = dataSet.folds.length;
  const overFolds = tests.some(({ unit }) => unit === 'fold');
  const least = leastWilcoxonP(folds);
  const wrong = plainRouter(results)?.scores.uncertainty[0]?.histogram.wrong;
  const errors = wrong?.reduce((sum, clips) => sum + clips, 0);
  return [
    ...(overFolds && least > 1 - protocol.level
      ? [
          `Wilcoxon’s test over ${count(folds, 'fold')} cannot give a p below ${digits(least)}: it was not made.`,
        ]
      : []),
    ...(tests.some(({ test }) => test === 'mcnemar') && dataSet.clips > dataSet.sources
      ? ['McNemar’s test takes clips of one source as independent; the clustered bootstrap does not.']
      : []),
    ...(tests.some(({ test }) => test === 'clustered-bootstrap')
      ? [`No bootstrap p can be below ${digits(2 / (protocol.resamples + 1))}.`]
      : []),
    ...(errors !== undefined && errors < fewErrors
      ? [`The plain router errs on ${count(errors, 'clip')} only: error detection rests on few.`]
      : []),
  ];
}
