/** Spectrograms of stretches of recordings at their own rate, at any zoom in time. */
import { CurlewError } from '../contract/error.ts';
import type { ChannelHeard, SpectrogramPiece, SpectrogramWish } from './contract.ts';
import { openRecording, type Recording } from './decode.ts';
import { mixDown } from './pcm16k.ts';
import { spectraOf } from './stft.ts';

/** Levels are steps of half a decibel, 0 for −127.5 dB and below, 255 for a sine of full scale. */
const stepsPerDecibel = 2;
const loudest = 255;

/** Of one column: where columns are longer than these reach with half an overlap, they stand evenly apart. */
const mostWindows = 256;

/**
 * Columns from `startS` on, each the loudest of the windows whose middles lie in it, so that a short sound is seen at
 * any zoom; fewer columns where the recording ends.
 * @throws CurlewError as openRecording; REQUEST_INVALID for a channel that the recording lacks
 */
export async function spectrogramOf(path: string, wish: SpectrogramWish): Promise<SpectrogramPiece> {
  const recording = await openRecording(path);
  const { sampleRate } = recording.info;
  const spectra = spectraOf(wish.windowSamples);
  const columnSamples = wish.columnS * sampleRate;
  const perColumn = Math.min(mostWindows, Math.max(1, Math.ceil(columnSamples / (wish.windowSamples / 2))));
  const first = wish.startS * sampleRate;
  const middle = (window: number) => Math.floor(first + ((window + 0.5) * columnSamples) / perColumn);
  const total = wish.columns * perColumn;

  const powers = new Float64Array(wish.columns * spectra.bands);
  let end = 0;
  const found = [new Float64Array(spectra.bands), new Float64Array(spectra.bands)] as const;
  const silence = new Float32Array(wish.windowSamples);
  let waiting: { window: number; samples: Float32Array } | null = null;
  const take = (window: number, power: Float64Array): void => {
    const at = Math.floor(window / perColumn) * spectra.bands;
    for (let band = 0; band < spectra.bands; band++) {
      if (power[band]! > powers[at + band]!) powers[at + band] = power[band]!;
    }
  };
  const flush = (next: { window: number; samples: Float32Array } | null): void => {
    if (waiting === null) return;
    spectra.pair(waiting.samples, next?.samples ?? silence, ...found);
    take(waiting.window, found[0]);
    if (next) take(next.window, found[1]);
    waiting = null;
  };
  const half = wish.windowSamples / 2;
  for await (const { window, samples, length } of windowsAt(
    recording,
    wish,
    total,
    (one) => middle(one) - half,
  )) {
    // Of a window whose middle lies behind the end there is no column.
    if (middle(window) >= length) break;
    end = Math.floor(window / perColumn) + 1;
    if (waiting === null) waiting = { window, samples };
    else flush({ window, samples });
  }
  flush(null);
  const levels = new Uint8Array(end * spectra.bands);
  for (let i = 0; i < levels.length; i++) {
    levels[i] = Math.max(0, loudest + stepsPerDecibel * 10 * Math.log10(powers[i]! + 1e-13));
  }
  return { columns: end, bands: spectra.bands, sampleRate, levels };
}

/**
 * The samples of `total` windows that begin where `beginning` says, in its rising order; silence before the recording's
 * beginning and behind its end.
 * @returns with `length`: how far the recording is known to go
 */
async function* windowsAt(
  recording: Recording,
  { windowSamples, channel }: SpectrogramWish,
  total: number,
  beginning: (window: number) => number,
): AsyncGenerator<{ window: number; samples: Float32Array; length: number }> {
  const from = Math.max(0, beginning(0));
  let held = new Float32Array(0);
  let heldFrom = from;
  let window = 0;
  for await (const chunk of recording.samples(from, beginning(total - 1) + windowSamples)) {
    const samples = heardOf(recording, chunk.channels, channel);
    const joined = new Float32Array(held.length + samples.length);
    joined.set(held);
    joined.set(samples, held.length);
    held = joined;
    const length = heldFrom + held.length;
    while (window < total && beginning(window) + windowSamples <= length) {
      yield { window, samples: cut(held, beginning(window) - heldFrom, windowSamples), length };
      window++;
    }
    const needed = window < total ? Math.max(heldFrom, beginning(window)) : length;
    held = held.slice(Math.min(held.length, needed - heldFrom));
    heldFrom = Math.min(length, needed);
  }
  for (; window < total; window++) {
    const length = heldFrom + held.length;
    yield { window, samples: cut(held, beginning(window) - heldFrom, windowSamples), length };
  }
}

/** So many samples from a place on that may lie before the first; silence where there are none. */
function cut(samples: Float32Array, from: number, length: number): Float32Array {
  const out = new Float32Array(length);
  const before = Math.max(0, -from);
  if (before < length) out.set(samples.subarray(Math.max(0, from), Math.max(0, from + length)), before);
  return out;
}

/** The mean of the channels, or one of them. @throws CurlewError REQUEST_INVALID where there is no such channel */
export function heardOf(recording: Recording, channels: Float32Array[], heard: ChannelHeard): Float32Array {
  if (heard === 'mix') return mixDown(channels);
  const one = channels[heard];
  if (one) return one;
  const { path } = recording.info;
  throw new CurlewError(
    'REQUEST_INVALID',
    `${path} has ${channels.length} channels, counted from 1; there is no channel ${heard + 1}.`,
    { path },
  );
}
