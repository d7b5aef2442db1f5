/** What models are worth on test clips that were made harder: on each kind, and on all of them together. */
import { degradationName, type Degradation } from '../augmentation/degrade.ts';
import type { ClipAnswer } from '../evaluation/answers.ts';
import { modelScores } from '../evaluation/scores.ts';
import type { Training } from '../evaluation/trainings.ts';
import type { HardScores, Robustness } from '../report/results.ts';
import type { FoldOutcome } from './assess.ts';
import { bySeed } from './by-seed.ts';
import { unpacked } from './hard.ts';
import { meanBitsOf } from './mean-bits.ts';
import { questionsOf, testsOf, type Asking, type Tested } from './questions.ts';

export interface HardAsking extends Omit<Asking, 'answers'> {
  /** Kinds that mixtures pick from. */
  readonly bank: readonly string[];
}

/**
 * All ways to make clips harder together are as trainings are: each is answered by itself, and the mean is told, so that no
 * clip counts twice.
 * @returns null where nothing was made harder
 */
export function hardSummary(
  folds: readonly FoldOutcome[],
  asking: HardAsking,
): ({ readonly robustness: Robustness } & Tested) | null {
  const ways = folds[0]!.hard;
  if (ways.length === 0) return null;
  const seeds = bySeed(folds);
  /** [way][seed] */
  const trainingsOf = (model: number): Training[][] =>
    ways.map((_, way) =>
      seeds.map((mine) => ({
        seed: mine[0]!.seed,
        answers: mine.flatMap(({ hard }) => unpacked(hard[way]!, model)),
        temperatures: null,
      })),
    );
  const answers = new Map<string, readonly (readonly ClipAnswer[])[]>();
  const models = ways[0]!.models.map(({ name, chosen }, model): HardScores => {
    const trainings = trainingsOf(model);
    answers.set(name, trainings.flat().map((one) => one.answers)); // prettier-ignore
    const { accuracy, macroF1, weightedF1, uncertainty } = modelScores(
      trainings.flat(),
      asking.classes,
      asking.bootstrap,
    );
    return {
      name,
      ways: trainings.map((mine) => {
        const scores = modelScores(mine, asking.classes, asking.bootstrap);
        return { accuracy: scores.accuracy.pooled, weightedF1: scores.weightedF1.pooled };
      }),
      meanBits: chosen && meanBitsOf(sumOf(folds, model), asking.bank),
      scores: {
        ...{ accuracy, macroF1, weightedF1 },
        uncertainty: uncertainty.map(({ kind, auroc, aurc, augrc, estimates }) => ({
          ...{ kind, auroc, aurc, augrc },
          ...(estimates && { estimates }),
        })),
      },
    };
  });
  return {
    robustness: {
      ways: ways.map(({ degradation }) => wayOf(degradation)),
      clips: clipsOf(seeds[0]!),
      models,
    },
    ...testsOf(questionsOf({ ...asking, answers }), asking.bootstrap.level, 'hard'),
  };
}

const clipsOf = (folds: readonly FoldOutcome[]): number =>
  folds.reduce((sum, { hard }) => sum + hard[0]!.clips.length, 0);

const wayOf = (degradation: Degradation): Robustness['ways'][number] => ({
  name: degradationName(degradation),
  kind: degradation.kind,
  value: degradation.kind === 'rate' ? degradation.hertz : degradation.decibels,
});

/** Windows that each expert answered, over all ways, folds and seeds. */
function sumOf(folds: readonly FoldOutcome[], model: number): number[] {
  const each = folds.flatMap(({ hard }) => hard.map(({ models }) => models[model]!.chosen!));
  return each[0]!.map((_, expert) => each.reduce((sum, chosen) => sum + chosen[expert]!, 0));
}
