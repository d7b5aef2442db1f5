/**
 * What is told of records that are rolled up: figures as count, sum, least and most, and distributions as counts by bin.
 * SQL over one record of the table `telemetry`.
 */
import type { Figure } from '../../fleet/contract/figure-words.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** Figures of a record, by their column in the roll-ups, in the order of these: a new one goes to the end. */
export const figures = {
  latency_us:
    "CASE WHEN latency_source <> 'none' THEN features_us::DOUBLE + encoder_us + router_us + expert_us END",
  energy_nj: "CASE WHEN energy_source <> 'none' THEN energy_nanojoule::DOUBLE END",
  top_probability: 'top_probability::DOUBLE',
  entropy: 'entropy::DOUBLE',
  curiosity: 'curiosity::DOUBLE',
  supply_mv: 'supply_millivolts::DOUBLE',
  temperature_c: 'temperature_c::DOUBLE',
  level_db: 'level_db',
  noise_floor_db: 'noise_floor_db',
  clipped_share: 'clipped_share',
} as const satisfies Record<Figure, string>;

/** A bin of latency is this much wider than the one below: a quantile read from them is within 1 % of the records'. */
export const latencyStep = 1.02;
/** Bins of probability and of entropy (nats) for each unit, and of curiosity for each doubling. */
const probabilityBins = 20;
const entropyBins = 10;
const curiosityBins = 4;
const leastCuriosity = 1e-4;
/** A bin of the noise floor, dB; what is below the quietest sound that a window can hold (all samples alike) is one bin. */
const noiseFloorStep = 3;
const leastNoiseFloor = -132;

/** Bins of a record, by the distribution's name, and over which stretches they are counted: what is shown by hour, by hour. */
export const distributions = {
  latency: { everyMs: hourMs, bin: `floor(ln(greatest(${figures.latency_us}, 1)) / ln(${latencyStep}))` },
  class: { everyMs: hourMs, bin: 'class_index' },
  place: { everyMs: dayMs, bin: 'place' },
  top_probability: {
    everyMs: dayMs,
    bin: `least(floor(top_probability * ${probabilityBins}), ${probabilityBins - 1})`,
  },
  entropy: { everyMs: dayMs, bin: `floor(entropy * ${entropyBins})` },
  curiosity: {
    everyMs: dayMs,
    bin: `floor(log2(greatest(curiosity, ${leastCuriosity}) / ${leastCuriosity}) * ${curiosityBins})`,
  },
  noise_floor: {
    everyMs: dayMs,
    bin: `floor(greatest(noise_floor_db, ${leastNoiseFloor}) / ${noiseFloorStep})`,
  },
} as const;
export type Distribution = keyof typeof distributions;

/** Where a bin of a distribution begins and ends, in its own unit. */
export function binEdges(distribution: Distribution, bin: number): [number, number] {
  switch (distribution) {
    case 'latency':
      return [latencyStep ** bin, latencyStep ** (bin + 1)];
    case 'top_probability':
      return [bin / probabilityBins, (bin + 1) / probabilityBins];
    case 'entropy':
      return [bin / entropyBins, (bin + 1) / entropyBins];
    case 'curiosity':
      return [leastCuriosity * 2 ** (bin / curiosityBins), leastCuriosity * 2 ** ((bin + 1) / curiosityBins)];
    case 'noise_floor':
      return [noiseFloorStep * bin, noiseFloorStep * (bin + 1)];
    case 'class':
    case 'place':
      return [bin, bin + 1];
  }
}
