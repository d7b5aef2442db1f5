/** A recording as a board hears it, a piece at a time: no length is too long, and no piece large. */
import type { Background } from '../../background/background.ts';
import { patchHopSamples, patchSamples } from '../../../models/features/log-mel.ts';
import { requireOneWindow } from '../../recordings/pcm16k.ts';
import { targetRate } from '../../recordings/resample.ts';

/** Ten minutes: 19 MB. */
const pieceWindows = 1250;

export interface Stretch {
  startS: number;
  /** Null: to the end. */
  durationS: number | null;
}

/** A window of a recording: int16 at 16 kHz. */
export interface SoundWindow {
  startS: number;
  pcm: Int16Array;
}

/**
 * The windows of a stretch of a recording, 15,600 samples every 7,680, as the references cut them.
 * @throws CurlewError of the recording; FILE_TOO_SHORT where not one window fits
 */
export async function* windowsOf(
  background: Pick<Background, 'run'>,
  path: string,
  { startS, durationS }: Stretch,
): AsyncGenerator<SoundWindow> {
  const first = Math.round(startS * targetRate);
  const end = durationS === null ? Infinity : first + Math.round(durationS * targetRate);
  const pieceSamples = pieceWindows * patchHopSamples;
  for (let from = first; ; from += pieceSamples) {
    const wanted = Math.min(pieceSamples + patchSamples - patchHopSamples, end - from);
    const pcm = await background.run('decodeSpan', path, from / targetRate, wanted / targetRate);
    if (from === first) requireOneWindow(path, pcm.length);
    for (let at = 0; at < pieceSamples && at + patchSamples <= pcm.length; at += patchHopSamples) {
      yield { startS: (from + at) / targetRate, pcm: pcm.slice(at, at + patchSamples) };
    }
    if (pcm.length < pieceSamples + patchSamples - patchHopSamples) return;
  }
}
