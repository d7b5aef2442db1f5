/** A stretch of a recording as a file of its own, at its own rate. */
import { CurlewError } from '../contract/error.ts';
import { concatenate } from './concatenate.ts';
import type { ClipFormat } from './contract.ts';
import { openRecording, type AudioChunk } from './decode.ts';
import { toInt16 } from './pcm16k.ts';
import { flacFile } from './write-flac.ts';
import { wavFile } from './write-wav.ts';

export interface ClipWish {
  /** Seconds within the recording, each to the nearest sample; what lies outside the recording is left out. */
  startS: number;
  endS: number;
  /** Counted from 0; null: all. */
  channel: number | null;
  format: ClipFormat;
}

export interface Clip {
  /** A whole file of 16 bits. Of a recording of 16 bits or fewer the samples are the very same. */
  file: Uint8Array;
  sampleRate: number;
  /** Of the recording's samples, the first and how many. */
  startSample: number;
  samples: number;
}

/** The longest clip: it is held in memory. */
export const longestClipS = 600;

/**
 * @throws CurlewError as openRecording; FILE_TOO_SHORT where the recording ends before the stretch begins;
 *   REQUEST_INVALID for a stretch longer than `longestClipS`, a channel that is not there, and as flacFile
 */
export async function cutClip(path: string, { startS, endS, channel, format }: ClipWish): Promise<Clip> {
  const length = Math.max(0, endS - Math.max(0, startS));
  if (length > longestClipS) {
    throw new CurlewError(
      'REQUEST_INVALID',
      `A clip of ${length.toFixed(0)} s is too long: clips hold ${longestClipS} s at most.`,
      { path },
    );
  }
  const recording = await openRecording(path);
  const { sampleRate, channels } = recording.info;
  if (channel !== null && channel >= channels) {
    throw new CurlewError('REQUEST_INVALID', `${path} has no channel ${channel + 1}: it has ${channels}.`, {
      path,
    });
  }
  const startSample = Math.round(Math.max(0, startS) * sampleRate);
  const chunks: AudioChunk[] = [];
  for await (const chunk of recording.samples(startSample, Math.round(endS * sampleRate))) chunks.push(chunk);
  const samples = chunks.reduce((sum, chunk) => sum + chunk.channels[0]!.length, 0);
  if (samples === 0) {
    throw new CurlewError(
      'FILE_TOO_SHORT',
      `${path} ends before ${startS.toFixed(2)} s: it is not the recording that was classified, or was cut short since.`,
      { path, startS },
    );
  }
  const kept = channel === null ? Array.from({ length: channels }, (_, i) => i) : [channel];
  const pcm = kept.map((one) => toInt16(concatenate(chunks.map((chunk) => chunk.channels[one]!))));
  return { file: files[format](pcm, sampleRate), sampleRate, startSample, samples };
}

const files = { wav: wavFile, flac: flacFile };
