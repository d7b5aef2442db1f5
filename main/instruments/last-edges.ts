/** What lies between the last two times that a digital input fell, as benchmarks have energy told. */
import type { CaptureReader } from './capture-reader.ts';
import type { Energy } from './contract/energy.ts';
import { marksOf, within, type Mark } from './marks.ts';
import { energyOf } from './uncertainty.ts';

export interface LastEdgesWish {
  /** 0 to 7. */
  pin: number;
  volts: number;
  /** In which samples were lost, nobody knows where. */
  doubtful: readonly Mark[];
}

export interface LastEdges {
  /** How often it fell. */
  edges: number;
  /** Null where it did not fall twice. */
  between: Energy | null;
  /** Samples may be missing in it that nothing else tells of. */
  doubtful: boolean;
}

export function lastEdges(
  reader: CaptureReader,
  perSecond: number,
  { pin, volts, doubtful }: LastEdgesWish,
): LastEdges {
  const { marks, cut } = marksOf(reader, pin, 0, reader.samples);
  const falls = [...marks, ...cut]
    .map(({ to }) => to)
    .filter((to) => to < reader.samples)
    .sort((a, b) => a - b);
  const [from, to] = falls.slice(-2);
  if (from === undefined || to === undefined) return { edges: falls.length, between: null, doubtful: false };
  const ends = [from, to - 1].map((at) => reader.read(at, at + 1).currents[0]!);
  return {
    edges: falls.length,
    between: energyOf(reader.totals(from, to), volts, perSecond, ends),
    doubtful: within(doubtful, [{ from, to }])[0]!.length > 0,
  };
}
