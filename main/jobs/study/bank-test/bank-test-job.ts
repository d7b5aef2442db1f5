/** The work of a test: a bank that is there answers labelled recordings that it has not heard, and a report is written. */
import { mkdir, readFile } from 'node:fs/promises';
import type { BuiltExpert } from '../../../../models/bank/build.ts';
import { assessHard, assessSaid, type FoldOutcome, type SaidInput } from '../../../../models/study/assess.ts';
import { CurlewError } from '../../../contract/error.ts';
import type { EvaluateResult } from '../../../contract/types.ts';
import type { Banks } from '../../../banks/banks.ts';
import type { Dataset, EmbeddedDataset, ProblemKind } from '../../../datasets/dataset.ts';
import { readDataset } from '../../../datasets/read-dataset.ts';
import { RememberedAudio } from '../../../datasets/remembered-audio.ts';
import { resources } from '../../../resources.ts';
import type { JobContext } from '../../definition.ts';
import { flips } from '../assess-models.ts';
import type { BoardModels } from '../costs.ts';
import { decided } from '../decided.ts';
import { onABoard } from '../on-a-board.ts';
import type { StudyWork } from '../study-job.ts';
import { StudyThread } from '../study-thread.ts';
import { decidedWithWholes } from '../whole-models.ts';
import { within } from '../within.ts';
import { writeEvaluation } from '../write-evaluation.ts';
import { bankMembers, type BankMembers } from './bank-members.ts';
import { bankTestResults, bootstrapOf } from './bank-test-results.ts';
import { engineAnswers, type EngineAnswers, type Said } from './engine-answers.ts';
import { unheard } from './heard.ts';
import { matchLabels } from './match-labels.ts';
import type { BankTestParams } from './params.ts';
import { cascadeAnswers, cascadeSummary, stageNames } from './test-cascade.ts';

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
  const answering = {
    ...{ wasm: await readFile(resources.engine), audio: new RememberedAudio() },
    ...{ cacheFolder, hard: params.hard, signal: context.signal },
    pausePoint: () => context.pausePoint(),
  };
  const first = within(context, 0, bank.cascade ? answeredShare / 2 : answeredShare, 1, '');
  const said = await engineAnswers(
    dataset,
    bank.experts.map(({ images }) => images),
    bank.classes.length,
    { ...answering, onProgress: (share) => first.progress(share, 'the bank answers') },
  );
  const { heard } = said;
  const classOf = (label: number): number => bank.classes.indexOf(heard.classes[label]!);
  const outcome = outcomeOf(bank, said, classOf, params.seed);
  const second = within(context, answeredShare / 2, answeredShare / 2, 1, '');
  const staged =
    bank.cascade &&
    (await cascadeAnswers(bank.cascade, dataset, bank, classOf, {
      ...answering,
      onProgress: (share) => second.progress(share, 'the stages of its cascade answer'),
    }));
  const thread = new StudyThread(context.signal);
  try {
    const { board } = params;
    const onBoard = await onABoard(
      work.borrowBoard,
      { board, alphas: alphasOf(bank), windows: params.windows, thread },
      () => boardModels(banks, bank, heard),
      context,
    );
    context.progress(0.96, 'scoring');
    const alpha = alphasOf(bank)[0] ?? 0;
    const routed = decided([outcome], outcome, {
      ...{ bank: bank.router?.kinds ?? [], alpha, topK: bank.router?.network.routing.topK ?? 1, onBoard },
    });
    const { borrowBoard } = work;
    const lent = { board, borrowBoard, bootstrap: bootstrapOf(params), signal: context.signal };
    const cascade = staged && (await cascadeSummary(staged, lent));
    const { seed } = params;
    const answers = staged && { ...staged, seed, fold, held: null };
    const told = answers && cascade ? decidedWithWholes(routed, [answers], cascade) : routed;
    const results = await bankTestResults(work, { bank, heard, told, onBoard, thread, cascade });
    const shown = results.mixtures.find(({ kind }) => kind === 'curiosity') ?? results.experts[0]!;
    const cascades = answers ? [{ names: stageNames(answers.cascade), answers }] : [];
    return await writeEvaluation(folder, { results, outcomes: told.outcomes, cascades }, shown);
  } finally {
    thread.close();
  }
}

/** Of the time that a test takes. */
const answeredShare = 0.85;

function outcomeOf(
  bank: BankMembers,
  said: EngineAnswers,
  classOf: (label: number) => number,
  seed: number,
): FoldOutcome {
  const asked = ({ test, logits }: Said): SaidInput => ({
    ...{ fold, seed, flips, validation: null, classes: bank.classes.length },
    ...{ bank: bank.router?.kinds ?? [], router: bank.router?.network ?? null, alphas: alphasOf(bank) },
    test: { ...test, clips: test.clips.map((clip) => ({ ...clip, label: classOf(clip.label) })) },
    experts: bank.experts.map(({ kind }, i) => ({ kind: kind.id, test: logits[i]!, validation: null })),
  });
  const hard = said.hard.map(({ degradation, ...one }) => assessHard(degradation, asked(one)));
  return { ...assessSaid(asked(said)), hard };
}

const alphasOf = ({ router }: BankMembers): number[] => (router ? [router.network.routing.alpha] : []);

/** What is wrong with folds, of which a test has none. */
const ofFolds: ReadonlySet<ProblemKind> = new Set(['few-sources', 'single-fold', 'shared-source']);

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
  const problems = matched.problems.filter(({ kind }) => !ofFolds.has(kind));
  return { ...matched, problems, clips: matched.clips.map((clip) => ({ ...clip, fold })), folds: [fold] };
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
