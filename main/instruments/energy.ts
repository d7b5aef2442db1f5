/** What inferences of a capture take, and their stages, between the marks that the firmware makes with pins. */
import type { CaptureReader } from './capture-reader.ts';
import type { Energy, EnergyResult, MarkedEnergy, Spread, StageEnergy } from './contract/energy.ts';
import { listedMarks } from './contract/energy.ts';
import { marksOf, within, type Mark } from './marks.ts';
import { Totals } from './totals.ts';
import { energyOf } from './uncertainty.ts';

export interface EnergyWish {
  from: number;
  to: number;
  volts: number;
  /** High while an inference lasts; null where none is marked. */
  pin: number | null;
  stages: readonly { name: string; pin: number }[];
  /** In which samples were lost, nobody knows where: what is marked in them may lack some. */
  doubtful: readonly Mark[];
}

export function energiesOf(reader: CaptureReader, perSecond: number, wish: EnergyWish): EnergyResult {
  const { volts, pin, stages } = wish;
  const [from, to] = [Math.max(0, wish.from), Math.min(wish.to, reader.samples)];
  const result: EnergyResult = {
    ...{ source: 'measured', volts, from, to, samplesPerSecond: perSecond },
    whole: energyOf(reader.totals(from, to), volts, perSecond),
    ...{ marked: null, stages: [] },
  };
  if (pin === null) return result;
  const { marks, cut } = marksOf(reader, pin, from, to);
  const each = marks.map((mark) => energyAt(reader, mark, volts, perSecond));
  const ends = cut.map(({ from: a, to: b }) => energyOf(reader.totals(a, b), volts, perSecond));
  const doubted = within(wish.doubtful, marks).map((found) => found.length > 0);
  // What was lost of one may be most of it: its energy says nothing of the others’.
  const isComplete = each.map(({ lost }, at) => lost === 0 && !doubted[at]);
  const complete = each.filter((_one, at) => isComplete[at]);
  result.marked = markedOf(marks, each, complete, ends, result.whole, perSecond);
  const whole = marks.filter((_mark, at) => isComplete[at]);
  result.stages = stages.map((stage) => stageOf(reader, stage, whole, wish, perSecond));
  return result;
}

function energyAt(reader: CaptureReader, { from, to }: Mark, volts: number, perSecond: number): Energy {
  const currents = reader.read(from, from + 1).currents;
  const last = reader.read(to - 1, to).currents;
  return energyOf(reader.totals(from, to), volts, perSecond, [currents[0]!, last[0]!]);
}

function markedOf(
  marks: readonly Mark[],
  each: readonly Energy[],
  complete: readonly Energy[],
  cut: readonly Energy[],
  whole: Energy,
  perSecond: number,
): MarkedEnergy {
  const inside = sumOf([...each, ...cut], ({ joules }) => joules);
  // Of samples that came, there as here.
  const came = ({ seconds, lost }: Energy): number => seconds - lost / perSecond;
  const restSeconds = came(whole) - sumOf([...each, ...cut], came);
  return {
    ...{ count: each.length, cut: cut.length, withLoss: each.length - complete.length },
    joules: spreadOf(complete.map(({ joules }) => joules)),
    seconds: spreadOf(complete.map(({ seconds }) => seconds)),
    uncertainty: meanUncertainty(complete),
    restWatts: restSeconds > 0.5 / perSecond ? (whole.joules - inside) / restSeconds : null,
    list: marks.slice(0, listedMarks).map(({ from, to }, at) => ({
      ...{ fromS: from / perSecond, toS: to / perSecond, joules: each[at]!.joules },
      ...{ uncertainty: each[at]!.uncertainty, lost: each[at]!.lost },
    })),
  };
}

function stageOf(
  reader: CaptureReader,
  { name, pin }: { name: string; pin: number },
  inferences: readonly Mark[],
  { from, to, volts }: EnergyWish,
  perSecond: number,
): StageEnergy {
  const found = within(marksOf(reader, pin, from, to).marks, inferences);
  const each = found
    .filter((marks) => marks.length > 0)
    .map((marks) => {
      const all = new Totals();
      for (const mark of marks) all.add(reader.totals(mark.from, mark.to));
      return energyOf(all, volts, perSecond);
    });
  return {
    ...{ name, pin, missing: found.filter((marks) => marks.length === 0).length },
    joules: spreadOf(each.map(({ joules }) => joules)),
    seconds: spreadOf(each.map(({ seconds }) => seconds)),
    uncertainty: meanUncertainty(each),
  };
}

const sumOf = (each: readonly Energy[], of: (one: Energy) => number): number =>
  each.reduce((sum, one) => sum + of(one), 0);

/** Of the mean of several: what is the same for all stays, what is chance shrinks with their number. */
function meanUncertainty(each: readonly Energy[]): number | null {
  if (each.length === 0) return null;
  const same = sumOf(each, ({ parts }) => parts.calibration + parts.resolution) / each.length;
  const chance = Math.sqrt(sumOf(each, ({ parts }) => parts.noise ** 2 + parts.edges ** 2)) / each.length;
  return same + chance;
}

function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  const squares = values.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  const middle = sorted.length >> 1;
  return {
    mean,
    deviation: values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1)),
    least: sorted[0]!,
    median: sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2,
    most: sorted.at(-1)!,
  };
}
