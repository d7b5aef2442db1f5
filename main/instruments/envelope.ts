/** A capture as it is drawn: so many stretches, each with its least, mean and most, from the level that is fine enough. */
import type { Envelope } from './contract/captures.ts';
import type { CaptureReader } from './capture-reader.ts';
import { levelSamples } from './pages.ts';
import { Totals } from './totals.ts';

/** @param from @param to samples @param points at most; fewer where there are not as many samples */
export function envelopeOf(reader: CaptureReader, from: number, to: number, points: number): Envelope {
  const start = Math.max(0, Math.floor(from));
  const end = Math.min(reader.samples, Math.ceil(to));
  const every = Math.max(1, Math.ceil((end - start) / points));
  const count = end <= start ? 0 : Math.ceil((end - start) / every);
  const stretches = Array.from({ length: count }, () => new Totals());
  const level = levelSamples.findLastIndex((size) => size <= every);
  if (level < 0) {
    reader.each(start, end, (block, a, b, first) => {
      for (let at = a; at < b;) {
        const index = Math.floor((first - a + at - start) / every);
        const until = Math.min(b, a + start + (index + 1) * every - first);
        stretches[index]!.take(block, at, until, NaN);
        at = until;
      }
    });
  } else {
    reader.eachEntry(level, start, end, (one, first) => {
      const middle = first + one.covered / 2;
      stretches[Math.max(0, Math.min(count - 1, Math.floor((middle - start) / every)))]!.add(one);
    });
  }
  const numbers = (of: (one: Totals) => number): (number | null)[] =>
    stretches.map((one) => (one.count === 0 ? null : of(one)));
  return {
    ...{ fromSample: start, everySamples: every, samples: reader.samples },
    min: numbers(({ min }) => min),
    mean: numbers(({ mean }) => mean),
    max: numbers(({ max }) => max),
    lost: stretches.map(({ lost }) => lost),
    ever: stretches.map(({ ever }) => ever),
    always: stretches.map((one) => (one.count === 0 ? 0 : one.always)),
  };
}
