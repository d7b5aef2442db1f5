import { breakEvenInferences, f1PerMillijoule, gramsPerThousand } from '../evaluation/carbon.ts';
import { deviation, mean, quantile } from '../evaluation/moments.ts';
import type { CarbonAssumptions, Cost, ExpertResult, Figure, MixtureResult } from './results.ts';

/** An expert or a mixture: whatever answers sounds, and costs something. */
export type Model = ExpertResult | MixtureResult;

/** What its cost is told from. */
export interface Priced extends Pick<Model, 'cost' | 'trainingSeconds'> {
  readonly scores: Pick<Model['scores'], 'weightedF1'>;
}

export interface CostFigures {
  readonly inferences: number;
  readonly latencySource: Figure['source'];
  /** Microseconds. */
  readonly mean: number;
  readonly deviation: number | null;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly millijoule: Figure | null;
  /** Of weighted F1 over all clips; its source is the energy's. */
  readonly f1PerMillijoule: Figure | null;
  /** Grams for a thousand inferences: modelled, as the grid's intensity is an assumption. */
  readonly grams: Figure | null;
  /** Inferences that take the energy of one training of this model, and of its encoder where that is known. */
  readonly breakEven: Figure | null;
}

/** What a table says of a model's cost on the board; null where it was not run on one. */
export function costOf(
  { cost, scores, trainingSeconds }: Priced,
  carbon: CarbonAssumptions | null,
): CostFigures | null {
  if (cost === null || cost.latencyUs.length === 0) return null;
  const { latencyUs, latencySource, millijoule } = cost;
  return {
    inferences: latencyUs.length,
    latencySource,
    mean: mean(latencyUs),
    deviation: deviation(latencyUs),
    p50: quantile(latencyUs, 0.5),
    p95: quantile(latencyUs, 0.95),
    p99: quantile(latencyUs, 0.99),
    millijoule,
    f1PerMillijoule: millijoule && {
      value: f1PerMillijoule(scores.weightedF1.pooled.value, millijoule.value),
      source: millijoule.source,
    },
    ...emissions(millijoule, trainingSeconds, carbon),
  };
}

function emissions(
  millijoule: Cost['millijoule'],
  trainingSeconds: Figure | null,
  carbon: CarbonAssumptions | null,
): Pick<CostFigures, 'grams' | 'breakEven'> {
  if (!millijoule || !carbon) return { grams: null, breakEven: null };
  const { training, gramsPerKwh, encoderSeconds } = carbon;
  return {
    grams: { value: gramsPerThousand(millijoule.value, gramsPerKwh), source: 'modelled' },
    breakEven:
      training && trainingSeconds
        ? {
            value: breakEvenInferences(
              trainingSeconds.value + (encoderSeconds?.value ?? 0),
              training.watts,
              millijoule.value,
            ),
            source: 'modelled',
          }
        : null,
  };
}
