/** When a recording began, from its file's name. */
import { basename, extname } from 'node:path';
import { isoTime, type ToldTime } from './told-time.ts';

/** 2015 to 2038: seconds that recorders of the time wrote in hexadecimal. */
const hexadecimal = { from: Date.UTC(2015) / 1000, to: 2 ** 31 };

/**
 * AudioMoth (20260612_040000.WAV, 20260612_040000T.WAV, with its id before; 5CF1A2B0.WAV of early ones: seconds of UTC
 * in hexadecimal), Song Meter (SITE_20260612_040000.wav, SITE_0+1_20260612$040000.wav), Swift
 * (SITE_20260612_040000_-0400.wav), and ISO 8601 with or without what a name may not hold.
 */
export function timeOfName(path: string): ToldTime | null {
  const name = basename(path, extname(path));
  if (/^[0-9A-F]{8}$/i.test(name)) {
    const seconds = Number.parseInt(name, 16);
    const isTime = seconds >= hexadecimal.from && seconds < hexadecimal.to;
    return isTime ? { localMs: seconds * 1000, offsetMinutes: 0 } : null;
  }
  return isoTime(name);
}
