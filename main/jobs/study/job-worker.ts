/** The thread of one training, evaluation or import: all of its work but what only the lab can do. */
import { borrowBoard, isVirtual } from '../../fleet/borrow-board.ts';
import { Banks } from '../../banks/banks.ts';
import type { Job } from '../../contract/types.ts';
import type { BoardSummary } from '../../../models/report/results.ts';
import { offer } from '../../threads/offer.ts';
import type { JobContext } from '../definition.ts';
import { testBank } from './bank-test/bank-test-job.ts';
import { importEncoderJob } from './import-encoder.ts';
import type { LabCalls, Order, Place, WorkerCalls } from './job-calls.ts';
import type { NewBanks } from './new-banks.ts';
import { trialsOn, type Trials } from './on-board.ts';
import { evaluate, type StudyWork } from './study-job.ts';
import { trainBank } from './train-bank-job.ts';
import { trainOnOwn } from './train-on-own.ts';

let onTrialProgress: (done: number) => void = () => undefined;
let useLent: ((trials: Trials, about: BoardSummary) => Promise<void>) | null = null;

const side: WorkerCalls = {
  async run(order: Order, place: Place): Promise<Job['result']> {
    const { folder, cacheFolder, version, wasmPath, own, clip } = place;
    const context = contextOf(place.jobId);
    const banks = await Banks.open(...place.bankFolders);
    const common = {
      ...{ banks, own, folder, cacheFolder, version },
      allowed: (real: string) => lab.call('permits', real),
      onCurve: (...grown: Parameters<LabCalls['curve']>) => lab.tell('curve', ...grown),
    };
    switch (order.kind) {
      case 'train':
        if (own) return trainOnOwn({ ...common, own, clip, params: order.params, adopt }, context);
        return trainBank(
          { ...common, params: order.params, newBanks, borrowBoard: borrow(wasmPath) },
          context,
        );
      case 'encoder':
        return importEncoderJob({ ...common, params: order.params, newBanks }, context);
      case 'test-bank':
        return testBank({ ...common, params: order.params, borrowBoard: borrow(wasmPath) }, context);
      case 'evaluate':
        return evaluate({ ...common, params: order.params, borrowBoard: borrow(wasmPath) }, context);
    }
  },

  useBoard: (about) =>
    useLent!((trial, onProgress) => {
      onTrialProgress = onProgress;
      return lab.call('trial', trial);
    }, about),

  trialProgress: (done) => onTrialProgress(done),
};

const lab = offer<LabCalls>(side);

const newBanks: NewBanks = {
  nextVersion: (images) => lab.call('nextVersion', images),
  folder: (name) => lab.call('newFolder', name),
  add: (name) => lab.call('addBank', name),
};

const adopt = (folder: string): Promise<string> => lab.call('adoptModel', folder);

/** It is never aborted: the lab ends the thread. */
const contextOf = (jobId: string): JobContext => ({
  jobId,
  signal: new AbortController().signal,
  resumedFrom: null,
  progress: (fraction, detail) => lab.tell('progress', fraction, detail),
  checkpoint: (state) => lab.call('checkpoint', state),
  pausePoint: () => lab.call('pausePoint'),
});

/** A virtual board runs in this thread; all others, whose lines are the first thread's, are lent by the lab. */
const borrow =
  (wasmPath: string): StudyWork['borrowBoard'] =>
  async (choice, use, signal) => {
    if (choice === 'none' || isVirtual(choice)) {
      const run = (board: Parameters<typeof trialsOn>[0], about: BoardSummary) =>
        use(trialsOn(board, signal), about);
      return borrowBoard(choice, { fleet: null, wasmPath }, run, signal);
    }
    let used: Awaited<ReturnType<typeof use>> | null = null;
    useLent = async (trials, about) => void (used = await use(trials, about));
    await lab.call('lendBoard', choice);
    return used;
  };
