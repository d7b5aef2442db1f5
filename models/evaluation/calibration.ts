import { isRight, type ClipAnswer } from './answers.ts';
import { mean } from './moments.ts';
import { softmax } from './probability.ts';

/** Clips whose top probability lies in (low, high]; confidence and accuracy are null in an empty bin. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly clips: number;
  /** mean top probability */
  readonly confidence: number | null;
  readonly accuracy: number | null;
}

export interface CalibrationScores {
  /** Expected calibration error over bins of equal width. */
  readonly ece: number;
  /** Mean over clips of the squared distance to the true class: 0 … 2. */
  readonly brier: number;
  /** Mean negative log-likelihood, nats. */
  readonly nll: number;
  readonly bins: readonly ReliabilityBin[];
}

/** Bins of the reliability diagram unless a caller wants others, as in Guo et al. (2017). */
export const reliabilityBins = 15;

/** A probability of 0 would make one wrong clip outweigh all others; it counts as this. */
const leastProbability = 2 ** -52;

/** @param answers at least one */
export function calibrationOf(answers: readonly ClipAnswer[], count = reliabilityBins): CalibrationScores {
  const terms = answers.map((answer) => calibrationTerms(answer, count));
  const bins = reliability(terms, count);
  return {
    ece: expectedCalibrationError(bins),
    brier: mean(terms.map(({ brier }) => brier)),
    nll: mean(terms.map(({ nll }) => nll)),
    bins,
  };
}

/** Those of several trainings as one: scores are means, the bins hold every answer. */
export function meanCalibration(each: readonly CalibrationScores[]): CalibrationScores {
  const [first] = each;
  if (each.length === 1) return first!;
  return {
    ece: mean(each.map(({ ece }) => ece)),
    brier: mean(each.map(({ brier }) => brier)),
    nll: mean(each.map(({ nll }) => nll)),
    bins: first!.bins.map(({ low, high }, i) => {
      const mine = each.map(({ bins }) => bins[i]!);
      const clips = mine.reduce((sum, bin) => sum + bin.clips, 0);
      const weighted = (of: 'confidence' | 'accuracy') =>
        clips === 0 ? null : mine.reduce((sum, bin) => sum + bin.clips * (bin[of] ?? 0), 0) / clips;
      return { low, high, clips, confidence: weighted('confidence'), accuracy: weighted('accuracy') };
    }),
  };
}

/** One clip's part of the scores. */
export interface CalibrationTerms {
  /** of its top probability, counted from 0 */
  readonly bin: number;
  readonly top: number;
  readonly right: boolean;
  readonly brier: number;
  readonly nll: number;
}

/** @param count of bins */
export function calibrationTerms(answer: ClipAnswer, count: number): CalibrationTerms {
  const { probabilities, truth } = answer;
  const top = Math.max(...Array.from(probabilities));
  return {
    bin: Math.min(count, Math.max(1, Math.ceil(top * count))) - 1,
    top,
    right: isRight(answer),
    brier: brierOf(answer),
    nll: -Math.log(Math.max(leastProbability, probabilities[truth]!)),
  };
}

/** Brier's (1950) score of one clip, Σ over classes (p − y)². */
function brierOf({ probabilities, truth }: ClipAnswer): number {
  return Array.from(probabilities).reduce((sum, p, c) => sum + (p - (c === truth ? 1 : 0)) ** 2, 0);
}

function reliability(terms: readonly CalibrationTerms[], count: number): ReliabilityBin[] {
  const filled = Array.from({ length: count }, () => ({ clips: 0, confidence: 0, right: 0 }));
  for (const { bin, top, right } of terms) {
    filled[bin]!.clips++;
    filled[bin]!.confidence += top;
    if (right) filled[bin]!.right++;
  }
  return filled.map(({ clips, confidence, right }, i) => ({
    low: i / count,
    high: (i + 1) / count,
    clips,
    confidence: clips === 0 ? null : confidence / clips,
    accuracy: clips === 0 ? null : right / clips,
  }));
}

/** Σ over bins of their share of the clips times |accuracy − confidence| (Guo et al. 2017). */
function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  const clips = bins.reduce((sum, bin) => sum + bin.clips, 0);
  return bins.reduce(
    (sum, bin) => sum + (bin.clips / clips) * Math.abs((bin.accuracy ?? 0) - (bin.confidence ?? 0)),
    0,
  );
}

/** Range of temperatures: beyond it a model is as good as certain or as good as guessing. */
export const temperatureRange = [0.05, 20] as const;

/**
 * The temperature T that makes softmax(logits / T) the likeliest for validation clips (Guo et al. 2017). NLL is
 * convex in 1 / T, so its slope is bisected.
 * @param logits of each clip; natural logarithms of probabilities serve as well
 * @param truth class of each clip
 * @returns a temperature in `temperatureRange`; its end where the likeliest lies beyond
 * @throws RangeError if there are no clips
 */
export function fitTemperature(logits: readonly ArrayLike<number>[], truth: ArrayLike<number>): number {
  if (logits.length === 0 || logits.length !== truth.length) {
    throw new RangeError(`No temperature fits ${logits.length} clips with ${truth.length} classes`);
  }
  let [low, high] = [1 / temperatureRange[1], 1 / temperatureRange[0]];
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (slope(logits, truth, middle) > 0) high = middle;
    else low = middle;
  }
  return 2 / (low + high);
}

/** d NLL / d inverse: the sum over clips of the logits' mean under the model less the true class's logit. */
function slope(logits: readonly ArrayLike<number>[], truth: ArrayLike<number>, inverse: number): number {
  return logits.reduce((sum, row, i) => {
    const values = Float64Array.from(row);
    const p = softmax(values.map((z) => z * inverse));
    return sum + p.reduce((total, share, c) => total + share * values[c]!, 0) - values[truth[i]!]!;
  }, 0);
}

/** Logarithms of probabilities, which stand for logits; 0 as the least probability that is told from it. */
export function logProbabilities(probabilities: ArrayLike<number>): Float64Array {
  return Float64Array.from(probabilities, (p) => Math.log(Math.max(leastProbability, p)));
}

/** softmax(log p / T): probabilities at another temperature; the top class stays. */
export function atTemperature(probabilities: ArrayLike<number>, temperature: number): Float64Array {
  return softmax(logProbabilities(probabilities).map((z) => z / temperature));
}
