/** What the lab and a thread of a comparison call of each other; see compare-threads.ts and compare-worker.ts. */
import type { BoardSummary } from '../../../models/report/results.ts';
import type { Calls } from '../../threads/peer.ts';
import type { BoardAnswer, BoardWindow } from './board-answers.ts';
import type { BothHeard, Referred, Routed } from './reference-desk.ts';

/** A thread is a virtual board, or it is references: what it is asked first decides. */
export interface WorkerCalls extends Calls {
  /** Of the shipped bank and of the lab’s own. */
  open(bankFolders: readonly [string, string | null]): Promise<void>;

  /** A clip’s first windows, int16 at 16 kHz; zeros follow a shorter one. @throws CurlewError of the recording */
  hear(path: string, windows: number): Promise<Int16Array>;
  refer(expertId: string, pcm: Int16Array): Promise<Referred>;
  route(routerId: string, heard: readonly BothHeard[]): Promise<Routed[]>;

  /** Switches a board on, as `borrowBoard` names it, and keeps it until `leaveBoard`. */
  useBoard(choice: string): Promise<BoardSummary>;
  deploy(modelId: string): Promise<readonly number[]>;
  answer(windows: readonly BoardWindow[]): Promise<BoardAnswer[]>;
  leaveBoard(): Promise<void>;
}

export type LabCalls = Calls;
