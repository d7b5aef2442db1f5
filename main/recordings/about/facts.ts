/** What recorders tell of themselves and of where they stand. */

/** In the recorder's own words, but for make, model, id, firmware, gain, batteryVolts and temperatureC. */
export type RecorderFacts = Record<string, string | number>;

export interface Place {
  /** Degrees, −90 … 90. */
  latitude: number;
  /** Degrees, −180 … 180. */
  longitude: number;
}

/** @returns null where the two are no place on earth; a receiver without a fix writes 0 and 0 */
export function place(latitude: string | undefined, longitude: string | undefined): Place | null {
  if (!latitude || !longitude) return null;
  const [north, east] = [Number(latitude), Number(longitude)];
  if (!(Math.abs(north) <= 90 && Math.abs(east) <= 180) || (north === 0 && east === 0)) return null;
  return { latitude: north, longitude: east };
}
