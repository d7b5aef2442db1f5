/** The work of a test: a bank that is there answers labelled recordings that it has not heard, and a report is written. */
import { mkdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { firmwareSizes } from '../../../../devices/boards/firmware-sizes.ts';
import type { BuiltExpert } from '../../../../models/bank/build.ts';
import type { EncoderSummary, Results } from '../../../../models/report/results.ts';
import { zeroWeights } from '../../../../models/experts/zero-weights.ts';
import { readExpert } from '../../../../models/packing/read.ts';
import { assessSaid } from '../../../../models/study/assess.ts';
import { kindOf } from '../../../../models/study/kinds.ts';
import type { ExpertFacts } from '../../../../models/study/summarise.ts';
import { CurlewError } from '../../../contract/error.ts';
import type { EvaluateResult } from '../../../contract/types.ts';
import type { Banks } from '../../../banks/banks.ts';
import type { Dataset, EmbeddedDataset } from '../../../datasets/dataset.ts';
import { readDataset } from '../../../datasets/read-dataset.ts';
import { resources } from '../../../resources.ts';
import type { JobContext } from '../../definition.ts';
import { flips } from '../assess-models.ts';
import type { BoardModels } from '../costs.ts';
import { decided, type Decided } from '../decided.ts';
import { onABoard, type OnBoard } from '../on-a-board.ts';
import { dataSetSummary } from '../results.ts';
import type { StudyWork } from '../study-job.ts';
import { StudyThread } from '../study-thread.ts';
import { within } from '../within.ts';
import { writeEvaluation } from '../write-evaluation.ts';
import { bankMembers, type BankMembers } from './bank-members.ts';
import { engineAnswers } from './engine-answers.ts';
import { unheard } from './heard.ts';
import { matchLabels } from './match-labels.ts';
import { bankTestAskedOf, type BankTestParams } from './params.ts';

export interface BankTestWork extends Pick<
  StudyWork,
  'folder' | 'cacheFolder' | 'version' | 'borrowBoard' | 'allowed'
> {
  readonly params: BankTestParams;
  readonly banks: Banks;
}

/** The bank is the same for all clips: they are one fold, whatever folds the data set has. */
const fold = 1;

/**
 * What was answered stays in the cache: whoever is asked the same again goes on where it was.
 * @throws CurlewError of bank, data set and board; REQUEST_INVALID where nothing is left to test on; ABORTED
 */
export async function testBank(work: BankTestWork, context: JobContext): Promise<EvaluateResult> {
  const { params, banks, folder, cacheFolder } = work;
  await mkdir(folder, { recursive: true });
  const bank = await bankMembers(banks, params.bankId);
  const dataset = await unheardDataset(work, bank, context.signal);
  const answering = within(context, 0, 0.85, 1, '');
  const { heard, test, said } = await engineAnswers(dataset, bank.experts, bank.classes.length, {
    wasm: await readFile(resources.engine),
    cacheFolder,
    pausePoint: () => context.pausePoint(),
    onProgress: (share) => answering.progress(share, 'the bank answers'),
  });
  const classOf = (label: number): number => bank.classes.indexOf(heard.classes[label]!);
  const outcome = assessSaid({
    ...{ fold, classes: bank.classes.length, experts: said, bank: bank.router?.kinds ?? [] },
    router: bank.router?.network ?? null,
    alphas: alphasOf(bank),
    test: { ...test, clips: test.clips.map((clip) => ({ ...clip, fold, label: classOf(clip.label) })) },
    validation: null,
    ...{ flips, seed: params.seed },
  });
  const thread = new StudyThread(context.signal);
  try {
    const onBoard = await onABoard(
      work.borrowBoard,
      { board: params.board, alphas: alphasOf(bank), windows: params.windows, thread },
      () => boardModels(banks, bank, heard),
      context,
    );
    context.progress(0.96, 'scoring');
    const alpha = alphasOf(bank)[0] ?? 0;
    const told = decided([outcome], outcome, {
      ...{ bank: bank.router?.kinds ?? [], alpha, topK: bank.router?.network.routing.topK ?? 1, onBoard },
    });
    const results = await resultsOf(work, { bank, heard, told, onBoard, thread });
    const shown = results.mixtures.find(({ kind }) => kind === 'curiosity') ?? results.experts[0]!;
    return await writeEvaluation(folder, { results, outcomes: told.outcomes }, shown);
  } finally {
    thread.close();
  }
}

const alphasOf = ({ router }: BankMembers): number[] => (router ? [router.network.routing.alpha] : []);

async function unheardDataset(
  { params, allowed }: BankTestWork,
  bank: BankMembers,
  signal: AbortSignal,
): Promise<Dataset> {
  const { path, layout, variant, seed } = params;
  const all = await readDataset(path, { ...(layout ? { layout } : {}), variant, seed, allowed });
  const left = await unheard(all, bank.heard, signal);
  if (all.clips.length > 0 && left.clips.length === 0) {
    throw new CurlewError(
      'REQUEST_INVALID',
      `The bank ${params.bankId} was made with all ${all.clips.length} clips of ${path}: what it says of them tells nothing. Test it on recordings that it has not heard.`,
    );
  }
  const matched = matchLabels(left, bank.classes, params.classes);
  return { ...matched, clips: matched.clips.map((clip) => ({ ...clip, fold })), folds: [fold] };
}

/** The bank's own files, as they are deployed. */
async function boardModels(
  banks: Banks,
  { experts, router }: BankMembers,
  heard: EmbeddedDataset,
): Promise<BoardModels> {
  const images: [string, BuiltExpert][] = [];
  for (const { kind, info } of experts) {
    const file = async (name: 'image' | 'quantized.onnx' | 'float.onnx') =>
      Uint8Array.from(await banks.file(info.id, name));
    images.push([
      kind.id,
      {
        image: await file('image'),
        'quantized.onnx': await file('quantized.onnx'),
        'float.onnx': await file('float.onnx'),
      },
    ]);
  }
  return {
    encoder: experts[0]!.images.encoders[0] ?? null,
    experts: new Map(images),
    router: router && { image: router.image, kinds: router.kinds, routing: router.network.routing },
    clips: heard.clips,
  };
}

async function resultsOf(
  { params, banks, version }: BankTestWork,
  found: {
    readonly bank: BankMembers;
    readonly heard: EmbeddedDataset;
    readonly told: Decided;
    readonly onBoard: OnBoard | null;
    readonly thread: StudyThread;
  },
): Promise<Results> {
  const { bank, heard, told, onBoard, thread } = found;
  const bootstrap = { resamples: params.resamples, seed: params.seed, level: 0.95 };
  const encoder = encoderOf(banks, bank);
  const experts: ExpertFacts[] = [];
  for (const { kind, info } of bank.experts) {
    const ran = onBoard?.costs.experts.get(kind.id);
    const numbers = (await banks.file(info.id, 'weights.f32')).length / 4;
    experts.push({
      kind: kind.id,
      detail: `${info.name}, version ${info.version}`,
      // What the embedding is standardized with lies beside the weights.
      parameters: numbers - 2 * info.embeddingSize,
      zeroWeights: zeroWeights(readExpert(await banks.file(info.id, 'image')).expert),
      imageBytes: { value: info.imageBytes, source: 'measured' },
      flashBytes: {
        value: firmwareSizes.code + (encoder.imageBytes?.value ?? 0) + info.imageBytes,
        source: 'measured',
      },
      ramBytes: { value: firmwareSizes.ram, source: 'measured' },
      losses: [],
      cost: ran?.cost ?? null,
      trainingSeconds: null,
      agreement: ran?.agreement ?? null,
    });
  }
  const summary = await thread.summarise({
    classes: bank.classes.length,
    bank: bank.router?.kinds ?? [],
    folds: told.outcomes,
    experts,
    mixtureCosts: told.mixtureCosts,
    prices: told.prices,
    mixtureTrainingSeconds: null,
    routerLosses: [],
    flipDraws: flips.draws,
    alpha: bank.router?.network.routing.alpha ?? 0,
    bootstrap,
    margin: params.margin,
  });
  const dataSet = dataSetSummary(basename(params.path), heard);
  const leftOut = (kind: string): number => heard.problems.filter((one) => one.kind === kind).length;
  return {
    format: 1,
    title: `The bank ${params.bankId} on ${dataSet.name}`,
    createdMs: Date.now(),
    version,
    asked: bankTestAskedOf(params),
    tested: {
      bank: params.bankId,
      trainedOn: bank.trainedOn,
      heldOutFold: bank.experts[0]!.info.heldOutFold,
      heard: leftOut('heard-before'),
      otherLabels: leftOut('other-label'),
    },
    dataSet: {
      ...dataSet,
      classes: bank.classes,
      clipsPerClass: bank.classes.map((name) => dataSet.clipsPerClass[dataSet.classes.indexOf(name)] ?? 0),
    },
    protocol: {
      officialFolds: heard.officialFolds,
      sourcesApart: true,
      validation: 'none: nothing was trained, and no temperature fitted',
      ...bootstrap,
      answers: 'engine',
    },
    encoder,
    ...summary,
    flips: bank.router ? summary.flips : null,
    bank: (bank.router?.kinds ?? []).map((id) => kindOf(id).name),
    board: onBoard?.about ?? null,
    carbon: { gramsPerKwh: params.gramsPerKwh, origin: params.gridOrigin, training: null },
    limits: [
      ...(bank.trainedOn === null
        ? [
            'What the experts of this bank were trained on is not listed in it: recordings that its encoder heard were left out, and others may have been heard.',
          ]
        : []),
      ...bank.cascades.map((name) => `The bank’s cascade ${name} and its stages were not tested.`),
    ],
  };
}

function encoderOf(banks: Banks, { experts }: BankMembers): EncoderSummary {
  const [first] = experts;
  const info = banks.encoders.find(({ id }) => id === first!.info.encoder);
  const image = first!.images.encoders[0]?.length ?? null;
  return {
    name: info?.name ?? 'Log-mel statistics',
    embeddingSize: first!.info.embeddingSize,
    parameters: info?.parameters ?? 0,
    imageBytes: image === null ? null : { value: image, source: 'measured' },
    flashBytes: image === null ? null : { value: image + firmwareSizes.frontEndFlash, source: 'measured' },
    ramBytes: image === null ? null : { value: firmwareSizes.encoderRam, source: 'measured' },
    heldOut: true,
    folds: null,
  };
}
