/** The work of a training: a bank of one's own recordings, ready to deploy. */
import { utcDay } from '../../contract/figures.ts';
import { rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { CurlewError } from '../../contract/error.ts';
import type { TrainResult } from '../../contract/types.ts';
import type { Clip, Dataset } from '../../datasets/dataset.ts';
import { readDataset } from '../../datasets/read-dataset.ts';
import type { JobContext } from '../definition.ts';
import { routerId } from '../train/plan.ts';
import { assessModels } from './assess-models.ts';
import { trainedOn } from './bank-test/heard.ts';
import { fitsOf } from './effort.ts';
import type { NewBanks } from './new-banks.ts';
import { defaultStudyParams, type TrainingParams } from './params.ts';
import { dataSetSummary } from './results.ts';
import { RememberedAudio } from '../../datasets/remembered-audio.ts';
import { StudyThread } from './study-thread.ts';
import { trainFold, type FoldModels, type FoldWork } from './train-fold.ts';
import { trainBankCascade, withOwnEncoders } from './bank-cascade.ts';
import type { BorrowBoard } from './on-a-board.ts';
import { within } from './within.ts';
import type { UsableEncoder } from '../../banks/banks.ts';
import type { BankCascade } from './write-cascade.ts';
import { writeBank } from './write-bank.ts';

export interface TrainBankParams extends TrainingParams {
  /** Of the bank. */
  readonly name: string;
  readonly heldOutFold: number | null;
}

export interface TrainBankWork extends Omit<FoldWork, 'dataset' | 'thread' | 'audio' | 'params'> {
  readonly params: TrainBankParams;
  readonly newBanks: NewBanks;
  readonly borrowBoard: BorrowBoard;
  allowed(real: string): Promise<boolean>;
}

/** @throws CurlewError of data set and training; REQUEST_INVALID for a fold that is not there; ABORTED */
export async function trainBank(work: TrainBankWork, context: JobContext): Promise<TrainResult> {
  const { params, newBanks, allowed } = work;
  const { path, name, heldOutFold } = params;
  const dataset = await dataSetOf(params, allowed);
  const thread = new StudyThread(context.signal);
  const audio = new RememberedAudio();
  try {
    const trained = await trainFold(
      { ...work, dataset, thread, audio },
      heldOutFold,
      within(context, 0, params.cascade.length === 0 ? 1 : 0.8, 1, ''),
    );
    // the bank holds its encoder itself
    const encoder = trained.encoder && { ...trained.encoder, id: `${name}-encoder` };
    const cascade =
      params.cascade.length === 0
        ? null
        : withOwnEncoders(
            await trainBankCascade(
              { ...work, dataset, thread, audio },
              heldOutFold,
              within(context, 0.8, 0.15, 1, ''),
            ),
            name,
            encoder && { from: trained.encoder!.id, encoder },
          );
    const models = { ...trained, encoder };
    context.progress(0.97, 'writing the bank');
    const shown = await assessModels(
      models,
      { ...defaultStudyParams, ...params, alphas: [params.alpha] },
      thread,
    );
    const folder = await newBanks.folder(name);
    // beside its place first, so that a bank is there whole or not at all
    const unfinished = `${work.folder}/bank`;
    await rm(unfinished, { recursive: true, force: true });
    const dataSet = dataSetSummary(basename(path), models.data.heard);
    await writeBank(unfinished, {
      params,
      models,
      dataSet,
      date: utcDay(Date.now()),
      attribution: '',
      prefix: name,
      title: name,
      order: params.bank,
      shown,
      all: [shown],
      encoders: encodersOf(encoder, cascade),
      ...(cascade && { cascade }),
      clips: [],
      trainedOn: await trainedOn(dataset, learnedFrom(models), context.signal),
      nextVersion: newBanks.nextVersion,
    });
    await rename(unfinished, folder);
    await newBanks.add(name);
    await rm(work.folder, { recursive: true, force: true });
    return {
      kind: 'train',
      bank: name,
      curves: curvesOf(models),
      trainingSeconds: models.seconds.all,
      effort: { fits: fitsOf(params), clips: dataset.clips.length, seconds: models.seconds.all },
      problems: dataSet.problems.map((problem) => ({ ...problem, names: [...problem.names] })),
    };
  } finally {
    thread.close();
  }
}

/** Each once, that of the experts first. */
function encodersOf(encoder: UsableEncoder | null, cascade: BankCascade | null): UsableEncoder[] {
  const staged = cascade?.shown.chosen.flatMap((stage) => stage.encoder ?? []) ?? [];
  const all = [...(encoder ? [encoder] : []), ...staged];
  return [...new Map(all.map((one) => [one.id, one])).values()];
}

/** The clips that a fold's models were trained or chosen with. */
export const learnedFrom = ({ data, fold }: FoldModels): Clip[] =>
  data.heard.clips.filter((clip) => clip.fold !== fold);

/** @throws CurlewError as readDataset; REQUEST_INVALID for a held-out fold that is not there */
export async function dataSetOf(
  { path, layout, variant, seed, heldOutFold }: TrainBankParams,
  allowed: TrainBankWork['allowed'],
): Promise<Dataset> {
  const dataset = await readDataset(path, { ...(layout ? { layout } : {}), variant, seed, allowed });
  if (heldOutFold === null || dataset.folds.includes(heldOutFold)) return dataset;
  throw new CurlewError(
    'REQUEST_INVALID',
    `${path} has no fold ${heldOutFold}; it has ${dataset.folds.join(', ')}.`,
  );
}

export function curvesOf({ experts, router }: FoldModels): TrainResult['curves'] {
  const curves = Object.fromEntries([...experts].map(([kind, { reports }]) => [kind, [...reports]]));
  return router ? { ...curves, [routerId]: [...router.reports] } : curves;
}
