/**
 * A roll-out over boards whose past and present are drawn: sites share their weather, days have their hours, and what is
 * rolled out does a harm, or none. For benchmarks and tests.
 */
import type { Block } from '../../main/fleet/rollout/blocks.ts';
import { failedGate, judgeStage, type WatchedBoard } from '../../main/fleet/rollout/gates.ts';
import { Random } from '../../models/training/random.ts';

export const harms = ['slow', 'hungry', 'unsure', 'other classes', 'restarts', 'disagrees'] as const;
export type Harm = (typeof harms)[number];

export interface SimulatedRollout {
  /** Boards of each stage. */
  stages: readonly number[];
  boardsPerSite: number;
  daysBefore: number;
  hoursAStage: number;
  inferencesAnHour: number;
  falseAlarms: number;
  harm: Harm | null;
  seed: number;
}

export interface SimulatedEnd {
  halted: boolean;
  /** Of the stage's boards, of each, until it halted; of all of it otherwise. */
  inferences: number;
}

const classes = 10;
const windowsOfProbe = 30;
const restartsAnInference = 1e-5;

/** Judged every hour, as the lab does. */
export async function simulateRollout(options: SimulatedRollout): Promise<SimulatedEnd> {
  const { stages, daysBefore, hoursAStage, inferencesAnHour, falseAlarms, harm } = options;
  const random = new Random(options.seed);
  const world = new World(random, inferencesAnHour);
  let [place, inferences] = [0, 0];
  for (const boards of stages) {
    const watched = Array.from({ length: boards }, () => {
      const draw = world.board(Math.floor(place++ / options.boardsPerSite));
      const past = Array.from({ length: 24 * daysBefore }, (_, hour) => draw(hour, null));
      const hoursBefore = past.length * inferencesAnHour;
      const board: WatchedBoard & { now: Block[] } = {
        ...{ boardId: `${place}`, before: past, now: [], sameClasses: true },
        failuresBefore: { errors: 0, restarts: world.restarts(hoursBefore, 1), inferences: hoursBefore },
        failuresNow: { errors: 0, restarts: 0, inferences: 0 },
        probe: { windows: windowsOfProbe, agreed: world.agreed(harm === 'disagrees' ? 0.5 : 0.99) },
      };
      return { board, draw };
    });
    for (let hour = 0; hour < hoursAStage; hour++) {
      inferences += inferencesAnHour;
      for (const { board, draw } of watched) {
        board.now.push(draw(24 * daysBefore + hour, harm));
        board.failuresNow.restarts += world.restarts(inferencesAnHour, harm === 'restarts' ? 200 : 1);
        board.failuresNow.inferences += inferencesAnHour;
      }
      const gates = await judgeStage(
        watched.map(({ board }) => board),
        stages.length,
        falseAlarms,
      );
      if (failedGate(gates)) return { halted: true, inferences };
    }
  }
  return { halted: false, inferences };
}

class World {
  private readonly weather = new Map<string, number>();

  constructor(
    private readonly random: Random,
    private readonly inferences: number,
  ) {}

  /** @returns what it records in an hour, since its past began */
  board(site: number): (hour: number, harm: Harm | null) => Block {
    const latency = 30_000 * (1 + 0.2 * this.random.uniform());
    const own = Array.from({ length: classes }, () => 0.3 + this.random.uniform());
    return (hour, harm) => {
      const day = this.weatherOf(site, Math.floor(hour / 24));
      const sun = Math.sin((2 * Math.PI * hour) / 24);
      const shares = own.map((share, index) =>
        Math.max(0.02, share * (1 + 0.3 * sun * (index % 2 ? 1 : -1) + 0.2 * day * (index % 3 ? 1 : -1))),
      );
      if (harm === 'other classes') shares[0] = 6;
      const mix = new Map<number, number>();
      const total = shares.reduce((sum, one) => sum + one, 0);
      shares.forEach((share, index) => {
        // About what draws one by one would give, and much sooner.
        const p = share / total;
        const counted = this.inferences * p + Math.sqrt(this.inferences * p * (1 - p)) * this.noise();
        if (Math.round(counted) > 0) mix.set(index, Math.round(counted));
      });
      const slower = harm === 'slow' ? 1.3 : 1;
      return {
        inferences: this.inferences,
        latencyUs: latency * slower * (1 + 0.02 * this.noise()),
        energyNanojoule: 2e6 * (harm === 'hungry' ? 1.3 : 1) * (1 + 0.02 * this.noise()),
        topProbability: 0.8 + 0.03 * day + 0.03 * sun + 0.02 * this.noise() - (harm === 'unsure' ? 0.2 : 0),
        classes: mix,
      };
    };
  }

  restarts(inferences: number, times: number): number {
    // So few that two in an hour are one.
    return this.random.uniform() < inferences * restartsAnInference * times ? 1 : 0;
  }

  agreed(chance: number): number {
    let agreed = 0;
    for (let i = 0; i < windowsOfProbe; i++) if (this.random.uniform() < chance) agreed++;
    return agreed;
  }

  private weatherOf(site: number, day: number): number {
    const key = `${site}/${day}`;
    const known = this.weather.get(key);
    if (known !== undefined) return known;
    const drawn = this.noise();
    this.weather.set(key, drawn);
    return drawn;
  }

  /** About normal, with a variance of 1. */
  private noise(): number {
    const { random } = this;
    return (random.uniform() + random.uniform() + random.uniform() - 1.5) * 2;
  }
}
