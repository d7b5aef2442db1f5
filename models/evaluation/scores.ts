import { byFold, confusionOf, isRight, predictedOf, type ClipAnswer } from './answers.ts';
import {
  clusteredBootstrap,
  estimateOf,
  percentileInterval,
  type BootstrapOptions,
  type Estimate,
} from './bootstrap.ts';
import { atTemperature, calibrationOf, meanCalibration, type CalibrationScores } from './calibration.ts';
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
import { meanRoc, rocOf, type RocResult } from './roc.ts';
import { meanOver, requireSameClips, seedSpread, type SeedSpread, type Training } from './trainings.ts';
import { meanErrorDetection, type ErrorDetection } from './uncertainty.ts';

export interface FoldEstimate extends Estimate {
  readonly fold: number;
  readonly clips: number;
}

/** Of a model that was trained several times, the means over its trainings. */
export interface Score {
  readonly folds: readonly FoldEstimate[];
  /** Over the folds. */
  readonly mean: number;
  /** Sample standard deviation over the folds; null with one fold. */
  readonly deviation: number | null;
  /** Over the clips of all folds together. */
  readonly pooled: Estimate;
  /** Left out where there is one seed, and by earlier labs. */
  readonly seeds?: SeedSpread;
}

/** With intervals; null where too few draws have a value. */
export type Estimates<Measure extends string> = Readonly<Record<Measure, Estimate | null>>;

