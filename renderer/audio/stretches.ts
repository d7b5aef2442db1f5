export interface Stretch {
  startS: number;
  seconds: number;
}

/** What is shown of a recording at once; the lab gives out at most 120 s. */
const stretchSeconds = 60;
/** A shorter rest is shown with the stretch before it. */
const shortestSeconds = 5;

/** Cuts a recording into stretches to look at, in order and without gaps. */
export function stretchesOf(seconds: number): Stretch[] {
  if (!(seconds > 0)) return [];
  const count = Math.max(1, Math.ceil((seconds - shortestSeconds) / stretchSeconds));
  return Array.from({ length: count }, (_, index) => {
    const startS = index * stretchSeconds;
    return { startS, seconds: index === count - 1 ? seconds - startS : stretchSeconds };
  });
}
