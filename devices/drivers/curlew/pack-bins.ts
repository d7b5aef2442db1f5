/** Things into bins that hold them all, if there is a way. */

export interface Bin {
  readonly size: number;
}

/**
 * The largest things first, into each bin that differs from those that were tried; a dozen things at most.
 * @returns the things' places, bin by bin; null where there is no way
 */
export function packed(
  bins: readonly Bin[],
  things: readonly { place: number; size: number }[],
): number[] | null {
  const left = bins.map(({ size }) => size);
  const into: number[][] = bins.map(() => []);
  const sorted = [...things].sort((a, b) => b.size - a.size);
  /** Rooms that were left when the rest of the things found no way. */
  const dead = new Set<string>();
  const put = (at: number): boolean => {
    const thing = sorted[at];
    if (!thing) return true;
    const state = `${at} ${left.toSorted((a, b) => a - b).join(' ')}`;
    if (dead.has(state)) return false;
    const tried = new Set<number>();
    for (const [bin, room] of left.entries()) {
      if (room < thing.size || tried.has(room)) continue;
      tried.add(room);
      left[bin] = room - thing.size;
      into[bin]!.push(thing.place);
      if (put(at + 1)) return true;
      left[bin] = room;
      into[bin]!.pop();
    }
    dead.add(state);
    return false;
  };
  return put(0) ? into.flat() : null;
}
