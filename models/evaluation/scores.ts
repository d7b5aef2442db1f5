import { byFold, confusionOf, isRight, predictedOf, type ClipAnswer } from './answers.ts';
import {
  clusteredBootstrap,
  estimateOf,
  percentileInterval,
  type BootstrapOptions,
  type Estimate,
} from './bootstrap.ts';
import { atTemperature, calibrationOf, type CalibrationScores } from './calibration.ts';
import { classCounts, classificationScores, type ConfusionMatrix } from './classification.ts';
import { deviation, mean } from './moments.ts';
import {
  calibrationMeasures,
  calibrationOfDraws,
  detectionMeasures,
  detectionOfDraws,
  doubtOf,
  type CalibrationMeasure,
  type DetectionMeasure,
} from './quality.ts';
import { rocOf, type RocResult } from './roc.ts';
import { errorDetection, type ErrorDetection } from './uncertainty.ts';

export interface FoldEstimate extends Estimate {
  readonly fold: number;
  readonly clips: number;
}

export interface Score {
  readonly folds: readonly FoldEstimate[];
  /** Over the folds. */
  readonly mean: number;
  /** Sample standard deviation over the folds; null with one fold. */
  readonly deviation: number | null;
  /** Over the clips of all folds together. */
  readonly pooled: Estimate;
}

/** With intervals; null where too few draws have a value. */
export type Estimates<Measure extends string> = Readonly<Record<Measure, Estimate | null>>;

export interface CalibrationResult {
  readonly plain: CalibrationScores;
  /** Of `plain`; results of earlier labs have none. */
  readonly estimates?: Estimates<CalibrationMeasure>;
  /** After temperature scaling, fitted on each fold's validation clips; null where it was not fitted. */
  readonly scaled: {
    readonly temperatures: readonly { readonly fold: number; readonly temperature: number }[];
    readonly scores: CalibrationScores;
    readonly estimates?: Estimates<CalibrationMeasure>;
    /** What scaling changes, the same sources drawn for both: below 0 it helps. */
    readonly change?: Estimates<CalibrationMeasure>;
  } | null;
}

export type UncertaintyKind = 'max-softmax' | 'curiosity';

export interface UncertaintyResult extends ErrorDetection {
  /** 'max-softmax' stands for 1 − the top probability. */
  readonly kind: UncertaintyKind;
  readonly estimates?: Estimates<DetectionMeasure>;
}

export interface ModelScores {
  readonly clips: number;
  readonly accuracy: Score;
  readonly macroF1: Score;
  readonly weightedF1: Score;
  /** Clips of all folds. */
  readonly confusion: ConfusionMatrix;
  readonly roc: RocResult;
  readonly calibration: CalibrationResult;
  /** Side by side: max-softmax always, curiosity where a router has it. */
  readonly uncertainty: readonly UncertaintyResult[];
}

const measures = ['accuracy', 'macroF1', 'weightedF1'] as const;

/**
 * All scores of one model. Intervals are of a bootstrap that draws whole sources, anew for each fold and for all.
 * @param answers to test clips, each by a model that did not see the clip's fold; one at least
 * @param classes how many there are
 * @param temperatures fitted for each fold (see fitTemperature); null: none were
 * @throws RangeError if there are no answers, or a fold has no temperature
 */
export function modelScores(
  answers: readonly ClipAnswer[],
  classes: number,
  options: BootstrapOptions,
  temperatures: ReadonlyMap<number, number> | null = null,
): ModelScores {
  const folds = [...byFold(answers)].map(([fold, clips]) => ({
    fold,
    clips: clips.length,
    estimates: estimates(clips, classes, options),
  }));
  const pooled = estimates(answers, classes, options);
  const [accuracy, macroF1, weightedF1] = measures.map((_, measure): Score => {
    const values = folds.map(({ fold, clips, estimates }) => ({ fold, clips, ...estimates[measure]! }));
    const plain = values.map(({ value }) => value);
    return { folds: values, mean: mean(plain), deviation: deviation(plain), pooled: pooled[measure]! };
  });
  return {
    clips: answers.length,
    accuracy: accuracy!,
    macroF1: macroF1!,
    weightedF1: weightedF1!,
    confusion: confusionOf(answers, classes),
    roc: rocOf(answers, classes),
    calibration: calibration(answers, temperatures, options),
    uncertainty: uncertainties(answers, options),
  };
}

/** One estimate a measure. */
function estimates(answers: readonly ClipAnswer[], classes: number, options: BootstrapOptions): Estimate[] {
  const truth = answers.map((answer) => answer.truth);
  const predicted = answers.map(predictedOf);
  const statistics = (indices: readonly number[]) => {
    const scores = classificationScores(classCounts(truth, predicted, classes, indices));
    return measures.map((measure) => scores[measure]);
  };
  const drawn = clusteredBootstrap(
    answers.map(({ source }) => source),
    statistics,
    options,
  );
  return statistics([...answers.keys()]).map((value, measure) => ({
    value,
    ...percentileInterval(drawn[measure]!, options.level),
  }));
}

function calibration(
  answers: readonly ClipAnswer[],
  temperatures: ReadonlyMap<number, number> | null,
  options: BootstrapOptions,
): CalibrationResult {
  const plain = { plain: calibrationOf(answers) };
  const ofPlain = calibrationOfDraws(answers);
  const estimatesOf = (of: typeof ofPlain) => drawnEstimates(answers, calibrationMeasures, of, options);
  if (temperatures === null) return { ...plain, estimates: estimatesOf(ofPlain), scaled: null };
  const scaled = answers.map((answer) => {
    const temperature = temperatures.get(answer.fold);
    if (temperature === undefined) throw new RangeError(`Fold ${answer.fold} has no temperature`);
    return { ...answer, probabilities: atTemperature(answer.probabilities, temperature) };
  });
  const ofScaled = calibrationOfDraws(scaled);
  return {
    ...plain,
    estimates: estimatesOf(ofPlain),
    scaled: {
      temperatures: [...byFold(answers).keys()].map((fold) => ({
        fold,
        temperature: temperatures.get(fold)!,
      })),
      scores: calibrationOf(scaled),
      estimates: estimatesOf(ofScaled),
      change: estimatesOf((draw) => {
        const before = ofPlain(draw);
        return ofScaled(draw).map((after, i) => after - before[i]!);
      }),
    },
  };
}

/** Each statistic of the answers with its interval, whole sources drawn. */
function drawnEstimates<Measure extends string>(
  answers: readonly ClipAnswer[],
  names: readonly Measure[],
  of: (draw: readonly number[]) => readonly number[],
  options: BootstrapOptions,
): Estimates<Measure> {
  const draws = clusteredBootstrap(
    answers.map(({ source }) => source),
    of,
    options,
  );
  const observed = of([...answers.keys()]);
  const entries = names.map((name, i) => [name, estimateOf(observed[i]!, draws[i]!, options.level)] as const);
  return Object.fromEntries(entries) as Estimates<Measure>;
}

function uncertainties(answers: readonly ClipAnswer[], options: BootstrapOptions): UncertaintyResult[] {
  const wrong = answers.map((answer) => !isRight(answer));
  const of = (kind: UncertaintyKind, values: readonly number[]): UncertaintyResult => ({
    kind,
    ...errorDetection(values, wrong),
    estimates: drawnEstimates(answers, detectionMeasures, detectionOfDraws(answers, values), options),
  });
  const curiosity = answers.flatMap((answer) => answer.curiosity ?? []);
  return [
    of('max-softmax', answers.map(doubtOf)),
    ...(curiosity.length === answers.length ? [of('curiosity', curiosity)] : []),
  ];
}
