/** The work of a training on the embedding of a model of the person's own: an expert for the desktop, no board's. */
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { headModel } from '../../../models/experts/models.ts';
import { quantizeExpert } from '../../../models/experts/quantize.ts';
import { kindOf } from '../../../models/study/kinds.ts';
import type { TrainResult } from '../../contract/types.ts';
import { putBehind, type TakeOrder } from '../../own-models/take-model.ts';
import type { JobContext } from '../definition.ts';
import { assessModels } from './assess-models.ts';
import { bankFigures } from './bank-figures.ts';
import type { OwnEncoder } from './encoder-choice.ts';
import { defaultStudyParams } from './params.ts';
import { dataSetSummary } from './results.ts';
import { RememberedAudio } from '../../datasets/remembered-audio.ts';
import { StudyThread } from './study-thread.ts';
import { curvesOf, dataSetOf, type TrainBankWork } from './train-bank-job.ts';
import { trainFold } from './train-fold.ts';

export interface TrainOnOwnWork extends Omit<TrainBankWork, 'newBanks' | 'borrowBoard'> {
  readonly own: OwnEncoder;
  readonly clip: TakeOrder['clip'];
  /** Takes in the model that was put down in a folder. @returns its id */
  adopt(folder: string): Promise<string>;
}

/** @throws CurlewError of data set and training; MODEL_EXISTS; ABORTED */
export async function trainOnOwn(work: TrainOnOwnWork, context: JobContext): Promise<TrainResult> {
  const { params, own, clip, allowed, adopt, folder } = work;
  const { name, path, heldOutFold } = params;
  const kind = params.bank[0]!;
  const dataset = await dataSetOf(params, allowed);
  const thread = new StudyThread(context.signal);
  try {
    const models = await trainFold(
      { ...work, dataset, thread, audio: new RememberedAudio() },
      heldOutFold,
      context,
    );
    context.progress(0.97, 'trying the model');
    const shown = await assessModels(
      models,
      { ...defaultStudyParams, ...params, alphas: [params.alpha] },
      thread,
    );
    const labels = models.data.training.classes;
    const figures = bankFigures((outcome) => outcome.experts[0]!.answers, shown, [shown], labels.length);
    const { expert } = models.experts.get(kind)!;
    const head = headModel(quantizeExpert({ ...expert, name }, kindOf(kind).precision));
    const { accuracy, macroF1, clips: testedClips } = figures;
    const about = { kind, dataSet: basename(path), heldOutFold, testedClips, accuracy, macroF1 };
    // beside its place first, so that a model is there whole or not at all
    const unfinished = join(folder, 'model');
    await rm(unfinished, { recursive: true, force: true });
    await putBehind(own.folder, { name, labels, head, about }, unfinished, clip);
    const modelId = await adopt(unfinished);
    const { problems } = dataSetSummary(basename(path), models.data.heard);
    await rm(folder, { recursive: true, force: true });
    return {
      ...{ kind: 'train', bank: name, modelId, curves: curvesOf(models) },
      trainingSeconds: models.seconds.all,
      problems: problems.map((problem) => ({ ...problem, names: [...problem.names] })),
    };
  } finally {
    thread.close();
  }
}
