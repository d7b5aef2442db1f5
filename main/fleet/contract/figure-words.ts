/** Figures of a record that are rolled up by minute and by hour, in words: for exports, series and the page. */
import { decibels, duration, energy, inOne, percent } from '../../contract/figures.ts';

/** A sound level's unit: 0 dB is a sine of full scale. */
export const dB = 'dB re full-scale sine';

/** What a figure is called, and its unit; null for what has none. A figure that is added here is drawn and exported. */
export const figureWords = {
  latency_us: ['Latency', 'us'],
  energy_nj: ['Energy', 'nJ'],
  top_probability: ['Top probability', null],
  entropy: ['Entropy', 'nats'],
  curiosity: ['Curiosity', null],
  supply_mv: ['Supply', 'mV'],
  temperature_c: ['Temperature', 'degrees C'],
  level_db: ['Level', dB],
  noise_floor_db: ['Noise floor L90', dB],
  clipped_share: ['Clipped samples', 'share'],
} as const satisfies Record<string, readonly [heading: string, unit: string | null]>;
export type Figure = keyof typeof figureWords;
export const figureNames = Object.keys(figureWords) as Figure[];

/** A value of a figure, given in its unit, as a person reads it. */
export function figureText(figure: Figure, value: number): string {
  switch (figureWords[figure][1]) {
    case 'us':
      return inOne(duration(value));
    case 'nJ':
      return inOne(energy(value));
    case 'mV':
      return `${(value / 1000).toFixed(3)} V`;
    case 'degrees C':
      return `${value.toFixed(1)} °C`;
    case 'nats':
      return `${value.toFixed(3)} nats`;
    case dB:
      return decibels(value);
    case 'share':
      return percent(value, 2);
    case null:
      return value.toFixed(3);
  }
}
