/**
 * `.ppk2`, as the maker's program keeps its sessions, whose README says how: a zip of `session.raw` (6 bytes a sample:
 * microamperes as float32, and two bits an input), `metadata.json`, and `minimap.raw`, an overview of extremes.
 */

export const frameBytes = 6;
export const formatVersion = 2;

/** Of each input two bits: 01 it was low, 10 it was high. */
export const pairsOf = Uint16Array.from({ length: 256 }, (_, logic) =>
  Array.from({ length: 8 }, (_pin, pin) => ((logic >> pin) & 1 ? 2 : 1) << (2 * pin)).reduce((a, b) => a | b),
);

/** An input that was both in one frame, which stands for several samples then, counts as high. */
export function logicOf(pairs: number): number {
  let logic = 0;
  for (let pin = 0; pin < 8; pin++) logic |= ((pairs >> (2 * pin + 1)) & 1) << pin;
  return logic;
}
