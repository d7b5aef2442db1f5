/** Every answer of a study, clip by clip and window by window: whatever the report says can be computed from them anew. */
import { predictedOf, type ClipAnswer } from '../evaluation/answers.ts';
import { argmax } from '../evaluation/probability.ts';
import { aboutStages } from './stage-answers.ts';
import { csvText, type CsvCell } from './csv.ts';

/** What a model said of the clips of one fold; nothing but what stands in the files. */
export interface ToldAnswers {
  readonly name: string;
  /** What ran for a window, in its order: `features+encoder+router+expert`. */
  readonly stages: string;
  /** Of each window, where a decision lets more of them run for some. */
  readonly windowStages?: readonly string[];
  /** What it picks from; left out: the experts of the bank. */
  readonly among?: readonly string[];
  readonly answers: readonly ClipAnswer[];
  /** Fitted to the validation clips; null where there are none. */
  readonly temperature: number | null;
  readonly patches: {
    readonly probabilities: Float32Array;
    readonly curiosities: Float32Array | null;
    readonly experts: Uint8Array | null;
  };
}

/** What models said of the same clips made harder in one way. */
export interface ToldHard {
  /** For a person, as the report names it. */
  readonly sounds: string;
  readonly models: readonly { readonly name: string; readonly answers: readonly ClipAnswer[] }[];
}

export interface ToldFold {
  readonly seed: number;
  /** Windows of each clip. */
  readonly patches: readonly number[];
  readonly models: readonly ToldAnswers[];
  /** A way to make clips harder after the other: they are many. */
  hard(): Iterable<ToldHard>;
}

export interface Told {
  readonly classes: readonly string[];
  /** Names of the experts that mixtures choose from, in the router's order. */
  readonly bank: readonly string[];
  /** Seconds from one window of a clip to the next. */
  readonly hopS: number;
  readonly folds: readonly ToldFold[];
}

export const answerFiles = {
  clips: 'answers-clips.csv',
  windows: 'answers-windows.csv',
  about: 'answers.txt',
} as const;

/** Beside them where clips were made harder. */
export const hardFiles = { csv: 'answers-hard.csv', parquet: 'answers-hard.parquet' } as const;

/** The same tables as Parquet. */
export const answerParquet = { clips: 'answers-clips.parquet', windows: 'answers-windows.parquet' } as const;

/** Accuracy and its spread over folds from the clips' answers: SQL that DuckDB runs where the files lie. */
export const accuracySql = `SELECT model, avg(accuracy) AS accuracy, stddev_samp(accuracy) AS deviation_over_folds
FROM (SELECT model, fold, avg((answer = true_class)::INT) AS accuracy FROM '${answerParquet.clips}' GROUP BY model, fold)
GROUP BY model ORDER BY model`;

const probabilityColumns = (classes: readonly string[]) => classes.map((label) => `P(${label})`);

/** The text of `answers-clips.csv`, a fold's model at a time: thousands of rows are no one's wait. */
export function* clipRows({ classes, folds }: Told): Generator<string> {
  const head = [
    'Model',
    'Seed',
    'Fold',
    'Clip',
    'Source',
    'True class',
    'Answer',
    'Curiosity',
    'Temperature',
    'Stages',
  ];
  yield csvText([[...head, ...probabilityColumns(classes)]]);
  for (const { seed, models } of folds)
    for (const { name, answers, temperature, stages } of models)
      yield csvText(
        answers.map((one): CsvCell[] => [
          ...[name, seed, one.fold, one.clip, one.source, classes[one.truth]!, classes[predictedOf(one)]!],
          ...[one.curiosity, temperature, stages, ...Array.from(one.probabilities)],
        ]),
      );
}

/** The text of `answers-hard.csv`, a way and a model at a time. */
export function* hardRows({ classes, folds }: Pick<Told, 'classes' | 'folds'>): Generator<string> {
  const head = ['Model', 'Seed', 'Fold', 'Clip', 'Source', 'Sounds', 'True class', 'Answer', 'Curiosity'];
  yield csvText([[...head, ...probabilityColumns(classes)]]);
  for (const fold of folds)
    for (const { sounds, models } of fold.hard())
      for (const { name, answers } of models)
        yield csvText(
          answers.map((one): CsvCell[] => [
            ...[name, fold.seed, one.fold, one.clip, one.source, sounds, classes[one.truth]!],
            ...[classes[predictedOf(one)]!, one.curiosity, ...Array.from(one.probabilities)],
          ]),
        );
}

