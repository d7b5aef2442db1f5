/** The work of an evaluation: every fold trained without and tested with, by every seed, the models run on a board, a report. */
import { mkdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { mean } from '../../../models/evaluation/moments.ts';
import { quantizeExpert } from '../../../models/experts/quantize.ts';
import { zeroWeights } from '../../../models/experts/zero-weights.ts';
import type { Figure, LossCurve, Results } from '../../../models/report/results.ts';
import type { FoldOutcome } from '../../../models/study/assess.ts';
import { kindOf } from '../../../models/study/kinds.ts';
import type { ExpertFacts } from '../../../models/study/summarise.ts';
import type { EpochReport } from '../../../models/training/train.ts';
import { CurlewError } from '../../contract/error.ts';
import type { EvaluateResult } from '../../contract/types.ts';
import { RememberedAudio } from '../../datasets/remembered-audio.ts';
import { readDataset } from '../../datasets/read-dataset.ts';
import type { JobContext } from '../definition.ts';
import { askedOf } from './asked.ts';
import { assessModels, flips } from './assess-models.ts';
import { boardModelsOf } from './costs.ts';
import { decided, type Decided } from './decided.ts';
import { fitsOf } from './effort.ts';
import { cascadeResults, type PricedCascades } from './cascade-results.ts';
import type { EncoderBanks, OwnEncoder } from './encoder-choice.ts';
import { firmwareSizes } from '../../../devices/boards/firmware-sizes.ts';
import { onABoard, type BorrowBoard, type OnBoard } from './on-a-board.ts';
import type { StudyParams } from './params.ts';
import { dataSetSummary, encoderSummary, limitsOf, parametersOf } from './results.ts';
import { seedFolder, seedsOf, takeUpEarlier } from './seeds.ts';
import { StudyThread } from './study-thread.ts';
import { listenToStages, trainStages, type CascadeModels } from './train-cascade.ts';
import { listeningShare, listenToFold, trainListened, type FoldModels } from './train-fold.ts';
import { decidedWithWholes } from './whole-models.ts';
import { within } from './within.ts';
import { writeEvaluation } from './write-evaluation.ts';

export interface StudyWork {
  readonly params: StudyParams;
  readonly banks: EncoderBanks;
  readonly own: OwnEncoder | null;
  /** For what is unfinished, and in the end the results. */
  readonly folder: string;
  readonly cacheFolder: string;
  readonly version: string;
  readonly borrowBoard: BorrowBoard;
  /** Whether a recording found behind a link may be opened. */
  allowed(real: string): Promise<boolean>;
  onCurve?(id: string, reports: readonly EpochReport[]): void;
}

/** Of the time that a study takes, what training and answering take; the board and scoring take the rest. */
const trainedShare = 0.85;

export interface FinishedStudy {
  readonly results: Results;
  /** Of every fold, and within it of every seed; so are the outcomes, and the cascades where such were asked for. */
  readonly models: readonly FoldModels[];
  readonly cascades: readonly CascadeModels[];
  readonly outcomes: readonly FoldOutcome[];
}

/**
 * Runs a study to its end; what an earlier run in the same folder has trained is not trained again.
 * @throws CurlewError of data set, training and board; REQUEST_INVALID for a data set of one fold; ABORTED
 */
export async function study(work: StudyWork, context: JobContext): Promise<FinishedStudy> {
  const { params, folder } = work;
  await mkdir(folder, { recursive: true });
  const dataset = await readDataset(params.path, {
    ...(params.layout ? { layout: params.layout } : {}),
    variant: params.variant,
    seed: params.seed,
    allowed: work.allowed,
  });
  if (dataset.folds.length < 2) {
    throw new CurlewError(
      'REQUEST_INVALID',
      `${params.path} has one fold; an evaluation trains on some folds and tests on another.`,
    );
  }
  const seeds = seedsOf(params);
  await takeUpEarlier(folder, params.seed);
  const thread = new StudyThread(context.signal);
  // what is trained answers beside the next training, which leaves a core free at times
  const beside = new StudyThread(context.signal);
  const audio = new RememberedAudio();
  try {
    const models: FoldModels[] = [];
    const outcomes: FoldOutcome[] = [];
    const cascades: CascadeModels[] = [];
    let answering: Promise<void> = Promise.resolve();
    const share = 1 / dataset.folds.length;
    for (const [i, fold] of dataset.folds.entries()) {
      const all = within(context, i * share, share, trainedShare, '');
      const named = (part: JobContext, detail: string) => within(part, 0, 1, 1, `fold ${fold}${detail}: `);
      const common = { ...work, dataset, thread, audio };
      const listening = named(within(all, 0, listeningShare, 1, ''), '');
      const staged = params.cascade.length > 0;
      const listened = await listenToFold(common, fold, within(listening, 0, staged ? 0.5 : 1, 1, ''));
      const stages = staged && (await listenToStages(common, fold, within(listening, 0.5, 0.5, 1, '')));
      const each = (1 - listeningShare) / seeds.length;
      for (const [n, seed] of seeds.entries()) {
        const part = named(
          within(all, listeningShare + n * each, each, 1, ''),
          seeds.length === 1 ? '' : `, seed ${seed} (${n + 1} of ${seeds.length})`,
        );
        const own = { ...common, params: { ...params, seed }, folder: seedFolder(folder, seed) };
        const trained = await trainListened(own, listened, part);
        models.push(trained);
        await answering;
        const answer = async () => {
          outcomes.push(await assessModels(trained, own.params, beside));
          if (stages) cascades.push(await trainStages({ ...own, thread: beside }, stages, context.signal));
        };
        answering = answer();
        // it is awaited later, whatever fails before
        answering.catch(() => undefined);
      }
    }
    context.progress(trainedShare, 'answering');
    await answering;
    // the first seed's of the last fold: every seed's cost the same but for what their routers choose
    const last = models.at(-seeds.length)!;
    const { board, alphas, windows } = params;
    const onBoard = await onABoard(
      work.borrowBoard,
      { board, alphas, windows, thread },
      () => boardModelsOf(last, params.bank),
      context,
    );
    context.progress(0.96, 'scoring');
    const asking = { bank: params.bank, alpha: alphas[0]!, topK: params.topK, onBoard };
    const ran = outcomes[models.indexOf(last)]!;
    const bootstrap = bootstrapOf(params);
    const lent = { board, borrowBoard: work.borrowBoard, bootstrap, thread, signal: context.signal };
    const cascade = await cascadeResults(cascades, lent);
    const staged = cascades.map(({ answers }) => answers);
    const told = decidedWithWholes(decided(outcomes, ran, asking), staged, cascade);
    const results = await resultsOf(work, { models, cascades, cascade, told, onBoard, thread });
    return { results, models, cascades, outcomes: told.outcomes };
  } finally {
    thread.close();
    beside.close();
  }
}

/** The same, with its results and answers written to the folder. */
export async function evaluate(work: StudyWork, context: JobContext): Promise<EvaluateResult> {
  const finished = await study(work, context);
  const best = finished.results.mixtures.find(({ alpha }) => alpha === work.params.alphas[0])!;
  const { models, cascades, results } = finished;
  return {
    ...(await writeEvaluation(work.folder, finished, best)),
    effort: {
      fits: models.length * fitsOf(work.params),
      clips: results.dataSet.clips,
      seconds: secondsOf(models, cascades),
    },
  };
}

async function resultsOf(
  { params, version }: StudyWork,
  {
    models,
    cascades,
    cascade,
    told,
    onBoard,
    thread,
  }: {
    models: readonly FoldModels[];
    cascades: readonly CascadeModels[];
    cascade: PricedCascades;
    told: Decided;
    onBoard: OnBoard | null;
    thread: StudyThread;
  },
): Promise<Results> {
  const heard = models[0]!.data.heard;
  const sizes = firmwareSizes;
  const bootstrap = bootstrapOf(params);
  const curve = (model: number, reports: readonly EpochReport[]): LossCurve => ({
    ...{ fold: models[model]!.fold!, seed: told.outcomes[model]!.seed },
    training: reports.map(({ trainingLoss }) => trainingLoss),
    validation: reports.map(({ validationLoss }) => validationLoss),
  });
  const encoderBytes = models[0]!.encoder?.built.files.image.length ?? 0;
  const facts = [...models[0]!.experts].map(([kind, { expert }]): ExpertFacts => {
    const ran = onBoard?.costs.experts.get(kind);
    return {
      kind,
      detail: hiddenText(kindOf(kind).hidden ?? params.hidden),
      parameters: parametersOf(expert),
      zeroWeights: zerosOf(kind, models),
      imageBytes: ran ? { value: ran.imageBytes, source: 'measured' } : null,
      flashBytes: ran ? { value: sizes.code + encoderBytes + ran.imageBytes, source: 'measured' } : null,
      ramBytes: { value: sizes.ram, source: 'measured' },
      losses: models.map(({ experts }, i) => curve(i, experts.get(kind)!.reports)),
      cost: ran?.cost ?? null,
      trainingSeconds: meanSeconds(models, ({ experts }) => experts.get(kind)!.seconds),
      agreement: ran?.agreement ?? null,
    };
  });
  const summary = await thread.summarise({
    classes: heard.classes.length,
    bank: params.bank,
    folds: told.outcomes,
    experts: facts,
    mixtureCosts: told.mixtureCosts,
    prices: told.prices,
    mixtureTrainingSeconds: meanSeconds(models, ({ seconds }) => seconds.mixture),
    routerLosses: models.map(({ router }, i) => curve(i, router!.reports)),
    flipDraws: flips.draws,
    alpha: params.alphas[0]!,
    bootstrap,
    margin: params.margin,
  });
  const seconds = secondsOf(models, cascades);
  const name = basename(params.path);
  return {
    format: 1,
    title: `Experts and curiosity routing on ${name}`,
    createdMs: Date.now(),
    version,
    asked: askedOf(params),
    dataSet: dataSetSummary(name, heard),
    protocol: {
      officialFolds: heard.officialFolds,
      sourcesApart: !heard.problems.some(({ kind }) => kind === 'shared-source'),
      validation:
        'up to a fifth of each class’s sources within the training folds, of those that the encoder did not hear where there are any: they stop training and set temperatures and scales. Routers learn from experts that did not hear a clip, trained without each third of the other sources in turn',
      nested: nestedOf(models),
      ...bootstrap,
      seeds: seedsOf(params),
      answers: 'reference',
    },
    encoder: encoderSummary(models, sizes),
    ...summary,
    cascade: cascade.summary,
    bank: params.bank.map((kind) => kindOf(kind).name),
    board: onBoard?.about ?? null,
    carbon: {
      gramsPerKwh: params.gramsPerKwh,
      origin: params.gridOrigin,
      training: { seconds: { value: seconds, source: 'measured' }, watts: params.trainingWatts },
      encoderSeconds: encoderSecondsOf(models),
    },
    limits: [...limitsOf(models), ...cascade.limits],
  };
}

const bootstrapOf = ({ resamples, seed }: StudyParams) => ({ resamples, seed, level: 0.95 });

/** That everything took to train, cascades too. */
const secondsOf = (models: readonly FoldModels[], cascades: readonly CascadeModels[]): number =>
  [...models.map((one) => one.seconds.all), ...cascades.map((one) => one.seconds)].reduce((a, b) => a + b, 0);

/** Mean over all trainings of a kind. */
function zerosOf(kind: string, models: readonly FoldModels[]): number | null {
  const { precision } = kindOf(kind);
  const shares = models.flatMap(
    ({ experts }) => zeroWeights(quantizeExpert(experts.get(kind)!.expert, precision)) ?? [],
  );
  return shares.length === 0 ? null : mean(shares);
}

/** 0 where nothing was trained to make embeddings. */
function encoderSecondsOf(models: readonly FoldModels[]): Figure | null {
  if (models.some(({ own }) => own)) return null;
  const seconds = models.map(({ encoder }) => (encoder ? encoder.trainingSeconds : 0));
  return seconds.includes(null) ? null : { value: mean(seconds.map(Number)), source: 'measured' };
}

/** In every fold; null where of one nobody knows. */
function nestedOf(models: readonly FoldModels[]): boolean | null {
  const each = models.map(({ data }) => data.validationUnheard);
  return each.includes(false) ? false : each.includes(null) ? null : true;
}

const hiddenText = (hidden: readonly number[]): string =>
  hidden.length === 0 ? 'no hidden layer' : `hidden ${hidden.join(', ')}`;

const meanSeconds = (models: readonly FoldModels[], of: (model: FoldModels) => number): Figure => ({
  value: mean(models.map(of)),
  source: 'measured',
});
