/** What the lab and a thread of virtual boards call of each other. */
import type { BoardProfile } from '../../../devices/boards/profiles.ts';
import type { Calls } from '../../threads/peer.ts';
import type { WorkerError } from '../../threads/worker-thread.ts';

/** A board that a thread can make. */
export interface BoardMade {
  readonly name: string;
  /** 8 bytes. */
  readonly id: Uint8Array;
  /** The chip that it stands for. */
  readonly profile: BoardProfile;
  /** Where its flash is kept. */
  readonly flashFile: string;
}

/** A thread's side. A stream is named by a number that the lab gives it when it is opened. */
export interface BoardSide extends Calls {
  /** @throws CurlewError as VirtualBoard.open; PORT_FAILED where its flash file cannot be read */
  open(board: BoardMade, stream: number): Promise<void>;
  /** @throws CurlewError PORT_LOST */
  write(stream: number, bytes: Uint8Array): Promise<void>;
  /** @throws CurlewError PORT_LOST */
  setBaud(stream: number, baud: number): Promise<void>;
  close(stream: number): Promise<void>;
  setMicrophone(board: BoardMade, pcm: Int16Array | null): void;
  /** Switches a board off for good: its files go next. */
  forget(name: string): void;
  /** Switches every board off. @returns those whose flash could not be saved, and why */
  switchOff(): { name: string; error: WorkerError }[];
}

/** The lab's side. */
export interface StreamSide extends Calls {
  data(stream: number, bytes: Uint8Array): void;
  /** Told once, after the last data. */
  closed(stream: number, reason: WorkerError | null): void;
}
