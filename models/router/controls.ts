/** What curiosity's choices are compared with: routings that know nothing of the input. */
import { philox } from './philox.ts';
import type { Choice } from './route.ts';

/**
 * Random routing at equal mean bits: a router's own choices, dealt out among the inputs at random. Every expert
 * answers as often as before, so mean bits, energy and mean latency are the same; only the link to the input is gone.
 * @param choices of each input: an expert, or several that answer together
 * @param seed 32 bits; the same seed deals the same way
 */
export function randomAtEqualBits<T>(choices: readonly T[], seed: number): T[] {
  const dealt = [...choices];
  // Fisher–Yates
  for (let i = dealt.length - 1; i > 0; i--) {
    const [word] = philox([i, 0, 0, 0], [seed, 0]);
    const j = Math.floor((word / 2 ** 32) * (i + 1));
    [dealt[i], dealt[j]] = [dealt[j]!, dealt[i]!];
  }
  return dealt;
}

/** One expert alone for every input. */
export function alwaysExpert(expert: number, inputs: number): Choice[] {
  return new Array<Choice>(inputs).fill([{ expert, share: 1 }]);
}
