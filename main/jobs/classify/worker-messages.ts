/** What the lab and a classification worker say to each other: one request, one answer, in turn. */
import type { RecordingAbout, RecordingInfo, RecordingNote } from '../../contract/types.ts';
import type { Stood } from '../../recordings/about/about.ts';
import type { ModelInput } from './answerers.ts';
import type { Grid } from './contract/grid.ts';
import type { Span } from './spans.ts';
import type { Windows } from './windows.ts';

export interface WorkerInput {
  model: ModelInput;
  stood: Stood;
}

/** What is looked at before a recording is heard. */
export interface Looked {
  info: RecordingInfo;
  about: RecordingAbout;
  bytes: number;
  modifiedMs: number;
  sha256: string;
  ms: number;
}

export interface HearRequest extends Span {
  type: 'hear';
  path: string;
  /** What the file was when it was looked at; what is written behind that is not heard. */
  bytes: number;
  grid: Grid;
  highPassHz: number;
}

export type WorkerRequest =
  | { type: 'start' }
  | { type: 'look'; path: string }
  /** Begins a part of a recording, in place of the one before. */
  | HearRequest
  /** The next windows of it. */
  | { type: 'next' };

export interface HeardEnd {
  /** Samples at the grid's rate from the recording's beginning to where the part ended; 0 where nothing of it was there. */
  samples: number;
  /** What a person should know of the recording, as far as this part tells. */
  notes: readonly RecordingNote[];
  /** What the file was when the part had been heard; null where it was gone, left out by labs of before. */
  left?: { bytes: number; modifiedMs: number } | null | undefined;
  /** Time that reading and decoding took, and the model. */
  readMs: number;
  modelMs: number;
}

export type WorkerReply =
  | { type: 'started'; classes: number }
  | ({ type: 'looked' } & Looked)
  | { type: 'hearing' }
  | { type: 'windows'; windows: Windows }
  | ({ type: 'end' } & HeardEnd);