/** The text of `answers-windows.csv`, likewise. */
export function* windowRows({ classes, bank, hopS, folds }: Told): Generator<string> {
  const head = ['Model', 'Seed', 'Fold', 'Clip', 'Source', 'Window', 'Start, s', 'True class', 'Answer'];
  yield csvText([[...head, 'Expert', 'Curiosity', 'Stages', ...probabilityColumns(classes)]]);
  for (const { seed, models, patches } of folds) {
    for (const { name, answers, patches: told, stages, windowStages, among = bank } of models) {
      let at = 0;
      yield csvText(
        answers.flatMap((one, clip) =>
          Array.from({ length: patches[clip]! }, (_, window): CsvCell[] => {
            const ofWindow = told.probabilities.subarray(at * classes.length, (at + 1) * classes.length);
            const expert = told.experts === null ? name : among[told.experts[at]!]!;
            const curiosity = told.curiosities?.[at] ?? null;
            const ran = windowStages?.[at] ?? stages;
            at++;
            return [
              ...[name, seed, one.fold, one.clip, one.source, window, window * hopS, classes[one.truth]!],
              ...[classes[argmax(ofWindow)]!, expert, curiosity, ran, ...ofWindow],
            ];
          }),
        ),
      );
    }
  }
}

/** What stands in the folder, and how its figures follow from the answers. */
export const aboutAnswers = `Answers of every model of this evaluation to every clip and window that it was not trained on.

answers-clips.csv: a row for each model, seed and clip; Seed is that of the training. P(class) is the mean over the clip's windows of the softmax of their
logits; Answer is the class with the largest (of equals the first); Curiosity is the mean over windows of the router's
disagreement between passes, empty for models without passes; Temperature was fitted to the fold's validation clips,
empty where there were none; Stages names what ran for each window, in its order.

answers-windows.csv: a row for each model, seed, clip and window. Window counts from 0; Start is in seconds from the clip's
beginning. P(class) is the softmax of the window's logits. Expert is the expert that answered; where several answered
together, the one with the largest share.

answers-hard.csv, where clips were made harder: a row for each model, seed, clip and way (Sounds); columns as in
answers-clips.csv. Figures of harder sounds are computed for each Seed and way by themselves; the mean over seeds is a
way's figure, the mean over seeds and ways that of all harder ones.

From them follow, with any tool that groups rows:
- accuracy: the share of clips whose Answer is their True class; by Fold for the deviation over folds;
- the confusion matrix: clips counted by True class and Answer; precision, recall, F1 and macro-F1 from it;
- NLL: the mean of -ln P(true class); Brier: the mean of the sum over classes of (P(class) - [true])^2;
- ECE: clips in 15 bins of equal width of their largest P(class); the mean of |accuracy - mean P| weighted by clips;
- temperature scaling: p^(1/T) for each class, divided by their sum, before NLL, Brier and ECE;
- AUROC of errors: the chance that a wrong clip has a lower largest P(class) (or a higher Curiosity) than a right one;
- tests between two models: paired by Clip; intervals draw whole Sources with replacement, since clips of one source
  are not independent;
- F1 against energy: a window's energy is the sum of its stages' (latency.csv and energy.csv: a stage's share of the
  time is its share of the energy), a clip's the mean over its windows; with a threshold on top probability the least
  precise expert's window rows say where the most precise one's rows answer;
- how often each expert answered, and mean bits: windows counted by Expert.
Of several seeds every figure is computed for each Seed by itself, and their mean is told; a resample of sources is the
same for all of them. Deviations over folds are of the folds' means over seeds; between seeds, of the seeds' means over
folds.
Probabilities are binary32, rounded to nothing; numbers read back as the same numbers. In CSV an apostrophe stands
before text that a spreadsheet would take for a formula; in Parquet none does.
${aboutStages}
answers-clips.parquet, answers-windows.parquet and answers-hard.parquet hold the same rows for programs, under names without blanks: model,
seed, fold, clip, source, true_class, answer, curiosity, temperature, stages and "P(class)"; of windows besides window,
start_s and expert, of harder clips sounds, of stages score_ and the decision. The other .csv files hold the report's tables and what its plots are drawn
of; results.json holds all of it. With DuckDB (https://duckdb.org), in this folder, this gives the report's accuracies again:

${accuracySql};
`;
