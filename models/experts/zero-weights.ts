import type { Expert } from './expert.ts';

/** Share of the weights kept as integers that are 0: where it is near 1 the bits that are left say little. Null where none are. */
export function zeroWeights({ layers }: Pick<Expert, 'layers'>): number | null {
  const codes = layers.flatMap((layer) => (layer.kind === 'linear' ? [] : [layer.codes]));
  const all = codes.reduce((sum, { length }) => sum + length, 0);
  if (all === 0) return null;
  return codes.reduce((sum, mine) => sum + mine.filter((code) => code === 0).length, 0) / all;
}
