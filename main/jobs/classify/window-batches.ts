/** Cuts the 16 kHz samples of a recording into batches of windows: the same windows as of the recording as a whole. */
import { patchCount, patchHopSamples, patchSamples } from '../../../models/features/log-mel.ts';
import type { Recording } from '../../recordings/decode.ts';
import { convert16kMono, requireOneWindow, toInt16 } from '../../recordings/pcm16k.ts';

/** Windows that go through the graph at once. */
export const batchWindows = 64;

const batchSamples = (batchWindows - 1) * patchHopSamples + patchSamples;

export interface WindowBatch {
  firstWindow: number;
  windows: number;
  /** As the board gets them: int16 / 32768. Valid until the next batch. */
  pcm: Float32Array;
}

/**
 * @param fromWindow the first window wanted, for taking a recording up again
 * @returns the number of 16 kHz samples of the recording
 * @throws CurlewError FILE_TOO_SHORT, FILE_DAMAGED, FILE_UNREADABLE, ABORTED
 */
export async function* windowBatches(
  recording: Recording,
  fromWindow: number,
): AsyncGenerator<WindowBatch, number, undefined> {
  const held = new Float32Array(batchSamples);
  let filled = 0;
  let firstWindow = fromWindow;
  let samples = fromWindow * patchHopSamples;
  for await (const piece of convert16kMono(recording, samples, Infinity)) {
    samples += piece.length;
    for (let at = 0; at < piece.length;) {
      const part = piece.subarray(at, at + batchSamples - filled);
      held.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < batchSamples) break;
      yield { firstWindow, windows: batchWindows, pcm: asBoard(held) };
      // The next window starts one hop after the last; what it shares with this batch is kept.
      held.copyWithin(0, batchWindows * patchHopSamples);
      filled = batchSamples - batchWindows * patchHopSamples;
      firstWindow += batchWindows;
    }
  }
  if (fromWindow === 0) requireOneWindow(recording.info.path, samples);
  const windows = patchCount(filled);
  if (windows > 0) yield { firstWindow, windows, pcm: asBoard(held.subarray(0, filled)) };
  return samples;
}

const asBoard = (samples: Float32Array): Float32Array =>
  Float32Array.from(toInt16(samples), (step) => step / 32_768);
