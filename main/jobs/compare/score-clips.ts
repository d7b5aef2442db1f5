/** How right three sides are about the same clips; takes a processor a while, so background threads do it. */
import { clusteredBootstrap, percentileInterval } from '../../../models/evaluation/bootstrap.ts';
import { classCounts, classificationScores } from '../../../models/evaluation/classification.ts';
import type { OnAllSides, ScoresOfClips } from './contract/rows.ts';

export interface ToScore {
  classes: number;
  /** Of each clip its source, its true class, and what each side says. */
  sources: readonly string[];
  truth: Int32Array;
  said: OnAllSides<Int32Array>;
}

/** As often everything is drawn anew, unless there are so many clips that it would take seconds. */
const usualResamples = 2000;
const mostDrawn = 4e6;
const seed = 1;

/** The same sources drawn for all sides. */
export function scoreClips({ classes, sources, truth, said }: ToScore): OnAllSides<ScoresOfClips> {
  const resamples = Math.max(200, Math.min(usualResamples, Math.floor(mostDrawn / sources.length)));
  const scored = (predicted: Int32Array): ScoresOfClips => {
    const of = (indices: readonly number[]): readonly number[] => {
      const { accuracy, macroF1 } = classificationScores(classCounts(truth, predicted, classes, indices));
      return [accuracy, macroF1];
    };
    const drawn = clusteredBootstrap(sources, of, { resamples, seed });
    const [accuracy, macroF1] = of([...truth.keys()]).map((value, i) => ({
      value,
      ...percentileInterval(drawn[i]!, 0.95),
    }));
    return { clips: truth.length, accuracy: accuracy!, macroF1: macroF1! };
  };
  return { board: scored(said.board), quantized: scored(said.quantized), float: scored(said.float) };
}
