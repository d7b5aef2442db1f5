/** A stretch of a recording as small as a drawing of it takes. */
import { envelopeOf } from '../../models/report/plots/envelope.ts';
import type { HeardStretch } from '../../models/report/plots/sound.ts';
import { openRecording } from './decode.ts';
import { soundOf } from './sound.ts';
import { spectrogramOf } from './spectrogram.ts';

const columns = 160;
const bands = 40;
const pieces = 320;
const windowSamples = 512;

/** Shorter where the recording ends. @param seconds 30 at most @throws CurlewError as openRecording */
export async function heardStretch(path: string, startS: number, seconds: number): Promise<HeardStretch> {
  const { info } = await openRecording(path);
  const length = info.seconds === null ? seconds : Math.min(seconds, info.seconds - startS);
  const { pcm } = await soundOf(path, startS, length, 'mix');
  const found = await spectrogramOf(path, {
    ...{ channel: 'mix', startS, columns, windowSamples },
    columnS: Math.max(1e-5, length / columns),
  });
  return {
    ...{ startS, seconds: length, highestHz: info.sampleRate / 2 },
    wave: envelopeOf(pcm, pieces).map(([least, most]) => [least / 32_768, most / 32_768]),
    ...{ columns: found.columns, bands, levels: fewerBands(found) },
  };
}

/** The loudest of those that make one: a tone stays as loud as it is. */
function fewerBands(found: { columns: number; bands: number; levels: Uint8Array }): Uint8Array {
  const levels = new Uint8Array(found.columns * bands);
  for (let column = 0; column < found.columns; column++)
    for (let band = 0; band < found.bands; band++) {
      const at = column * bands + Math.min(bands - 1, Math.floor((band * bands) / found.bands));
      levels[at] = Math.max(levels[at]!, found.levels[column * found.bands + band]!);
    }
  return levels;
}
