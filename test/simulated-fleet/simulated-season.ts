/**
 * A season of a fleet, as the distributions that its boards' days would have: what the valley hears changes with the
 * season and the weather, each board hears it in its own way, and some boards fail. Simulated, for the bench `drift`.
 */
import type { BoardDay, BoardPast, Counts } from '../../main/fleet/drift/fleet-drift.ts';
import { Random } from '../../models/training/random.ts';

export interface SeasonOptions {
  boards: number;
  /** Boards of a site hear the same weather. */
  boardsPerSite: number;
  days: number;
  /** Share of boards that fail, at a day between the limits. */
  failing: number;
  failsFrom: number;
  failsUntil: number;
  seed: number;
}

/** `deaf`: the microphone weakens over ten days. `stuck`: a class takes a share of all answers. `router`: experts change places. */
export type Fault = 'deaf' | 'stuck' | 'router';

export interface SimulatedPast extends BoardPast {
  site: number;
  fault: { kind: Fault; day: number } | null;
}

const classes = 10;
const experts = 3;
const faults: readonly Fault[] = ['deaf', 'stuck', 'router'];
/** Days until a weak microphone is as weak as it gets. */
const weakeningDays = 10;

export function simulatedSeason(options: SeasonOptions): SimulatedPast[] {
  const { boards, boardsPerSite, days, failing, failsFrom, failsUntil, seed } = options;
  const random = new Random(seed);
  const normal = (): number => {
    let total = -6;
    for (let i = 0; i < 12; i++) total += random.uniform();
    return total;
  };
  const weather = Array.from({ length: Math.ceil(boards / boardsPerSite) }, () =>
    walk(days, 0.6, 0.3, normal),
  );
  const common = Array.from({ length: classes }, () => 2 * random.uniform() - 1);
  const turn = Array.from({ length: classes }, () => random.uniform());
  return Array.from({ length: boards }, (_, number) => {
    const site = Math.floor(number / boardsPerSite);
    const own = Array.from({ length: classes }, () => 0.3 * normal());
    const mood = walk(days, 0.3, 0.15, normal);
    const fails = number < failing * boards;
    const fault = fails
      ? {
          kind: faults[number % faults.length]!,
          day: failsFrom + Math.floor(random.uniform() * (failsUntil - failsFrom)),
        }
      : null;
    const past = Array.from({ length: days }, (_, day): BoardDay => {
      const since = fault && day >= fault.day ? day - fault.day + 1 : 0;
      const has = (kind: Fault): boolean => since > 0 && fault?.kind === kind;
      const weak = has('deaf') ? Math.min(1, since / weakeningDays) : 0;
      const logits = common.map(
        (logit, c) =>
          logit +
          own[c]! +
          0.8 * Math.sin(2 * Math.PI * (day / 180 + turn[c]!)) +
          weather[site]!(day, c) +
          mood(day, c) +
          (c === 0 ? 0.8 * weak : 0),
      );
      const shares = softmax(logits);
      if (has('stuck')) shares.forEach((share, c) => (shares[c] = 0.9 * share + (c === 3 ? 0.1 : 0)));
      const records = 500 + Math.floor(1500 * random.uniform());
      const doubt = 0.35 + 0.05 * mood(day, classes) + 0.08 * weak;
      const routed = softmax(
        Array.from({ length: experts }, (_, e) => (has('router') && e === 1 ? 0.5 : 0) + mood(day, e)),
      );
      return {
        day,
        counts: {
          class: drawn(records, () => pick(shares, random)),
          place: drawn(records, () => pick(routed, random)),
          top_probability: drawn(records, () => bin(1 - doubt + 0.2 * normal(), 20)),
          entropy: drawn(records, () => bin(doubt + 0.2 * normal(), 20)),
          curiosity: drawn(records, () => bin(doubt + 0.15 * normal(), 20)),
        },
      };
    });
    return { boardId: `board-${number}`, site, days: past, fault };
  });
}

/** A stationary series for each of some channels: what a day is like carries over to the next by `carry`. */
function walk(
  days: number,
  carry: number,
  deviation: number,
  normal: () => number,
): (day: number, channel: number) => number {
  const channels = new Map<number, number[]>();
  return (day, channel) => {
    let values = channels.get(channel);
    if (!values) {
      values = [deviation * normal()];
      const fresh = deviation * Math.sqrt(1 - carry ** 2);
      while (values.length < days) values.push(carry * values.at(-1)! + fresh * normal());
      channels.set(channel, values);
    }
    return values[day]!;
  };
}

function softmax(logits: readonly number[]): number[] {
  const raised = logits.map(Math.exp);
  const total = raised.reduce((sum, value) => sum + value, 0);
  return raised.map((value) => value / total);
}

function pick(shares: readonly number[], random: Random): number {
  let left = random.uniform();
  const at = shares.findIndex((share) => (left -= share) < 0);
  return at < 0 ? shares.length - 1 : at;
}

const bin = (value: number, bins: number): number =>
  Math.max(0, Math.min(bins - 1, Math.floor(value * bins)));

function drawn(records: number, draw: () => number): Counts {
  const counts = new Map<number, number>();
  for (let i = 0; i < records; i++) {
    const one = draw();
    counts.set(one, (counts.get(one) ?? 0) + 1);
  }
  return counts;
}
