/** What a capture's currents come to: its part of the contract. Joules, coulombs, seconds. */

/** Each in joules; see main/instruments/uncertainty.ts. */
export interface EnergyParts {
  calibration: number;
  resolution: number;
  noise: number;
  edges: number;
  lost: number;
}

export interface Energy {
  joules: number;
  coulombs: number;
  seconds: number;
  /** Samples; nothing is put in their place. */
  lost: number;
  parts: EnergyParts;
  /** Joules, to either side. */
  uncertainty: number;
}

export interface Spread {
  mean: number;
  /** Of the sample; 0 of one value. */
  deviation: number;
  least: number;
  median: number;
  most: number;
}

/** Marks of which each is told; figures are of all. */
export const listedMarks = 1000;

/** Of inferences, or whatever a pin marks. */
export interface MarkedEnergy {
  count: number;
  /** At the beginning and the end, of unknown length: in no figure. */
  cut: number;
  /** That lost samples: counted, and in no figure below. */
  withLoss: number;
  /** Null where none is complete. */
  joules: Spread | null;
  seconds: Spread | null;
  /** Of the mean energy, joules to either side. */
  uncertainty: number | null;
  /** Mean power beside the marks, W; null where there is nothing beside them. */
  restWatts: number | null;
  list: { fromS: number; toS: number; joules: number; uncertainty: number; lost: number }[];
}

/** Of a stage, an inference each. */
export interface StageEnergy {
  name: string;
  pin: number;
  /** Inferences without it. */
  missing: number;
  joules: Spread | null;
  seconds: Spread | null;
  uncertainty: number | null;
}

export interface EnergyResult {
  source: 'measured';
  volts: number;
  /** Samples. */
  from: number;
  to: number;
  samplesPerSecond: number;
  whole: Energy;
  /** Null where no pin was named. */
  marked: MarkedEnergy | null;
  stages: StageEnergy[];
}
