/** A clip that is no sound: the log-mel of one window, as a board kept it (devices/protocol/PROTOCOL.md, Group 68). */
import { logMelOf, readUncertain, uncertainBytes } from '../../devices/protocol/uncertain-window.ts';
import { CurlewError } from '../contract/error.ts';
import { readWhole } from '../regular-file.ts';

export const isLogMelName = (name: string): boolean => name.toLowerCase().endsWith('.logmel');

/** @returns 96 frames of 64 bands @throws CurlewError FILE_NOT_FOUND, FILE_UNREADABLE, FILE_TOO_LARGE, FILE_DAMAGED */
export async function readLogMel(path: string): Promise<Float32Array> {
  const bytes = await readWhole(path, uncertainBytes, 'a window’s log-mel');
  try {
    return logMelOf(readUncertain(bytes));
  } catch (cause) {
    throw new CurlewError(
      'FILE_DAMAGED',
      `${path} is no window that a board kept, or is damaged; make the labelled set again.`,
      { path },
      { cause },
    );
  }
}
