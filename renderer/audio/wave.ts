/**
 * A waveform as the path of an SVG: least and most of what a pixel holds.
 * @param width, height pixels
 */
export function waveOf(samples: Float32Array, width: number, height: number): string {
  const columns = Math.min(Math.floor(width), samples.length);
  const y = (value: number): string => (((1 - value) * height) / 2).toFixed(1);
  const pieces: string[] = [];
  for (let column = 0; column < columns; column++) {
    let [least, most] = [Infinity, -Infinity];
    const end = Math.floor(((column + 1) * samples.length) / columns);
    for (let i = Math.floor((column * samples.length) / columns); i < end; i++) {
      least = Math.min(least, samples[i]!);
      most = Math.max(most, samples[i]!);
    }
    const x = ((column * width) / columns).toFixed(1);
    // Silence is a line, too.
    pieces.push(`M${x} ${y(most)}h1V${(Number(y(least)) + 0.5).toFixed(1)}h-1z`);
  }
  return pieces.join('');
}