export interface CalibrationResult {
  readonly plain: CalibrationScores;
  /** Of `plain`; results of earlier labs have none. */
  readonly estimates?: Estimates<CalibrationMeasure>;
  /** After temperature scaling, fitted on each fold's validation clips; null where it was not fitted. */
  readonly scaled: {
    /** Of several seeds each has its own. */
    readonly temperatures: readonly {
      readonly fold: number;
      readonly seed?: number;
      readonly temperature: number;
    }[];
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
  /** Clips of all folds, each as often as there were trainings. */
  readonly confusion: ConfusionMatrix;
  readonly roc: RocResult;
  readonly calibration: CalibrationResult;
  /** Side by side: max-softmax always, curiosity where a router has it. */
  readonly uncertainty: readonly UncertaintyResult[];
}

const measures = ['accuracy', 'macroF1', 'weightedF1'] as const;

/**
 * All scores of one model, each the mean over its trainings. Intervals are of a bootstrap that draws whole sources, anew
 * for each fold and for all.
 * @param trainings that answered the same test clips, each clip by a model that did not see its fold; one at least
 * @param classes how many there are
 * @throws RangeError if there are no answers, they differ in their clips, or a fold has no temperature
 */
export function modelScores(
  trainings: readonly Training[],
  classes: number,
  options: BootstrapOptions,
): ModelScores {
  const all = trainings.map(({ answers }) => answers);
  requireSameClips(all);
  const seeds = trainings.map(({ seed }) => seed);
  const parts = all.map(byFold);
  const folds = [...parts[0]!].map(([fold, clips]) => {
    const mine = parts.map((part) => part.get(fold)!);
    return { fold, clips: clips.length, estimates: estimates(mine, classes, options), each: mine };
  });
  const pooled = estimates(all, classes, options);
  const ofTrainings = folds.map(({ each }) => each.map((answers) => scoresOf(answers, classes)));
  const [accuracy, macroF1, weightedF1] = measures.map((_, measure): Score => {
    const values = folds.map(({ fold, clips, estimates }) => ({ fold, clips, ...estimates[measure]! }));
    const plain = values.map(({ value }) => value);
    const spread = seedSpread(
      ofTrainings.map((fold) => fold.map((scores) => scores[measure]!)),
      seeds,
    );
    return {
      folds: values,
      mean: mean(plain),
      deviation: deviation(plain),
      pooled: pooled[measure]!,
      ...(spread && { seeds: spread }),
    };
  });
  return {
    clips: all[0]!.length,
    accuracy: accuracy!,
    macroF1: macroF1!,
    weightedF1: weightedF1!,
    confusion: confusionOf(all.flat(), classes),
    roc: meanRoc(all.map((answers) => rocOf(answers, classes))),
    calibration: calibration(trainings, options),
    uncertainty: uncertainties(all, options),
  };
}

type Answers = readonly ClipAnswer[];

/** One function of draws a training. */
const drawnScores = (answers: Answers, classes: number) => {
  const truth = answers.map((answer) => answer.truth);
  const predicted = answers.map(predictedOf);
  return (indices: readonly number[]) => {
    const scores = classificationScores(classCounts(truth, predicted, classes, indices));
    return measures.map((measure) => scores[measure]);
  };
};

const scoresOf = (answers: Answers, classes: number) => drawnScores(answers, classes)([...answers.keys()]);

/** One estimate a measure. */
function estimates(trainings: readonly Answers[], classes: number, options: BootstrapOptions): Estimate[] {
  const statistics = meanOver(trainings.map((answers) => drawnScores(answers, classes)));
  const drawn = clusteredBootstrap(sourcesOf(trainings), statistics, options);
  return statistics([...trainings[0]!.keys()]).map((value, measure) => ({
    value,
    ...percentileInterval(drawn[measure]!, options.level),
  }));
}

const sourcesOf = ([first]: readonly Answers[]) => first!.map(({ source }) => source);

function calibration(trainings: readonly Training[], options: BootstrapOptions): CalibrationResult {
  const all = trainings.map(({ answers }) => answers);
  const plain = { plain: meanCalibration(all.map((answers) => calibrationOf(answers))) };
  const ofPlain = meanOver(all.map(calibrationOfDraws));
  const estimatesOf = (of: typeof ofPlain) => drawnEstimates(all, calibrationMeasures, of, options);
  if (trainings.some(({ temperatures }) => temperatures === null))
    return { ...plain, estimates: estimatesOf(ofPlain), scaled: null };
  const scaled = trainings.map(atTemperatures);
  const ofScaled = meanOver(scaled.map(calibrationOfDraws));
  const several = trainings.length > 1;
  return {
    ...plain,
    estimates: estimatesOf(ofPlain),
    scaled: {
      temperatures: trainings.flatMap(({ seed, answers, temperatures }) =>
        [...byFold(answers).keys()].map((fold) => ({
          fold,
          ...(several && { seed }),
          temperature: temperatures!.get(fold)!,
        })),
      ),
      scores: meanCalibration(scaled.map((answers) => calibrationOf(answers))),
      estimates: estimatesOf(ofScaled),
      change: estimatesOf((draw) => {
        const before = ofPlain(draw);
        return ofScaled(draw).map((after, i) => after - before[i]!);
      }),
    },
  };
}

function atTemperatures({ answers, temperatures }: Training): ClipAnswer[] {
  return answers.map((answer) => {
    const temperature = temperatures!.get(answer.fold);
    if (temperature === undefined) throw new RangeError(`Fold ${answer.fold} has no temperature`);
    return { ...answer, probabilities: atTemperature(answer.probabilities, temperature) };
  });
}

/** Each statistic of the answers with its interval, whole sources drawn. */
function drawnEstimates<Measure extends string>(
  trainings: readonly Answers[],
  names: readonly Measure[],
  of: (draw: readonly number[]) => readonly number[],
  options: BootstrapOptions,
): Estimates<Measure> {
  const draws = clusteredBootstrap(sourcesOf(trainings), of, options);
  const observed = of([...trainings[0]!.keys()]);
  const entries = names.map((name, i) => [name, estimateOf(observed[i]!, draws[i]!, options.level)] as const);
  return Object.fromEntries(entries) as Estimates<Measure>;
}

function uncertainties(trainings: readonly Answers[], options: BootstrapOptions): UncertaintyResult[] {
  const of = (kind: UncertaintyKind, values: readonly (readonly number[])[]): UncertaintyResult => ({
    kind,
    ...meanErrorDetection(
      trainings.map((answers, i) => ({
        uncertainty: values[i]!,
        wrong: answers.map((answer) => !isRight(answer)),
      })),
    ),
    estimates: drawnEstimates(
      trainings,
      detectionMeasures,
      meanOver(trainings.map((answers, i) => detectionOfDraws(answers, values[i]!))),
      options,
    ),
  });
  const curiosities = trainings.map((answers) => answers.flatMap((answer) => answer.curiosity ?? []));
  return [
    of(
      'max-softmax',
      trainings.map((answers) => answers.map(doubtOf)),
    ),
    ...(curiosities.every((values) => values.length === trainings[0]!.length)
      ? [of('curiosity', curiosities)]
      : []),
  ];
}
