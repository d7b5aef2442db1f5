/** Trains the experts and the router of one fold, from the data set's recordings on. */
import { join } from 'node:path';
import type { LatentRouter } from '../../../models/bank/build.ts';
import { crossFitParts } from '../../../models/training/cross-fit.ts';
import type { EpochReport, TrainedExpert } from '../../../models/training/train.ts';
import { CurlewError } from '../../contract/error.ts';
import type { Dataset } from '../../datasets/dataset.ts';
import type { RememberedAudio } from '../../datasets/remembered-audio.ts';
import type { JobContext } from '../definition.ts';
import { routerId, trainingId, unitsOf, type TrainPlan } from '../train/plan.ts';
import { train } from '../train/train-job.ts';
import { readSummary, readTrained, writeData } from '../train/work-folder.ts';
import { chooseEncoder, type ChosenEncoder, type EncoderBanks, type OwnEncoder } from './encoder-choice.ts';
import { foldData, hearFold, type FoldData, type HeardFold } from './fold-data.ts';
import { plansOf, type StudyParams, type TrainingParams } from './params.ts';
import type { StudyThread } from './study-thread.ts';
import { within } from './within.ts';

export interface FoldModels extends ChosenEncoder {
  readonly fold: number | null;
  readonly data: FoldData;
  /** By kind; those that share a training have its seconds each. */
  readonly experts: ReadonlyMap<string, TrainedExpert & { readonly seconds: number }>;
  /** null where the bank has one expert alone */
  readonly router: (LatentRouter & { readonly reports: readonly EpochReport[] }) | null;
  readonly seconds: TrainingSeconds;
}

/** What training took, interruptions left out. */
interface TrainingSeconds {
  /** the bank and its router */
  readonly mixture: number;
  /** the bank, its router and what was trained beside it */
  readonly all: number;
}

export interface FoldWork {
  readonly params: TrainingParams & Partial<Pick<StudyParams, 'others' | 'hard'>>;
  readonly dataset: Dataset;
  readonly banks: EncoderBanks;
  /** Chosen in place of an encoder of a bank. */
  readonly own: OwnEncoder | null;
  readonly thread: StudyThread;
  /** Caches and unfinished work lie there. */
  readonly folder: string;
  readonly cacheFolder: string;
  readonly audio: RememberedAudio;
  onCurve?(id: string, reports: readonly EpochReport[]): void;
}

/** Of the time that a fold takes, what listening to its clips takes. */
export const listeningShare = 0.2;

/** A fold that can be trained on, with any seed. */
export interface ListenedFold {
  readonly chosen: ChosenEncoder;
  readonly clips: HeardFold;
}

/** @param fold that is left out; null: none is @throws CurlewError as chooseEncoder and hearFold */
export async function listenToFold(
  { params, dataset, banks, own, thread, cacheFolder, audio }: FoldWork,
  fold: number | null,
  context: JobContext,
): Promise<ListenedFold> {
  const chosen = await chooseEncoder(params.encoder, own, banks, dataset, fold);
  const clips = await hearFold(dataset, fold, chosen, params, {
    thread,
    cacheFolder,
    audio,
    signal: context.signal,
    onProgress: (share) => context.progress(share, 'listening to the recordings'),
  });
  return { chosen, clips };
}

/** A fold listened to and trained on, one after the other. @throws CurlewError of both */
export async function trainFold(
  work: FoldWork,
  fold: number | null,
  context: JobContext,
): Promise<FoldModels> {
  const listened = await listenToFold(work, fold, within(context, 0, listeningShare, 1, ''));
  return trainListened(work, listened, within(context, listeningShare, 1 - listeningShare, 1, ''));
}

/**
 * What was trained before in the same folder is taken as it is.
 * @throws CurlewError as foldData and train
 */
export async function trainListened(
  { params, thread, folder, onCurve }: Pick<FoldWork, 'params' | 'thread' | 'folder' | 'onCurve'>,
  { chosen, clips }: ListenedFold,
  context: JobContext,
): Promise<FoldModels> {
  const { fold } = clips;
  const plans = plansOf(params);
  const split = plans[0]!.experts[0]!.options;
  const data = await foldData(clips, split, { thread, signal: context.signal });
  const mine = join(folder, fold === null ? 'all' : `fold-${fold}`);
  for (const [i, plan] of plans.entries()) {
    if (await isDone(mine, plan)) continue;
    await writeData(mine, data.training);
    await train(
      { params: { folder: mine, plan }, ...(onCurve ? { onCurve } : {}) },
      {
        ...within(context, i / plans.length, 1 / plans.length, 1, ''),
        resumedFrom: null,
        checkpoint: () => Promise.resolve(),
      },
    );
  }
  const experts = new Map<string, Awaited<ReturnType<typeof trained>>>();
  for (const { id } of plans.flatMap((plan) => plan.experts)) experts.set(id, await trained(mine, id));
  const router = plans[0]!.router ? await trained(mine, routerId) : null;
  return {
    ...chosen,
    fold,
    data,
    experts,
    router: router && {
      expert: router.expert,
      precision: router.precision,
      prior: router.prior!,
      routing: router.routing!,
      reports: router.reports,
    },
    seconds: secondsOf(
      plans,
      experts,
      router ? router.seconds + (await crossFitSeconds(mine, plans[0]!)) : 0,
    ),
  };
}

/** @param experts by kind, each with the seconds of its course @param router of the first plan */
function secondsOf(
  plans: readonly TrainPlan[],
  experts: ReadonlyMap<string, { readonly seconds: number }>,
  router: number,
): TrainingSeconds {
  const ofCourses = (plan: TrainPlan) =>
    unitsOf(plan).reduce((sum, unit) => sum + experts.get(unit.experts[0]!.id)!.seconds, 0);
  const [mixture, ...beside] = plans.map(ofCourses);
  return {
    mixture: mixture! + router,
    all: mixture! + router + beside.reduce((sum, seconds) => sum + seconds, 0),
  };
}

/** What the experts took that the router learned from (cross-fit.ts): without it there is no router. */
async function crossFitSeconds(folder: string, plan: TrainPlan): Promise<number> {
  const ids = unitsOf(plan).flatMap(({ experts: [first] }) =>
    Array.from({ length: crossFitParts }, (_, part) => trainingId(first!.id, part)),
  );
  const kept = await Promise.all(ids.map((id) => readSummary(folder, id)));
  return kept.reduce((sum, summary) => sum + (summary?.seconds ?? 0), 0);
}

async function isDone(folder: string, { experts, router }: TrainPlan): Promise<boolean> {
  const ids = [...experts.map(({ id }) => id), ...(router ? [routerId] : [])];
  const summaries = await Promise.all(ids.map((id) => readSummary(folder, id)));
  return summaries.every((summary) => summary !== null);
}

async function trained(folder: string, id: string) {
  const found = await readTrained(folder, id);
  if (found) return found;
  throw new CurlewError('INTERNAL', `The training of ${id} left nothing in ${folder}.`);
}
