/**
 * Least and most of each of equally long pieces, as a waveform is drawn.
 * @param pieces at most; fewer of fewer samples
 */
export function envelopeOf(
  samples: Int16Array | Float32Array,
  pieces: number,
): [least: number, most: number][] {
  const many = Math.min(pieces, samples.length);
  const startOf = (piece: number): number => Math.floor((piece * samples.length) / many);
  return Array.from({ length: many }, (_, piece) => {
    let [least, most] = [Infinity, -Infinity];
    for (let i = startOf(piece); i < startOf(piece + 1); i++) {
      least = Math.min(least, samples[i]!);
      most = Math.max(most, samples[i]!);
    }
    return [least, most];
  });
}
