import { envelopeOf } from '../../models/report/plots/envelope.ts';

/**
 * A waveform as the path of an SVG: least and most of what a pixel holds.
 * @param width, height pixels
 */
export function waveOf(samples: Float32Array, width: number, height: number): string {
  const columns = envelopeOf(samples, Math.floor(width));
  const y = (value: number): string => (((1 - value) * height) / 2).toFixed(1);
  return columns
    .map(([least, most], column) => {
      const x = ((column * width) / columns.length).toFixed(1);
      // Silence is a line, too.
      return `M${x} ${y(most)}h1V${(Number(y(least)) + 0.5).toFixed(1)}h-1z`;
    })
    .join('');
}
