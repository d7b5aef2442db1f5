/** What every decoder gives, whatever the format. */
import type { CurlewError } from '../contract/error.ts';
import type { NoteCode, RecordingInfo, RecordingNote } from '../contract/types.ts';

/** A stretch of decoded audio: one array a channel, samples in about −1 … 1 at the recording's own rate. */
export interface AudioChunk {
  channels: Float32Array[];
  /** Index of the first sample in the recording. */
  startSample: number;
}

/** Where a decoder says what is wrong with a file that still holds audio. */
export type ReportDamage = (damage: CurlewError, code?: NoteCode) => void;

export interface DecoderSource {
  info: RecordingInfo;
  /** What its headers tell already. */
  notes?: readonly RecordingNote[];
  /** Whether all is there that its header promises; left out where no header tells. */
  isWhole?: boolean;
  /**
   * Decodes from `fromSample` on (or from some earlier sample, which the caller drops).
   * Chunks follow each other without holes: a lost stretch comes as silence, so offsets hold.
   */
  decode(
    fromSample: number,
    signal: AbortSignal | undefined,
    damaged: ReportDamage,
    note: (note: RecordingNote) => void,
  ): AsyncGenerator<AudioChunk>;
}

/** Rates outside this are taken for a damaged header. */
export const lowestRate = 1_000;
export const highestRate = 1_000_000;
