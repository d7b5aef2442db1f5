/** How much the probabilities of answers are worth, of any draw from them: calibration and detection of errors. */
import { isRight, type ClipAnswer } from './answers.ts';
import { calibrationTerms, reliabilityBins } from './calibration.ts';
import { ErrorRanking } from './uncertainty.ts';

/** Of all but AUROC less is better. */
export const calibrationMeasures = ['ece', 'brier', 'nll'] as const;
export const detectionMeasures = ['auroc', 'aurc', 'augrc'] as const;

export type CalibrationMeasure = (typeof calibrationMeasures)[number];
export type DetectionMeasure = (typeof detectionMeasures)[number];

type Draw = readonly number[];

/** 1 − the top probability. */
export const doubtOf = ({ probabilities }: ClipAnswer): number => 1 - Math.max(...Array.from(probabilities));

/** @returns ECE, Brier and NLL of the answers at some indices, in the order of `calibrationMeasures` */
export function calibrationOfDraws(answers: readonly ClipAnswer[]): (draw: Draw) => number[] {
  const terms = answers.map((answer) => calibrationTerms(answer, reliabilityBins));
  return (draw) => {
    // clips right less top probabilities, by bin: n times a bin's part of the ECE
    const gaps = new Float64Array(reliabilityBins);
    let [brier, nll] = [0, 0];
    for (const i of draw) {
      const { bin, top, right, brier: squared, nll: loss } = terms[i]!;
      gaps[bin]! += Number(right) - top;
      brier += squared;
      nll += loss;
    }
    const ece = gaps.reduce((sum, gap) => sum + Math.abs(gap), 0);
    return [ece / draw.length, brier / draw.length, nll / draw.length];
  };
}

/**
 * @param uncertainty of each answer
 * @returns AUROC, AURC and AUGRC in the order of `detectionMeasures`; AUROC is NaN where all are right or all wrong
 */
export function detectionOfDraws(
  answers: readonly ClipAnswer[],
  uncertainty: ArrayLike<number>,
): (draw: Draw) => number[] {
  const ranking = new ErrorRanking(
    uncertainty,
    answers.map((answer) => !isRight(answer)),
  );
  return (draw) => {
    const { auroc, aurc, augrc } = ranking.areas(draw);
    return [auroc ?? NaN, aurc, augrc];
  };
}
