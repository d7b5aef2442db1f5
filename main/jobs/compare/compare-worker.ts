/** A thread of a comparison: references in ONNX Runtime Web, or a virtual board. */
import * as ort from 'onnxruntime-web';
import type { CurlewBoard } from '../../../devices/drivers/curlew/board.ts';
import type { BoardSummary } from '../../../models/report/results.ts';
import { Banks } from '../../banks/banks.ts';
import { imagesOfModel } from '../../banks/model-images.ts';
import { CurlewError } from '../../contract/error.ts';
import { borrowBoard } from '../../fleet/borrow-board.ts';
import { concatenate } from '../../recordings/concatenate.ts';
import { read16kMono, toInt16 } from '../../recordings/pcm16k.ts';
import { targetRate } from '../../recordings/resample.ts';
import { resources } from '../../resources.ts';
import { offer } from '../../threads/offer.ts';
import { answerWindows, deployModel } from './board-answers.ts';
import type { LabCalls, WorkerCalls } from './compare-calls.ts';
import { ReferenceDesk, samplesOf } from './reference-desk.ts';

let banks: Banks | null = null;
let desk: ReferenceDesk | null = null;
let lent: { board: CurlewBoard; leave: () => void; left: Promise<unknown> } | null = null;

/** It is never aborted: the lab ends the thread. */
const { signal } = new AbortController();

const side: WorkerCalls = {
  async open(bankFolders) {
    const opened = await Banks.open(...bankFolders);
    banks = opened;
    desk = new ReferenceDesk(ort, (id, file) => opened.file(id, file));
  },

  async hear(path, windows) {
    const pieces: Float32Array[] = [];
    for await (const piece of read16kMono(path, { durationS: samplesOf(windows) / targetRate }))
      pieces.push(piece);
    const pcm = toInt16(concatenate(pieces));
    if (pcm.length === 0)
      throw new CurlewError('FILE_EMPTY', `${path} holds no sound; record it again or leave it out.`, {
        path,
      });
    if (pcm.length >= samplesOf(1)) return pcm;
    const whole = new Int16Array(samplesOf(1));
    whole.set(pcm);
    return whole;
  },

  refer: (expertId, pcm) => desk!.refer(expertId, pcm),
  route: (routerId, heard) => desk!.route(routerId, heard),

  useBoard: (choice) =>
    new Promise<BoardSummary>((resolve, reject) => {
      const left = borrowBoard(
        choice,
        { fleet: null, wasmPath: resources.virtualBoard },
        (board, about) =>
          new Promise<void>((leave) => {
            lent = { board, leave, left };
            resolve(about);
          }),
        signal,
      );
      left.catch(reject);
    }),

  async deploy(modelId) {
    return deployModel(lent!.board, await imagesOfModel(banks!, modelId), signal);
  },

  answer: (windows) => answerWindows(lent!.board, windows, { keep: true, signal }),

  async leaveBoard() {
    lent?.leave();
    await lent?.left;
  },
};

offer<LabCalls>(side);
