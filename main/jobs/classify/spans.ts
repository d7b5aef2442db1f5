/** How a recording is shared out among workers: the same way however many there are. */
import type { ChannelChoice, RecordingInfo } from '../../contract/types.ts';
import { resampledLength } from '../../recordings/resample.ts';
import { CurlewError } from '../../contract/error.ts';
import { grouped } from '../../contract/figures.ts';
import type { Answering } from './answering.ts';
import { windowsIn } from './grid.ts';

/** A part of a recording: windows from one up to before another; null: to its end. */
export interface Span {
  /** Counted from 0; null: the channels' mean. */
  channel: number | null;
  fromWindow: number;
  toWindow: number | null;
}

/** A part is about so long: what a killed lab may lose of a long recording, and for what a worker may wait at its end. */
const spanSeconds = 300;
/** Where windows follow each other closely, parts are shorter. */
const mostSpanWindows = 3750;
/** Probabilities of a part, 16 MB of them: of a model with thousands of classes parts are shorter. */
const mostSpanNumbers = 4_000_000;

const enteredAnywhere = new Set(['WAV', 'Wave64', 'AIFF', 'FLAC']);

/**
 * Formats that can be entered anywhere are cut; the others are decoded from their beginning, once.
 * @throws CurlewError FILE_UNSUPPORTED where there is no such channel; FILE_TOO_LARGE
 */
export function spansOf(
  info: RecordingInfo,
  channel: ChannelChoice,
  { grid, classes, mostWindows }: Pick<Answering, 'grid' | 'classes' | 'mostWindows'>,
): Span[] {
  const spanWindows = Math.min(
    mostSpanWindows,
    Math.max(1, Math.floor((spanSeconds * grid.rate) / grid.hopSamples)),
    Math.max(1, Math.floor(mostSpanNumbers / classes.length)),
  );
  return channelsOf(info, channel).flatMap((one) => {
    const windows =
      enteredAnywhere.has(info.format) && info.seconds !== null
        ? windowsIn(
            resampledLength(Math.round(info.seconds * info.sampleRate), info.sampleRate, grid.rate),
            grid,
          )
        : 0;
    requireRoom(info.path, windows, mostWindows);
    const count = Math.max(1, Math.round(windows / spanWindows));
    const first = (part: number) => Math.round((part * windows) / count);
    return Array.from({ length: count }, (_, i): Span => ({
      channel: one,
      fromWindow: first(i),
      toWindow: i === count - 1 ? null : first(i + 1),
    }));
  });
}

/** @throws CurlewError FILE_TOO_LARGE where there are more windows than are held at once */
export function requireRoom(path: string, windows: number, most: number | null): void {
  if (most === null || windows <= most) return;
  throw new CurlewError(
    'FILE_TOO_LARGE',
    `${path} has more than ${grouped(most)} windows, which is all that is held at once of a model with so many classes; cut it into shorter recordings.`,
    { path, windows, most },
  );
}

function channelsOf({ path, channels }: RecordingInfo, choice: ChannelChoice): (number | null)[] {
  if (choice === 'mix') return [null];
  if (choice === 'each') return channels === 1 ? [null] : Array.from({ length: channels }, (_, c) => c);
  if (choice < channels) return [channels === 1 ? null : choice];
  throw new CurlewError(
    'FILE_UNSUPPORTED',
    `${path} has ${channels === 1 ? 'one channel' : `${channels} channels`}, and channel ${choice + 1} was asked for, counted from 1; choose another, or the mix.`,
    { path, channels, channel: choice },
  );
}
