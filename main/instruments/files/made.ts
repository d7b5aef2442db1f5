/** What a capture comes to that was made of a file or of another. */
import type { CaptureWriter } from '../capture-writer.ts';
import type { Capture } from '../contract/captures.ts';
import type { Totals } from '../totals.ts';

export type Summed = Pick<Capture, 'samples' | 'lost' | 'least' | 'mean' | 'most'>;

/** What a file tells of itself; what it does not is null or left out. */
export interface Made extends Summed {
  about: Partial<Pick<Capture, 'name' | 'samplesPerSecond' | 'startedMs' | 'millivolts'>>;
}

export function summed(totals: Totals): Summed {
  const some = totals.count > 0;
  return {
    ...{ samples: totals.covered, lost: totals.lost },
    least: some ? totals.min : null,
    mean: some ? totals.mean : null,
    most: some ? totals.max : null,
  };
}

export const madeOf = (writer: CaptureWriter, about: Made['about'] = {}): Made => ({
  ...summed(writer.totals),
  about,
});
