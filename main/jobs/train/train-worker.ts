/** The thread of a training job: one course after the other. */
import { workerData } from 'node:worker_threads';
import type { Expert } from '../../../models/experts/expert.ts';
import { quantizeExpert } from '../../../models/experts/quantize.ts';
import { calibrate } from '../../../models/training/calibrate.ts';
import type { Course } from '../../../models/training/course.ts';
import { crossFitOf, crossFitParts, heldOutLogits } from '../../../models/training/cross-fit.ts';
import { splitOf } from '../../../models/training/split.ts';
import { routerCourse, type Bank, type RouterOptions } from '../../../models/training/train-router.ts';
import {
  expertCourse,
  expertSplit,
  type TrainedExpert,
  type TrainingData,
} from '../../../models/training/train.ts';
import { CurlewError } from '../../contract/error.ts';
import { answerRequests } from '../../threads/worker-thread.ts';
import { routerId, trainingId, type Unit } from './plan.ts';
import type { TrainInput, TrainReply, TrainRequest } from './train-messages.ts';
import {
  readCheckpoint,
  readData,
  readTrained,
  removeCheckpoint,
  writeCheckpoint,
  writeTrained,
} from './work-folder.ts';

/** Milliseconds of training before the job hears of it: how soon it can pause. */
const momentMs = 250;

const { folder } = workerData as TrainInput;
let data: TrainingData | null = null;
let open: {
  readonly id: string;
  readonly course: Course<TrainedExpert>;
  /** that the course took, those before an interruption among them */
  seconds: number;
  finish(seconds: number): Promise<void>;
} | null = null;

async function openUnit({ options, experts }: Unit, without: number | null): Promise<TrainReply> {
  const training = (data ??= await readData(folder));
  const id = trainingId(experts[0]!.id, without);
  const kept = await readCheckpoint(folder, id);
  const course = await expertCourse(training, options, kept?.course ?? null, without);
  return opened(id, course, kept?.seconds, async (seconds) => {
    const trained = course.result();
    for (const { id: expertId, options: own } of experts) {
      const { name, version, precision, calibration } = own;
      const expert =
        precision === 'static8'
          ? calibrate(trained.expert, training, expertSplit(training, own, without).training, calibration)
          : trained.expert;
      await writeTrained(
        folder,
        trainingId(expertId, without),
        precision,
        { ...trained, expert: { ...expert, name, version } },
        seconds,
      );
    }
  });
}

async function openRouter(options: RouterOptions, ids: readonly string[]): Promise<TrainReply> {
  const training = (data ??= await readData(folder));
  const kept = await readCheckpoint(folder, routerId);
  const bank = await bankOf(training, options, ids);
  const course = await routerCourse(training, bank, options, kept?.course ?? null);
  return opened(routerId, course, kept?.seconds, (seconds) =>
    writeTrained(folder, routerId, options.precision, course.result(), seconds),
  );
}

/** The experts, and what they say of sounds that they have not heard. */
async function bankOf(training: TrainingData, options: RouterOptions, ids: readonly string[]): Promise<Bank> {
  const experts = await trainedExperts(ids, null);
  const ofParts = [];
  for (let part = 0; part < crossFitParts; part++) ofParts.push(await trainedExperts(ids, part));
  const split = splitOf(training, options);
  const crossFit = crossFitOf(training, split, options.seed);
  return { experts, logits: await heldOutLogits(training, split, crossFit, experts, ofParts) };
}

async function trainedExperts(ids: readonly string[], without: number | null): Promise<Expert[]> {
  const experts = [];
  for (const id of ids.map((one) => trainingId(one, without))) {
    const trained = await readTrained(folder, id);
    if (trained === null) throw new CurlewError('INTERNAL', `The expert ${id} is not trained yet.`);
    experts.push(quantizeExpert(trained.expert, trained.precision));
  }
  return experts;
}

function opened(
  id: string,
  course: Course<TrainedExpert>,
  seconds = 0,
  finish: (seconds: number) => Promise<void>,
): TrainReply {
  open?.course.dispose();
  open = { id, course, seconds, finish };
  return { type: 'opened', epochs: course.epochs, reports: [...course.reports], done: course.done };
}

async function answer(request: TrainRequest): Promise<TrainReply> {
  if (request.type === 'open-unit') return openUnit(request.unit, request.without);
  if (request.type === 'open-router') return openRouter(request.options, request.experts);
  const { id, course, seconds, finish } = open!;
  switch (request.type) {
    case 'run': {
      const began = performance.now();
      const until = began + momentMs;
      let report = course.step();
      while (report === null && !course.done && performance.now() < until) report = course.step();
      open!.seconds += (performance.now() - began) / 1000;
      return { type: 'ran', epochs: course.epochs, report, done: course.done };
    }
    case 'keep':
      await writeCheckpoint(folder, id, { course: course.checkpoint(), seconds });
      return { type: 'kept' };
    case 'finish':
      await finish(seconds);
      await removeCheckpoint(folder, id);
      return { type: 'finished' };
  }
}

answerRequests(answer);
