/** A stretch of a capture as a capture of its own. */
import { CaptureReader } from '../capture-reader.ts';
import { CaptureWriter } from '../capture-writer.ts';
import type { Share } from './file-work.ts';
import { madeOf, type Made } from './made.ts';

export interface TrimWish {
  folder: string;
  from: number;
  to: number;
  /** Of the new one. */
  into: string;
}

/** @throws CurlewError FILE_DAMAGED; what the file system does */
export async function trimCapture({ folder, from, to, into }: TrimWish, share: Share): Promise<Made> {
  const reader = new CaptureReader(folder);
  const writer = new CaptureWriter(into);
  try {
    let told = 0;
    reader.each(from, to, ({ currents, logic, ranges }, a, b, first) => {
      for (let at = a; at < b; at++) writer.sample(currents[at]!, logic[at]!, ranges[at]!);
      const done = Math.floor((100 * (first - from)) / Math.max(1, to - from));
      if (done > told) share((told = done) / 100);
    });
  } finally {
    reader.close();
    writer.end();
  }
  return madeOf(writer);
}
