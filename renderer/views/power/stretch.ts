/** Which stretch of a capture is looked at, in seconds from its beginning, and how it is moved and stretched. */
export interface Stretch {
  fromS: number;
  toS: number;
}

/** Ten samples of a kit. */
const leastS = 1e-4;

/** As near to what is wanted as there are samples. */
export function allowed({ fromS, toS }: Stretch, lengthS: number): Stretch {
  const span = Math.min(Math.max(toS - fromS, leastS), Math.max(lengthS, leastS));
  const middle = (fromS + toS) / 2;
  const from = Math.min(Math.max(0, middle - span / 2), Math.max(0, lengthS - span));
  return { fromS: from, toS: from + span };
}

/** @param factor below 1 closer @param atS stays where it is */
export function zoomed(stretch: Stretch, factor: number, atS: number, lengthS: number): Stretch {
  return allowed(
    { fromS: atS - (atS - stretch.fromS) * factor, toS: atS + (stretch.toS - atS) * factor },
    lengthS,
  );
}

/** @param share of its length, below 0 earlier */
export function moved({ fromS, toS }: Stretch, share: number, lengthS: number): Stretch {
  const by = share * (toS - fromS);
  return allowed({ fromS: fromS + by, toS: toS + by }, lengthS);
}
