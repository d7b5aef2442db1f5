/** Writing a capture as a file, and reading one: what each format is given, and what it gives. */
import type { CaptureWriter } from '../capture-writer.ts';
import type { Capture, CaptureFormat } from '../contract/captures.ts';
import type { Made } from './made.ts';

export interface ExportWish {
  folder: string;
  capture: Capture;
  from: number;
  to: number;
  format: CaptureFormat;
  /** There, and empty. */
  file: string;
}

/** Told how much is done, 0 to 1. */
export type Share = (done: number) => void;

/** What is written one after another. */
export interface Piece {
  bytes: Uint8Array;
  /** The sample behind the last one of it. */
  at: number;
}

/** Takes a file's samples into a capture. @returns what it tells of itself */
export type ReadFile = (path: string, writer: CaptureWriter, share: Share) => Promise<Made['about']>;
