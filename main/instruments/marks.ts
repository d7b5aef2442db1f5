/** Stretches in which a digital input is high: inferences, or stages of them, as the firmware marks them with a pin. */
import type { CaptureReader } from './capture-reader.ts';
import { levelSamples } from './pages.ts';
import { gap } from './totals.ts';

/** Samples from the first that is high up to the one behind the last. */
export interface Mark {
  from: number;
  to: number;
}

export interface Marks {
  marks: Mark[];
  /** That were high already at the beginning, or still at the end: how long they were nobody knows. */
  cut: Mark[];
}

/** @param pin 0 to 7 @param most marks; more are left out, and the last one tells where */
export function marksOf(
  reader: CaptureReader,
  pin: number,
  from: number,
  to: number,
  most = Infinity,
): Marks {
  const bit = 1 << pin;
  const end = Math.min(to, reader.samples);
  const marks: Mark[] = [];
  const cut: Mark[] = [];
  /** Null before anything is known. */
  let high: boolean | null = null;
  let since = from;
  /** Whether it was seen to go high. */
  let begun = false;
  /** The first of the lost samples right behind which one is looked at; -1 where there are none. */
  let lostFrom = -1;
  const seen = (is: boolean, at: number): void => {
    if (is === high) return;
    if (is) {
      // Where samples are missing before it, it may have begun with the first of them.
      since = lostFrom < 0 ? at : lostFrom;
      begun = high !== null;
    } else if (high === true) {
      if (!begun) cut.push({ from: since, to: at });
      else if (marks.length < most) marks.push({ from: since, to: at });
    }
    high = is;
  };
  const scan = (level: number, first: number): void => {
    const size = level < 0 ? 0 : levelSamples[level]!;
    const whole = level >= 0 && first >= from && first + size <= end && reader.hasEntry(level, first / size);
    if (whole) {
      const one = reader.entry(level, first / size);
      if (one.count === 0) {
        if (lostFrom < 0) lostFrom = first;
        return;
      }
      const [ever, always] = [(one.ever & bit) !== 0, (one.always & bit) !== 0];
      if (ever === always && one.lost === 0) {
        seen(ever, first);
        lostFrom = -1;
        return;
      }
    }
    if (level > 0) {
      const below = levelSamples[level - 1]!;
      for (let at = first; at < first + size && at < end; at += below)
        if (at + below > from) scan(level - 1, at);
      return;
    }
    reader.each(Math.max(from, first), Math.min(end, first + size), (block, a, b, at) => {
      for (let i = a; i < b; i++) {
        if (block.ranges[i] === gap) {
          if (lostFrom < 0) lostFrom = at + i - a;
          continue;
        }
        seen((block.logic[i]! & bit) !== 0, at + i - a);
        lostFrom = -1;
      }
    });
  };
  const top = levelSamples.length - 1;
  const size = levelSamples[top]!;
  for (let at = from - (from % size); at < end; at += size) scan(top, at);
  if (high === true) cut.push({ from: since, to: end });
  return { marks, cut };
}

/** What of the marks lies within others, in their order. */
export function within(inner: readonly Mark[], outer: readonly Mark[]): Mark[][] {
  let first = 0;
  return outer.map(({ from, to }) => {
    while (first < inner.length && inner[first]!.to <= from) first++;
    const found: Mark[] = [];
    for (let at = first; at < inner.length && inner[at]!.from < to; at++) {
      found.push({ from: Math.max(from, inner[at]!.from), to: Math.min(to, inner[at]!.to) });
    }
    return found;
  });
}
