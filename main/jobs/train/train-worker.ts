/** The thread of a training job: one course after the other. */
import { workerData } from 'node:worker_threads';
import { quantizeExpert } from '../../../models/experts/quantize.ts';
import { calibrate } from '../../../models/training/calibrate.ts';
import type { Course } from '../../../models/training/course.ts';
import { splitOf } from '../../../models/training/split.ts';
import { routerCourse, type RouterOptions } from '../../../models/training/train-router.ts';
import { expertCourse, type TrainedExpert, type TrainingData } from '../../../models/training/train.ts';
import { CurlewError } from '../../contract/error.ts';
import { answerRequests } from '../../threads/worker-thread.ts';
import { routerId, type Unit } from './plan.ts';
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

async function openUnit({ options, experts }: Unit): Promise<TrainReply> {
  const training = (data ??= await readData(folder));
  const { id } = experts[0]!;
  const kept = await readCheckpoint(folder, id);
  const course = await expertCourse(training, options, kept?.course ?? null);
  return opened(id, course, kept?.seconds, async (seconds) => {
    const trained = course.result();
    for (const { id: expertId, options: own } of experts) {
      const { name, version, precision, calibration } = own;
      const expert =
        precision === 'static8'
          ? calibrate(trained.expert, training, splitOf(training, own).training, calibration)
          : trained.expert;
      await writeTrained(
        folder,
        expertId,
        precision,
        { ...trained, expert: { ...expert, name, version } },
        seconds,
      );
    }
  });
}

async function openRouter(options: RouterOptions, ids: readonly string[]): Promise<TrainReply> {
  const training = (data ??= await readData(folder));
  const experts = [];
  for (const id of ids) {
    const trained = await readTrained(folder, id);
    if (trained === null) throw new CurlewError('INTERNAL', `The expert ${id} is not trained yet.`);
    experts.push(quantizeExpert(trained.expert, trained.precision));
  }
  const kept = await readCheckpoint(folder, routerId);
  const course = await routerCourse(training, experts, options, kept?.course ?? null);
  return opened(routerId, course, kept?.seconds, (seconds) =>
    writeTrained(folder, routerId, options.precision, course.result(), seconds),
  );
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
  if (request.type === 'open-unit') return openUnit(request.unit);
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
