/** What a classification keeps: files, detections and windows. */
import type { ErrorCode } from '../../../contract/error.ts';
import type { RecordingNote } from '../../../recordings/contract.ts';

/**
 * How far a file came. `waiting`: it was listed, and is not done; `copy`: of the same bytes as a file before it;
 * `leftOut`: of a format that is not read.
 */
export const fileStates = ['waiting', 'classified', 'failed', 'copy', 'leftOut'] as const;
export type FileState = (typeof fileStates)[number];

/** A file as a listing finds it. */
export interface ListedFile {
  path: string;
  bytes: number;
  modifiedMs: number;
}

/** Why a file that was listed is not classified. */
export interface Unused {
  state: 'failed' | 'leftOut';
  format: string;
  error: { code: ErrorCode; message: string };
}

/** One file of a job. What is not known is null. */
export interface ClassifiedFile {
  jobId: string;
  /** Counted from 0 in the order in which the files were listed, which is that of every table. */
  fileId: number;
  path: string;
  state: FileState;
  bytes: number;
  modifiedMs: number;
  sha256: string | null;
  format: string;
  seconds: number;
  sampleRate: number;
  channels: number;
  windows: number;
  /** From the mean of the windows' probabilities; null where none was heard, as in digital silence. */
  classIndex: number | null;
  label: string | null;
  probability: number | null;
  notes: RecordingNote[];
  /** When it begins: UTC, and how far local time is ahead of it. */
  startMs: number | null;
  offsetMinutes: number | null;
  /** Where that was read. */
  timeSource: string | null;
  latitude: number | null;
  longitude: number | null;
  site: string | null;
  /** What the recorder tells of itself, in its own words: make, id, gain, battery, temperature. */
  recorder: Record<string, string | number> | null;
  /** How often each expert of a router answered, by its name; null without a router. */
  experts: Record<string, number> | null;
  /** Time that reading and decoding, and the model, took. */
  readMs: number;
  modelMs: number;
  /** The file before it of the same bytes, for a copy. */
  copyOf: string | null;
  error: { code: ErrorCode; message: string } | null;
}

/** Of a file of which nothing is known but that it was listed. */
export const unheard: Omit<ClassifiedFile, 'jobId' | 'fileId' | 'state' | keyof ListedFile> = {
  ...{ sha256: null, format: '', seconds: 0, sampleRate: 0, channels: 0, windows: 0, classIndex: null },
  ...{ label: null, probability: null, notes: [], startMs: null, offsetMinutes: null, timeSource: null },
  ...{ latitude: null, longitude: null, site: null, recorder: null, experts: null, readMs: 0, modelMs: 0 },
  ...{ copyOf: null, error: null },
};

/** A sound of one class: windows at or above the least probability that touch, overlap or are close. */
export interface Detection {
  jobId: string;
  fileId: number;
  /** Within its file: by beginning, channel, class. */
  number: number;
  path: string;
  /** Counted from 0; null where the channels were mixed. */
  channel: number | null;
  startS: number;
  endS: number;
  /** When it begins, UTC; null where the file does not tell when it was recorded. */
  atMs: number | null;
  classIndex: number;
  label: string;
  /** Mean probability of its windows at or above the least one. */
  confidence: number;
  /** The highest, and where that window begins. */
  peak: number;
  peakS: number;
  /** Windows at or above the least probability. */
  windows: number;
  /** Runs of such windows that a weaker one parts: calls, where these are further apart than a window is long. */
  calls: number;
  /** What answered at the peak: the expert's name, of a router the one it chose. */
  expert: string;
  /** Of the router at the peak; 0 without one. */
  curiosity: number;
  /** Of the probabilities at the peak, in nats. */
  entropy: number;
}

/** A window that was kept. */
export interface KeptWindow {
  fileId: number;
  channel: number | null;
  /** Counted from 0: it begins at `window` hops. */
  window: number;
  classIndex: number;
  probability: number;
  /** Of the expert that answered, in the router's order; 0 without a router. */
  place: number;
  curiosity: number;
  entropy: number;
}
