/** What a device’s answers are worth, as the benchmark scores them, and how they lie to a reference’s. */
import { mean } from '../../models/evaluation/moments.ts';
import { clopperPearson } from '../../models/evaluation/proportion.ts';
import { argmax } from '../../models/evaluation/probability.ts';
import { auroc } from '../../models/evaluation/roc.ts';
import type { TinyAgreement, TinyAnswer, TinyScore, TinyShare, TinyTarget } from './contract/results.ts';

/** Of inputs that both answered. */
interface Labelled {
  label: number;
  numbers: readonly number[];
}

const shareOf = (right: number, of: number): TinyShare | null => {
  if (of === 0) return null;
  const { low, high } = clopperPearson(right, of);
  return { right, of, low, high };
};

/** @param all of one model: as many numbers each */
export function scoreOf(all: readonly Labelled[]): TinyScore {
  const classes = all[0]?.numbers.length ?? 0;
  if (classes === 1) {
    const scores = all.map(({ numbers }) => numbers[0]!);
    return {
      top1: null,
      auc: auroc(
        scores,
        all.map(({ label }) => label === 1),
      ),
    };
  }
  const right = all.filter(({ label, numbers }) => argmax(numbers) === label).length;
  return { top1: shareOf(right, all.length), auc: meanAuc(all, classes) };
}

/** Over the classes that there are inputs of. */
function meanAuc(all: readonly Labelled[], classes: number): number | null {
  const areas = Array.from({ length: classes }, (_, one) =>
    auroc(
      all.map(({ numbers }) => numbers[one]!),
      all.map(({ label }) => label === one),
    ),
  ).filter((area) => area !== null);
  return areas.length === 0 ? null : mean(areas);
}

/** The benchmark’s quality targets, by model. */
const targets: Readonly<Record<string, Omit<TinyTarget, 'met'>>> = {
  kws01: { measure: 'top1', least: 0.9 },
  vww01: { measure: 'top1', least: 0.8 },
  ic01: { measure: 'top1', least: 0.85 },
  ad01: { measure: 'auc', least: 0.85 },
};

/** @returns null for a model that the benchmark does not know */
export function targetOf(model: string, { top1, auc }: TinyScore): TinyTarget | null {
  const target = targets[model];
  if (!target) return null;
  const reached = target.measure === 'auc' ? auc : top1 && top1.right / top1.of;
  return { ...target, met: reached === null ? null : reached >= target.least };
}

export const labelled = (answers: readonly TinyAnswer[], of: 'results' | 'reference'): Labelled[] =>
  answers.flatMap((answer) => {
    const numbers = answer[of];
    return numbers === null ? [] : [{ label: answer.label, numbers }];
  });

/** @param scaled whether the reference’s numbers are on the device’s scale @returns null where no input has both answers */
export function agreementOf(answers: readonly TinyAnswer[], scaled: boolean): TinyAgreement | null {
  const both = answers.flatMap(({ results, reference }) =>
    results && reference ? [{ results, reference }] : [],
  );
  if (both.length === 0) return null;
  const same = both.filter(({ results, reference }) => argmax(results) === argmax(reference)).length;
  const differences = both.flatMap(({ results, reference }) =>
    results.map((number, at) => Math.abs(number - reference[at]!)),
  );
  return {
    sameClass: both[0]!.results.length === 1 ? null : shareOf(same, both.length),
    largest: scaled ? differences.reduce((most, one) => Math.max(most, one), 0) : null,
    mean: scaled ? mean(differences) : null,
    score: scoreOf(labelled(answers, 'reference')),
  };
}
