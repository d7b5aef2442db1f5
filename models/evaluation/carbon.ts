const millijoulesPerKwh = 3.6e9;

/**
 * Grams of CO2 of a thousand inferences.
 * @param millijoule per inference
 * @param gramsPerKwh of the grid
 */
export function gramsPerThousand(millijoule: number, gramsPerKwh: number): number {
  return ((1000 * millijoule) / millijoulesPerKwh) * gramsPerKwh;
}

/** Grams of CO2 of a training that took so many seconds at so many watts. */
export function trainingGrams(seconds: number, watts: number, gramsPerKwh: number): number {
  return ((seconds * watts * 1000) / millijoulesPerKwh) * gramsPerKwh;
}

/** Inferences whose emissions equal the training's, whatever the grid. */
export function breakEvenInferences(seconds: number, watts: number, millijoule: number): number {
  return (seconds * watts * 1000) / millijoule;
}

/** F1 (0 … 1) for each millijoule of an inference, as the paper states it. */
export function f1PerMillijoule(f1: number, millijoule: number): number {
  return f1 / millijoule;
}
