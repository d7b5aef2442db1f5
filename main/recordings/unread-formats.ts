/** Formats of sound that Curlew does not read: files of them are told of by name, rather than passed over. */
import { extname } from 'node:path';
import { CurlewError } from '../contract/error.ts';

/** By extension. */
const byExtension = new Map([
  ['3gp', '3GP'],
  ['aac', 'AAC'],
  ['amr', 'AMR'],
  ['ape', 'Monkey’s Audio'],
  ['au', 'AU'],
  ['caf', 'CAF'],
  ['dsf', 'DSD'],
  ['m4a', 'M4A'],
  ['mka', 'Matroska'],
  ['mp2', 'MP2'],
  ['mp4', 'MP4'],
  ['snd', 'AU'],
  ['tta', 'TTA'],
  ['w4v', 'W4V'],
  ['wac', 'WAC'],
  ['webm', 'WebM'],
  ['wma', 'WMA'],
  ['wv', 'WavPack'],
]);
/** Of Wildlife Acoustics, whose own program alone converts them. */
const ofSongMeters = new Set(['WAC', 'W4V']);

/** The format that a name promises, where it is one that is not read. */
export const unreadFormat = (name: string): string | null =>
  byExtension.get(extname(name).slice(1).toLowerCase()) ?? null;

/** @param format as a person calls it */
export function unread(path: string, format: string): CurlewError {
  const how = ofSongMeters.has(format)
    ? 'convert it to WAV with Kaleidoscope'
    : 'convert it to WAV or FLAC, with ffmpeg for example';
  return new CurlewError('FILE_UNSUPPORTED', `${path} is ${format}, which Curlew does not read; ${how}.`, {
    path,
    format,
  });
}
