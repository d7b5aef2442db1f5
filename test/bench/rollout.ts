/**
 * How often a roll-out that harms nothing is halted, and how soon one that does: simulated fleets of 20 boards at sites
 * with weather, in three stages of 36 hours, judged every hour as the lab does.
 */
import { harms, simulateRollout, type SimulatedRollout } from '../simulated-fleet/simulated-rollout.ts';
import type { Bench } from './run.ts';

const usual: Omit<SimulatedRollout, 'harm' | 'seed'> = {
  ...{ stages: [2, 6, 12], boardsPerSite: 5, daysBefore: 10, hoursAStage: 36, inferencesAnHour: 60 },
  falseAlarms: 0.05,
};
const harmless = 300;
const eachHarm = 20;

export const bench: Bench = async (say) => {
  let halts = 0;
  for (let seed = 0; seed < harmless; seed++) {
    if ((await simulateRollout({ ...usual, harm: null, seed })).halted) halts++;
    if (seed % 50 === 49) say(`${seed + 1} roll-outs that harm nothing: ${halts} halted`);
  }
  const delays: number[] = [];
  for (const harm of harms) {
    const found: number[] = [];
    for (let seed = 0; seed < eachHarm; seed++) {
      const end = await simulateRollout({ ...usual, harm, seed: 1000 + seed });
      if (end.halted) found.push(end.inferences);
    }
    say(
      `${harm}: ${found.length} of ${eachHarm} halted, half of them after ${median(found)} inferences a board`,
    );
    delays.push(...found);
  }
  return {
    false_halt_rate: halts / harmless,
    detected_share: delays.length / (harms.length * eachHarm),
    inferences_to_halt: median(delays),
    harmless_rollouts: harmless,
    harmful_rollouts: harms.length * eachHarm,
  };
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
