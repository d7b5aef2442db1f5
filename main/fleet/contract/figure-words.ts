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

/** Ticks that are nearer than this many more digits tell are of no figure that a board records. */
const mostMore = 6;

/** A value of a figure, given in its unit, as a person reads it. @param more digits than usual */
export function figureText(figure: Figure, value: number, more = 0): string {
  switch (figureWords[figure][1]) {
    case 'us':
      return inOne(duration(value, more));
    case 'nJ':
      return inOne(energy(value, more));
    case 'mV':
      return `${(value / 1000).toFixed(3 + more)} V`;
    case 'degrees C':
      return `${value.toFixed(1 + more)} °C`;
    case 'nats':
      return `${value.toFixed(3 + more)} nats`;
    case dB:
      return decibels(value, 1 + more);
    case 'share':
      return percent(value, 2 + more);
    case null:
      return value.toFixed(3 + more);
  }
}

/** Ticks of an axis, with as many digits as tell each from the next. */
export function figureTicks(figure: Figure, ticks: readonly number[]): string[] {
  const written = (more: number): string[] => ticks.map((tick) => figureText(figure, tick, more));
  for (let more = 0; more < mostMore; more++) {
    const texts = written(more);
    if (new Set(texts).size === texts.length) return texts;
  }
  return written(mostMore);
}
