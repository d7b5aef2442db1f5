/** A stretch of a recording as a WAV file of its own, at its own rate. */
import { CurlewError } from '../contract/error.ts';
import { openRecording, type AudioChunk } from './decode.ts';

export interface ClipWish {
  /** Seconds within the recording, each to the nearest sample; what lies outside the recording is left out. */
  startS: number;
  endS: number;
  /** Counted from 0; null: all. */
  channel: number | null;
}

export interface Clip {
  /** A whole file: PCM, 16 bit. Of a recording of 16 bits or fewer the samples are the very same. */
  wav: Uint8Array;
  sampleRate: number;
  /** Of the recording's samples, the first and how many. */
  startSample: number;
  samples: number;
}

/** The longest clip: it is held in memory. */
export const longestClipS = 600;

/**
 * @throws CurlewError as openRecording; FILE_TOO_SHORT where the recording ends before the stretch begins;
 *   REQUEST_INVALID for a stretch longer than `longestClipS` or a channel that is not there
 */
export async function cutClip(path: string, { startS, endS, channel }: ClipWish): Promise<Clip> {
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
  const kept = channel === null ? channels : 1;
  const wav = wavHeader(samples, kept, sampleRate);
  const data = new DataView(wav.buffer);
  let at = headerBytes;
  for (const chunk of chunks) {
    const own = channel === null ? chunk.channels : [chunk.channels[channel]!];
    for (let i = 0; i < own[0]!.length; i++) {
      for (const one of own) {
        data.setInt16(at, Math.max(-32_768, Math.min(32_767, Math.round(one[i]! * 32_768))), true);
        at += 2;
      }
    }
  }
  return { wav, sampleRate, startSample, samples };
}

const headerBytes = 44;

/** A file of so many samples of each channel, all of them zero. */
function wavHeader(samples: number, channels: number, sampleRate: number): Uint8Array {
  const dataBytes = samples * channels * 2;
  const wav = new Uint8Array(headerBytes + dataBytes);
  const view = new DataView(wav.buffer);
  const word = (at: number, text: string): void => wav.set(Buffer.from(text, 'latin1'), at);
  word(0, 'RIFF');
  view.setUint32(4, headerBytes - 8 + dataBytes, true);
  word(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * channels * 2, true);
  view.setUint16(32, channels * 2, true);
  view.setUint16(34, 16, true);
  word(36, 'data');
  view.setUint32(40, dataBytes, true);
  return wav;
}
